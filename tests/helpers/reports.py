"""What zokio reports through `logging` while a block runs."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from contextlib import contextmanager


class _Recorder(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextmanager
def recorded_reports() -> Iterator[list[logging.LogRecord]]:
    """The records, as they come."""
    gc.collect()  # what an earlier test left behind is reported before, and not in the block
    logger = logging.getLogger("zokio")
    recorder = _Recorder()
    logger.addHandler(recorder)
    try:
        yield recorder.records
    finally:
        logger.removeHandler(recorder)
