"""The blocking pool: a bounded set of threads for calls that would block the runtime's own.

Guarantees: the runtime's thread never waits for one of these; as many run at once as the
configuration allows and the rest queue up. A call that has begun cannot be interrupted, so
cancelling its task waits for it; one that has not begun never runs.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent import futures
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.waker import Context, Waker
from zokio.errors import Cancelled
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope

P = ParamSpec("P")
T = TypeVar("T")


class BlockingPool:
    """Threads made when they are needed, `threads_max` at the most."""

    def __init__(self, threads_max: int) -> None:
        self._threads_max = threads_max
        self._executor: futures.ThreadPoolExecutor | None = None
        self._calls: set[futures.Future[object]] = set()

    @property
    def pending(self) -> int:
        """Calls that were handed in and have not returned."""
        return len(self._calls)

    def submit(self, call: Callable[[], T]) -> futures.Future[T]:
        """Hand a call in."""
        if self._executor is None:
            self._executor = futures.ThreadPoolExecutor(self._threads_max, "zokio-blocking")
        future = self._executor.submit(call)
        self._calls.add(future)  # type: ignore[arg-type]  # Future is invariant; only counted here
        future.add_done_callback(self._calls.discard)
        return future

    def close(self, wait: bool) -> None:
        """Take no more calls; `wait` for those that run."""
        if self._executor is not None:
            self._executor.shutdown(wait=wait, cancel_futures=True)


class ThreadResult(Future[T]):
    """The result of a call in another thread."""

    def __init__(self, future: futures.Future[T]) -> None:
        self._future = future
        self._waker: Waker | None = None

    def poll(self, cx: Context) -> Poll[T]:
        """See `Future.poll`."""
        first = self._waker is None
        self._waker = cx.waker
        if first:
            self._future.add_done_callback(self._wake)
        if self._future.done():
            return Ready(self._future.result())
        return PENDING

    def _wake(self, _: futures.Future[T]) -> None:
        if self._waker is not None:
            self._waker.wake()


async def call_in_thread(call: Callable[[], T]) -> T:
    """Run `call` in the pool and wait for it. Cancelled before it begins, it never runs."""
    future = current_runtime().blocking.submit(call)
    try:
        return await ThreadResult(future)
    except Cancelled:
        if future.cancel():
            raise
        with CancelScope(shield=True):  # it runs and cannot be stopped: wait for it
            result = await ThreadResult(future)
        return result  # the scope may swallow its own Cancelled, so says mypy


def spawn_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> JoinHandle[T]:
    """Call a function that blocks in a thread of the pool.

    It sees a copy of the caller's context variables. Aborting the handle before the call has
    begun prevents it; once begun, the call runs to its end and the handle gives its result.

    Returns:
        A handle; await it for the function's result or error.
    """
    variables = copy_context()
    name = getattr(function, "__qualname__", repr(function))
    return current_runtime().spawn(
        call_in_thread(lambda: variables.run(function, *args, **kwargs)), name
    )
