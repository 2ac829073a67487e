"""Who holds a lock: a task, or code that runs in none."""

from __future__ import annotations

from typing import Final

from zokio.core.current import CURRENT
from zokio.core.task import Task

NO_TASK: Final = object()
"""The owner when a lock was taken outside of any task."""


def me() -> object:
    """The owner that the calling code is: its task, or `NO_TASK`."""
    polling = CURRENT.queue
    return NO_TASK if polling is None else polling.task or NO_TASK


def name_of(owner: object) -> str:
    """How errors call it."""
    return f"task {owner.id} ({owner.name})" if isinstance(owner, Task) else "code outside of tasks"
