"""How a task ended: with a value (`Ready`), with an error (`Failure`), or aborted (`Aborted`).

An error that nobody ever asks for is reported once, when the last holder lets go of it.
"""

from __future__ import annotations

from collections.abc import Callable


class Aborted:
    """The task ended by its cancellation."""

    __slots__ = ()


ABORTED = Aborted()


class Failure:
    """The task ended with `error`. Taking it marks it as seen; unseen, it is reported once."""

    __slots__ = ("_report", "_traceback", "error", "seen", "task_name")

    def __init__(
        self, error: BaseException, task_name: str, report: Callable[[str, BaseException], None]
    ) -> None:
        self.error = error
        self._traceback = error.__traceback__
        self.task_name = task_name
        self.seen = False
        self._report = report

    def take(self) -> BaseException:
        """The error, with the traceback that it had when the task ended."""
        self.seen = True
        return self.error.with_traceback(self._traceback)

    def __del__(self) -> None:
        if not self.seen:
            self.seen = True
            self._report(self.task_name, self.error)
