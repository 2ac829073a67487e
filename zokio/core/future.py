"""Future: a state machine that is polled, and may be awaited.

Subclass it and write `poll`; that alone makes it awaitable. Coroutines and futures await each
other freely: `__await__` polls, hands the thread back while the answer is PENDING, and polls again
when the task has been woken.

    class Flag(zokio.Future[str]):
        def poll(self, cx):
            if self.raised:
                return zokio.Ready("up")
            self.waker = cx.waker
            return zokio.PENDING
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from typing import Generic, TypeVar

from zokio.core.current import current_context
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.suspend import WAIT, Signal
from zokio.core.waker import Context
from zokio.errors import NotAwaitableError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class Future(ABC, Generic[T_co]):
    """Something that will have a value of type T. Poll it until it is Ready, and not afterwards."""

    __slots__ = ()

    @abstractmethod
    def poll(self, cx: Context) -> Poll[T_co]:
        """Go on as far as possible without waiting.

        Args:
            cx: holds the waker of whoever polls. Before answering PENDING, store `cx.waker` (the
                newest one counts) where the awaited event will find it and call `wake()`.

        Returns:
            `Ready(value)` or `PENDING`. A future that was woken for no reason answers PENDING
            again. An exception is the future's failure, and is raised to whoever awaits it.
        """

    def close(self, cx: Context) -> None:
        """Whoever awaited this future has gone away before it was ready (it was cancelled).

        Give back what `poll` had stored. The default does nothing.

        Args:
            cx: what `poll` had been called with.
        """

    def __await__(self) -> Generator[Signal, None, T_co]:
        cx = current_context()
        answer = self.poll(cx)
        while answer is PENDING:
            try:
                yield WAIT
            except BaseException:
                self.close(cx)
                raise
            answer = self.poll(cx)
        if not isinstance(answer, Ready):
            raise NotAwaitableError(
                f"{type(self).__name__}.poll() returned {answer!r}; return Ready(value) or PENDING"
            )
        return answer.value

    def map(self, function: Callable[[T_co], U]) -> Future[U]:
        """A future of `function(value)`. An exception in `function` is its failure."""
        return Map(self, function)

    def then(self, function: Callable[[T_co], Future[U]]) -> Future[U]:
        """A future that goes on with the future which `function(value)` gives."""
        return Then(self, function)


class Map(Future[U], Generic[T, U]):
    """See `Future.map`."""

    def __init__(self, source: Future[T], function: Callable[[T], U]) -> None:
        self._source = source
        self._function = function

    def poll(self, cx: Context) -> Poll[U]:
        answer = self._source.poll(cx)
        return PENDING if answer is PENDING else Ready(self._function(answer.value))

    def close(self, cx: Context) -> None:
        self._source.close(cx)


class Then(Future[U], Generic[T, U]):
    """See `Future.then`."""

    def __init__(self, source: Future[T], function: Callable[[T], Future[U]]) -> None:
        self._source = source
        self._function = function
        self._next: Future[U] | None = None

    def poll(self, cx: Context) -> Poll[U]:
        if self._next is None:
            answer = self._source.poll(cx)
            if answer is PENDING:
                return PENDING
            self._next = self._function(answer.value)
        return self._next.poll(cx)

    def close(self, cx: Context) -> None:
        (self._source if self._next is None else self._next).close(cx)


class PollFn(Future[T]):
    """See `poll_fn`."""

    def __init__(self, function: Callable[[Context], Poll[T]]) -> None:
        self._function = function

    def poll(self, cx: Context) -> Poll[T]:
        return self._function(cx)


def poll_fn(function: Callable[[Context], Poll[T]]) -> Future[T]:
    """A future whose `poll` is `function`."""
    return PollFn(function)
