"""How much work a call is, without a clock: the lines of zokio's source that it runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import zokio

SOURCE = str(Path(zokio.__file__).parent)


@contextmanager
def steps_at_most(limit: int) -> Iterator[None]:
    """Functions of zokio that begin inside run no more lines than that, all together.

    Raises:
        AssertionError: in the line that is one too many, so that much too much ends soon.
    """
    steps = 0

    # Any: whatever else tracing tells.
    def count(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal steps
        steps += event == "line"
        assert steps <= limit, f"more than {limit} steps"
        return count

    def enter(frame: FrameType, event: str, _: Any) -> Any:
        return count if frame.f_code.co_filename.startswith(SOURCE) else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield
    finally:
        sys.settrace(before)
