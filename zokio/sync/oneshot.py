"""oneshot: one value, from one sender to one receiver.

    sender, receiver = zokio.sync.oneshot()

    sender.send("value")          does not wait
    value = await receiver

Cancel safety: awaiting that is cancelled has taken nothing; the value stays for who awaits next.

Fairness: of several tasks that await the receiver the first one gets the value, and the others get
ClosedError.

Memory: one value.

Closing: a sender that is closed, or not held any more, before it has sent ends the wait with
ClosedError. A receiver that is closed, or not held any more, refuses the value; `closed` tells the
sender, which may then spare itself the work. A value that was sent before can be received after the
receiver's `close`, and is let go of with the receiver.

Threads: every method may be called on any thread, and tasks of any runtime may wait.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from enum import Enum
from typing import Any, Final, Generic, Literal, TypeVar

from zokio.core.suspend import Signal
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.env.threads import RLock
from zokio.errors import ClosedError, EmptyError, UsageError
from zokio.sync.closing import Closing

T = TypeVar("T")


class CellState(Enum):
    """Where the value is.

    EMPTY --send--> SENT --receive--> TAKEN        SENT --the receiver is not held--> SHUT
      | `--the sender closes--> ENDED
      `--the receiver closes--> SHUT
    """

    EMPTY = "empty"
    SENT = "sent"
    TAKEN = "taken"
    ENDED = "ended"
    SHUT = "shut"


EMPTY: Final[Literal[CellState.EMPTY]] = CellState.EMPTY
SENT: Final[Literal[CellState.SENT]] = CellState.SENT
TAKEN: Final[Literal[CellState.TAKEN]] = CellState.TAKEN
ENDED: Final[Literal[CellState.ENDED]] = CellState.ENDED
SHUT: Final[Literal[CellState.SHUT]] = CellState.SHUT

WHY: dict[CellState, str] = {
    SENT: "a value was sent already; make a new oneshot for the next one",
    TAKEN: "the one value was sent and received; make a new oneshot for the next one",
    ENDED: "the sender was closed, or nobody holds it, and no value was sent",
    SHUT: "the receiver was closed, or nobody holds it: no value is wanted; stop working for it",
}


# Any: what is sent is said where the two ends are declared.
def oneshot() -> tuple[OneshotSender[Any], OneshotReceiver[Any]]:
    """The two ends of a channel for one value."""
    cell = Cell[Any]()
    return OneshotSender(cell), OneshotReceiver(cell)


class Cell(Generic[T]):
    """What the two ends share. Who calls a method holds the lock, and wakes those it returns."""

    __slots__ = ("is_promised", "lock", "receiving", "state", "value", "watching")

    def __init__(self) -> None:
        self.lock = RLock()
        self.state: CellState = EMPTY
        self.value: T | None = None
        self.is_promised = False
        """The value is there, and kept for one who waits."""
        self.receiving: WaitQueue[Waiter[None]] = WaitQueue(self.lock)
        self.watching: WaitQueue[Waiter[None]] = WaitQueue(self.lock)

    def promise(self) -> list[Waiter[None]]:
        """The value is free: keep it for the first who waits."""
        first = self.receiving.first
        if self.state is SENT and not self.is_promised and first is not None and first.grant(None):
            self.is_promised = True
            return [first]
        return []

    def look_again(self) -> list[Waiter[None]]:
        """Somebody waits now; a finalizer that came in before did not see it there."""
        if self.state is EMPTY:
            return []
        if self.state is SENT:
            return [*self.promise(), *self.watching.grant_all(None)]
        return self.end(self.state)

    def take(self) -> tuple[T, list[Waiter[None]]]:
        """Take the value out, which is free or was promised; nobody else will get one."""
        self.state = TAKEN
        self.is_promised = False
        value: Any = self.value  # Any: it was sent, so it is there
        self.value = None
        return value, self.receiving.refuse_all(WHY[TAKEN])

    def end(self, state: CellState) -> list[Waiter[None]]:
        """No value will be received: nobody waits for one, and nobody watches."""
        self.state = state
        self.is_promised = False
        return [*self.receiving.refuse_all(WHY[state]), *self.watching.grant_all(None)]

    def close(self, state: CellState) -> list[Waiter[None]]:
        """No value will be sent, if none was; whom to wake."""
        if self.state is not EMPTY:
            return []
        self.state = state  # before the call: nothing is sent in between
        return self.end(state)

    def left(self, _: Waiter[None], granted: bool) -> Iterable[Waiter[None]]:
        """One who waited for the value was cancelled."""
        if not granted:
            return ()
        self.is_promised = False
        return self.promise()

    def check_invariants(self) -> None:
        """Assert what the state and the queues must agree on."""
        with self.lock:
            self.receiving.check_invariants()
            self.watching.check_invariants()
            assert self.state is EMPTY or not self.watching.length, "watches what was settled"
            free = self.state is SENT and not self.is_promised
            assert not (free and self.receiving.length), "somebody waits beside the value"


class OneshotSender(Closing, Generic[T]):
    """The end that sends one value; see the head of this file. Made by `oneshot`."""

    __slots__ = ("_cell",)

    def __init__(self, cell: Cell[T]) -> None:
        self._cell = cell

    def send(self, value: T) -> None:
        """Send the value, without waiting.

        Raises:
            ClosedError: the receiver, or this sender, was closed; the value was not sent.
            UsageError: a value was sent before.
        """
        cell = self._cell
        with cell.lock:
            state = cell.state
            if state is EMPTY:
                cell.value = value
                cell.state = SENT
                woken = [*cell.promise(), *cell.watching.grant_all(None)]
            elif state is SENT or state is TAKEN:
                raise UsageError(WHY[state])
            else:
                raise ClosedError(WHY[state])
        wake_all(woken)

    async def closed(self) -> None:
        """Wait until no value is wanted any more: the receiver, or this sender, was closed.

        Ready also when the value was sent. Cancelling the wait changes nothing.
        """
        cell = self._cell
        with cell.lock:
            if cell.state is not EMPTY:
                return
            waiter: Waiter[None] = Waiter(cell.watching)
            cell.watching.append(waiter)
            woken = cell.look_again()
        wake_all(woken)
        await waiter

    def is_closed(self) -> bool:
        """Whether `send` would be refused since no value is wanted, or this sender was closed."""
        return self._cell.state in (ENDED, SHUT)

    def close(self) -> None:
        """Send nothing: who waits gets ClosedError. Nothing if the value was sent."""
        cell = self._cell
        with cell.lock:
            woken = cell.close(ENDED)
        wake_all(woken)

    def __del__(self) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<OneshotSender, {self._cell.state.value}>"


class OneshotReceiver(Closing, Generic[T]):
    """The end that receives one value: await it. See the head of this file. Made by `oneshot`."""

    __slots__ = ("_cell",)

    def __init__(self, cell: Cell[T]) -> None:
        self._cell = cell

    def __await__(self) -> Generator[Signal, None, T]:
        cell = self._cell
        waiter = None
        woken: list[Waiter[None]] = []
        with cell.lock:
            if cell.state is not EMPTY and cell.state is not SENT:
                raise ClosedError(WHY[cell.state])
            if cell.state is EMPTY or cell.is_promised:
                waiter = Waiter[None](cell.receiving, cell.left)
                cell.receiving.append(waiter)
                woken = cell.look_again()
            else:
                cell.is_promised = True  # to this very task
        if waiter is not None:
            wake_all(woken)
            yield from waiter.__await__()
        with cell.lock:
            value, woken = cell.take()
        wake_all(woken)
        return value

    async def recv(self) -> T:
        """The value, as awaiting the receiver gives it.

        Raises:
            ClosedError: none will come: the sender, or this receiver, was closed; or it was
                received before.
        """
        return await self

    def try_recv(self) -> T:
        """The value, if it is there now.

        Raises:
            EmptyError: it is not there, or kept for a task that waits for it.
            ClosedError: as `recv`.
        """
        cell = self._cell
        with cell.lock:
            if cell.state is EMPTY or cell.is_promised:
                raise EmptyError("the value was not sent yet; await the receiver")
            if cell.state is not SENT:
                raise ClosedError(WHY[cell.state])
            cell.is_promised = True  # to this caller: `take` does not look again
            value, woken = cell.take()
        wake_all(woken)
        return value

    def close(self) -> None:
        """Want no value: `send` is refused. A value that was sent can still be received."""
        cell = self._cell
        with cell.lock:
            woken = cell.close(SHUT)
        wake_all(woken)

    def __del__(self) -> None:
        cell = self._cell
        with cell.lock:
            left, cell.value = cell.value, None
            woken = cell.end(SHUT) if cell.state in (EMPTY, SENT) else []
        wake_all(woken)
        del left  # the value may have a finalizer of its own: not under the lock

    def __repr__(self) -> str:
        return f"<OneshotReceiver, {self._cell.state.value}>"
