"""Entry: running a runtime is for one thread at a time, and a thread runs one at a time."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from zokio.core.current import CURRENT
from zokio.env.threads import Lock, get_ident
from zokio.errors import BusyError, ClosedError, NestedRuntimeError
from zokio.runtime.current import RUNNING
from zokio.watchdog.process import WATCHER

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime


class Entry:
    """Inside its `with` block the calling thread runs `runtime`, and owns its run queue."""

    __slots__ = ("_lock", "_runtime")

    def __init__(self, runtime: Runtime) -> None:
        self._lock = Lock()
        self._runtime = runtime

    def __enter__(self) -> None:
        runtime = self._runtime
        if RUNNING.runtime is not None:
            raise NestedRuntimeError(
                "a zokio runtime is running on this thread already; inside it, await the "
                "coroutine or zokio.spawn it"
            )
        if runtime.queue.closed:
            raise ClosedError("the runtime was shut down; make a new one")
        if not self._lock.acquire(blocking=False):
            raise BusyError(
                "another thread is running this runtime; Runtime.spawn onto it, or give each "
                "thread a runtime of its own"
            )
        try:
            runtime.queue.thread = get_ident()  # spec: enter
            RUNNING.runtime, CURRENT.queue = runtime, runtime.queue
            if runtime.place is not None:
                WATCHER.enter(runtime.place)
        except BaseException:  # a signal
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        RUNNING.runtime = CURRENT.queue = None
        if self._runtime.place is not None:
            WATCHER.leave(self._runtime.place)
        self._lock.release()  # spec: leave
