"""A tripwire on a task: whoever watches from another thread learns whether it was polled again.

It stands in the place of `Task.run`, which the scheduler calls in every poll, until the next poll
calls it; then it steps aside for good. So the loop does nothing for whoever watches, and a task
that nobody looked at is polled as if there were no such thing.

Guarantees: while it has not tripped, no poll of the task has begun since it was laid. It changes
neither what a poll does nor what it raises (the scheduler leaves this file's frame out of
tracebacks). It may be laid and taken up by another thread at any time, also while the task ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from zokio.core.task_state import DONE
from zokio.errors import InternalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zokio.core.task import Task


class Tripwire:
    """Laid on `task` by being made."""

    __slots__ = ("_run", "task", "tripped")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.tripped = False
        # Any: what a poll gives and takes is the task's own.
        self._run: Callable[..., Any] = task.run
        self._stand_in(self)

    def __call__(self, *arguments: Any) -> Any:
        """A poll of the task has begun."""
        self.tripped = True
        self.take_up()
        return self._run(*arguments)

    def take_up(self) -> None:
        """Step aside; nothing if it has done so."""
        if self.task.run is self:
            self._stand_in(self._run)

    def _stand_in(self, run: Callable[..., Any]) -> None:
        task = self.task
        task.run = run
        if task.state is DONE:  # it ended meanwhile, and has let go of its context
            task.run = _over


def _over(*_: object) -> NoReturn:
    raise InternalError("a task that is done was polled")
