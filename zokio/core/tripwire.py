"""A tripwire on a task: whoever watches from another thread learns whether it was polled again.

It stands in front of `Task.variables`, by which the scheduler runs every poll, until the next poll
comes; then it steps aside for good. So the loop does nothing for whoever watches, and a task
that nobody looked at is polled as if there were no such thing.

Guarantees: while it has not tripped, no poll of the task has begun since it was laid. It changes
neither what a poll does nor what it raises (the scheduler leaves this file's frame out of
tracebacks). It may be laid and taken up by another thread at any time, also while the task ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zokio.core.task import LET_GO, Runs, Task
from zokio.core.task_state import DONE


class Tripwire:
    """Laid on `task` by being made."""

    __slots__ = ("_variables", "task", "tripped")

    def __init__(self, task: Task) -> None:
        self.task = task
        self.tripped = False
        self._variables = task.variables
        self._stand_in(self)

    # Any: what a poll gives and takes is the task's own.
    def run(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """A poll of the task has begun."""
        self.tripped = True
        self.take_up()
        return self._variables.run(function, *arguments)

    def take_up(self) -> None:
        """Step aside; nothing if it has done so."""
        if self.task.variables is self:
            self._stand_in(self._variables)

    def _stand_in(self, variables: Runs) -> None:
        task = self.task
        task.variables = variables
        if task.state is DONE:  # it ended meanwhile, and has let go of its context
            task.variables = LET_GO
