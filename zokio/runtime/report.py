"""The report of errors that nobody asked for: once, through `logging`, under the name "zokio"."""

from __future__ import annotations

import logging
from collections.abc import Callable

LOGGER = logging.getLogger("zokio")


def log_failure(task_name: str, error: BaseException) -> None:
    """A task failed and nobody will ever await it."""
    LOGGER.error(
        "task %s failed and nobody awaited it; await its JoinHandle or spawn it in a TaskGroup",
        task_name,
        exc_info=error,
    )


def reporter(
    on_task_panic: Callable[[str, BaseException], None] | None,
) -> Callable[[str, BaseException], None]:
    """Who is told of such errors. A report that fails itself is logged, and harms nobody."""
    if on_task_panic is None:
        return log_failure

    def report(task_name: str, error: BaseException) -> None:
        try:
            on_task_panic(task_name, error)
        except Exception:
            LOGGER.exception("on_task_panic failed; it was told of the following error")
            log_failure(task_name, error)

    return report
