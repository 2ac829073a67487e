"""The report of errors that nobody asked for: once, through `logging`, under the name "zokio"."""

from __future__ import annotations

import logging

LOGGER = logging.getLogger("zokio")


def log_failure(task_name: str, error: BaseException) -> None:
    """A task failed and nobody will ever await it."""
    LOGGER.error(
        "task %s failed and nobody awaited it; await its JoinHandle or spawn it in a TaskGroup",
        task_name,
        exc_info=error,
    )
