"""OnceCell and LazyCell: a value that is made once, by whoever needs it first.

Fairness: one makes it, the others wait; when that one fails or is cancelled, the first who waits
makes it in its own way, and the others wait for that. An error is raised to who made it only.
Cancel safety: a cancelled `get_or_init` leaves the cell as if it had not been called; a value that
was made is never lost. A maker that dies counts as one that failed. It cannot be closed.
Memory: the value, and one object for each task that waits. Any number of threads and runtimes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar, cast

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import UsageError
from zokio.sync.owner import NO_TASK, me, name_of

T = TypeVar("T")


class OnceCell(Generic[T]):
    """`await cell.get_or_init(make)`: the value, which the first to ask has made."""

    __slots__ = ("__weakref__", "_filled", "_maker", "_queue", "_value")

    def __init__(self) -> None:
        self._filled = False
        self._value: T | None = None
        self._maker: object = None
        """Who makes the value now: a task, or a waiter whose turn it is."""
        self._queue: WaitQueue[Waiter[bool]] = WaitQueue()

    def is_set(self) -> bool:
        """Whether there is a value."""
        return self._filled

    def get(self) -> T:
        """The value.

        Raises:
            UsageError: there is none yet.
        """
        if not self._filled:
            raise UsageError("this cell has no value yet; await get_or_init(make), or set() it")
        return cast(T, self._value)

    def set(self, value: T) -> None:
        """Give the value.

        Raises:
            UsageError: there is one, or somebody is making it.
        """
        with self._queue.lock:
            free = not self._filled and self._maker is None and self._queue.first is None
            if free:
                self._value = value
                self._filled = True
        if not free:
            raise UsageError(f"{self!r}: its value can be given once, and not while it is made")

    async def get_or_init(self, make: Callable[[], Awaitable[T]]) -> T:
        """The value; who asks first has it made, and the others wait for that.

        Args:
            make: called and awaited at most once in each call of this, if it is one's turn.

        Raises:
            UsageError: `make` asks for the very value that it makes.
            Exception: what `make` raised, to the caller whose `make` it was.
        """
        while not self._filled:
            if self._begin() or await self._stand():
                return await self._make(make)
        return cast(T, self._value)

    def _begin(self) -> bool:
        """Become the maker if nobody is, and nobody waits to be."""
        mine = me()
        with self._queue.lock:
            if self._filled or self._maker is not None or self._queue.first is not None:
                return False
            self._maker = mine
            return True

    def _stand(self) -> Waiter[bool]:
        """Stand in the queue; True: it is one's turn to make the value. False: there is one."""
        maker = self._maker
        if maker is not None and maker is me() and maker is not NO_TASK:
            raise UsageError(
                f"{name_of(maker)} makes the value of a OnceCell, asks for it meanwhile, and would "
                "wait for itself for ever"
            )
        waiter = Waiter[bool](self._queue, self._on_leave)
        with self._queue.lock:
            self._queue.append(waiter)
            told = self._settle()
        wake_all(told)
        return waiter

    async def _make(self, make: Callable[[], Awaitable[T]]) -> T:
        """Make the value, or let the next one do it."""
        self._maker = me()
        try:
            value = await make()
        except BaseException:
            with self._queue.lock:
                self._maker = None
                told = self._settle()
            wake_all(told)
            raise
        with self._queue.lock:
            self._value = value
            self._filled = True
            self._maker = None
            told = self._settle()
        wake_all(told)
        return value

    def _settle(self) -> list[Waiter[bool]]:
        """Tell who waits what it has to know; whom to wake. Under the lock."""
        if self._filled:
            return self._queue.grant_all(False)
        while self._maker is None and (first := self._queue.first) is not None:
            if first.grant(True):
                self._maker = first
                return [first]
        return []

    def _on_leave(self, waiter: Waiter[bool], granted: bool) -> list[Waiter[bool]]:
        if granted and waiter.value:  # it was its turn
            self._maker = None
        return self._settle()

    def __repr__(self) -> str:
        if self._filled:
            return f"<OnceCell, {self._value!r}>"
        state = "no value" if self._maker is None else "its value is being made"
        return f"<OnceCell, {state}, {self._queue.length} waiting>"


class LazyCell(Generic[T]):
    """`await cell`: a value that is made when it is first asked for.

    Args:
        make: makes the value; again if it failed or was cancelled.
    """

    __slots__ = ("__weakref__", "_cell", "_make")

    def __init__(self, make: Callable[[], Awaitable[T]]) -> None:
        self._cell: OnceCell[T] = OnceCell()
        self._make = make

    def is_set(self) -> bool:
        """Whether there is a value."""
        return self._cell.is_set()

    async def get(self) -> T:
        """The value: see `OnceCell.get_or_init`."""
        return await self._cell.get_or_init(self._make)

    def __await__(self) -> Generator[Any, Any, T]:
        return self.get().__await__()
