"""A call: one function that blocks, from the handing in to its value or its error.

    NEW --hand in--> OUTSIDE --room--> QUEUED --a worker--> HANDED --begin--> RUNNING --> RETURNED
      |                 |                 |                    |
      |                 +-----------------+--------------------+---cancel--> CANCELLED
      +---no room, no threads, or closed--> REFUSED

OUTSIDE, QUEUED and HANDED may each be skipped. The pool moves the state, under its lock.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar

from zokio.core.waker import Waker

if TYPE_CHECKING:
    from zokio.blocking.worker import Worker

T = TypeVar("T")


class CallState(Enum):
    """Where a call stands."""

    NEW = "new"
    OUTSIDE = "outside"
    QUEUED = "queued"
    HANDED = "handed"
    RUNNING = "running"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    REFUSED = "refused"


NEW: Final[Literal[CallState.NEW]] = CallState.NEW
OUTSIDE: Final[Literal[CallState.OUTSIDE]] = CallState.OUTSIDE
QUEUED: Final[Literal[CallState.QUEUED]] = CallState.QUEUED
HANDED: Final[Literal[CallState.HANDED]] = CallState.HANDED
RUNNING: Final[Literal[CallState.RUNNING]] = CallState.RUNNING
RETURNED: Final[Literal[CallState.RETURNED]] = CallState.RETURNED
CANCELLED: Final[Literal[CallState.CANCELLED]] = CallState.CANCELLED
REFUSED: Final[Literal[CallState.REFUSED]] = CallState.REFUSED

ENDED: Final = (RETURNED, CANCELLED, REFUSED)


class Call(Generic[T]):
    """One call of `function`, under a `name` for reports."""

    __slots__ = ("_function", "_value", "error", "name", "state", "taken", "waker", "worker")

    def __init__(self, function: Callable[[], T], name: str) -> None:
        self._function: Callable[[], T] | None = function
        self._value: T | None = None
        self.name = name
        self.state: CallState = NEW
        self.error: BaseException | None = None
        """What the function raised, or why it never ran."""
        self.taken = False
        """Whether its result was asked for: it is given once."""
        self.waker: Waker | None = None
        """Whom to wake when it has ended."""
        self.worker: Worker | None = None
        """Who has it in hand."""

    def run(self) -> None:
        """Call the function; keep what comes of it, whatever that is, and let go of the rest."""
        function, self._function = self._function, None
        assert function is not None, f"{self!r} runs a second time"
        try:
            self._value = function()
        except BaseException as error:
            # Without this frame: it tells the reader nothing, and it would hold the call.
            traceback = error.__traceback__
            self.error = error.with_traceback(traceback.tb_next if traceback else None)

    def forgo(self, state: CallState, why: BaseException | None) -> None:
        """It never runs, and `why`: let go of what it would have used."""
        self.state = state
        self.error = why
        self._function = None

    def result(self) -> T:
        """The value of a call that has ended; raises its error."""
        assert self.state in ENDED and not self.taken, f"{self!r} has no result"
        self.taken = True
        error, self.error = self.error, None
        if error is not None:
            try:
                raise error
            finally:
                del error
        value, self._value = self._value, None
        return value  # type: ignore[return-value]  # None only where the function returned None

    def __repr__(self) -> str:
        return f"<Call {self.name} {self.state.value}>"
