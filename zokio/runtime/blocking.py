"""Calls that block, for tasks: `spawn_blocking`, and what stands under it.

Guarantees: the runtime's thread never waits for one of these. A task whose call finds the queue
full waits for room, in the order in which the tasks came. A call that has begun cannot be
interrupted, so cancelling its task waits for it; one that has not begun never runs.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

from zokio.blocking.call import Call
from zokio.blocking.pool import BlockingPool
from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.waker import Context
from zokio.errors import Cancelled
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope

P = ParamSpec("P")
T = TypeVar("T")


class CallResult(Future[T]):
    """The result of a call that was handed in."""

    __slots__ = ("_call", "_pool")

    def __init__(self, pool: BlockingPool, call: Call[T]) -> None:
        self._pool = pool
        self._call = call

    def poll(self, cx: Context) -> Poll[T]:
        """See `Future.poll`."""
        return Ready(self._call.result()) if self._pool.watch(self._call, cx.waker) else PENDING

    def close(self, cx: Context) -> None:
        """See `Future.close`."""
        self._call.waker = None  # spec: unwatch


async def call_in_thread(function: Callable[[], T], name: str, *, leave: bool = False) -> T:
    """Call `function` in a thread of the running runtime, and wait for it.

    Args:
        function: what blocks.
        name: for reports and dumps.
        leave: cancelled while the call runs, do not wait for it; its result is dropped.

    Raises:
        NoRuntimeError: no runtime is running on this thread.
        ClosedError: the runtime was shut down before the call began.
        ThreadsExhaustedError: the system gives this process no more threads.
        BaseException: whatever `function` raised.
    """
    pool = current_runtime().blocking
    call = Call(function, name)
    pool.ask(call)
    try:
        return await CallResult(pool, call)
    except (Cancelled, GeneratorExit) as way_out:
        if call.taken:  # the call itself has raised it
            raise
        if pool.cancel(call) or leave or isinstance(way_out, GeneratorExit):
            raise
        with CancelScope(shield=True):  # it runs and cannot be stopped: wait for it
            result = await CallResult(pool, call)
        return result  # the scope may swallow its own Cancelled, so says mypy


def spawn_blocking(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> JoinHandle[T]:
    """Call a function that blocks in a thread of the pool.

    It sees a copy of the caller's context variables. `RuntimeConfig.blocking_threads` calls run at
    once; `RuntimeConfig.blocking_queue` more wait their turn, and the tasks of further ones wait
    for room. Aborting the handle before the call has begun prevents it; once begun, the call runs
    to its end and the handle gives its result.

    Returns:
        A handle; await it for the function's result or error.

    Raises:
        NoRuntimeError: no runtime is running on this thread.
    """
    runtime = current_runtime()
    name = getattr(function, "__qualname__", repr(function))
    call = partial(copy_context().run, function, *args, **kwargs)
    return runtime.spawn(call_in_thread(call, name), name)
