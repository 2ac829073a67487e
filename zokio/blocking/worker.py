"""A worker: one thread of the pool, which runs one call after another and parks in between.

    COMING or IDLE --take--> BUSY, IDLE or GONE          BUSY --end--> BUSY, IDLE or GONE

Only the worker's own thread moves its state, in transitions of the pool that hold the pool's lock.
The threads are daemons, so that an idle one keeps no program from ending; for calls that still run
the interpreter waits at its exit (`at_exit.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from zokio.env.threads import Thread, current_thread, get_ident

if TYPE_CHECKING:
    from zokio.blocking.call import Call
    from zokio.blocking.pool import BlockingPool


class WorkerState(Enum):
    """What a worker does."""

    COMING = "coming"
    BUSY = "busy"
    IDLE = "idle"
    GONE = "gone"


COMING: Final[Literal[WorkerState.COMING]] = WorkerState.COMING
BUSY: Final[Literal[WorkerState.BUSY]] = WorkerState.BUSY
IDLE: Final[Literal[WorkerState.IDLE]] = WorkerState.IDLE
GONE: Final[Literal[WorkerState.GONE]] = WorkerState.GONE


class Parking(Protocol):
    """Where a worker waits: see `Parker`."""

    def park(self, timeout: float) -> bool:
        """Wait; False when the time was up."""
        ...

    def unpark(self) -> None:
        """Let it go on."""
        ...


class Started(Protocol):
    """A thread that was started: of `threading.Thread`, what the pool uses."""

    @property
    def ident(self) -> int | None:
        """Its number."""
        ...

    def join(self) -> None:
        """Wait for its end."""
        ...


Start = Callable[[Callable[[], None], str], Started]
"""Starts a thread that calls the function, under the name."""


def start_thread(run: Callable[[], None], name: str) -> Started:
    """See `Start`.

    Raises:
        RuntimeError: the system gives no more threads.
    """
    thread = Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


class Worker:
    """One thread of `pool`."""

    __slots__ = ("call", "name", "parker", "pool", "state", "thread")

    def __init__(self, pool: BlockingPool, name: str, parker: Parking) -> None:
        self.pool = pool
        self.name = name
        self.parker = parker
        self.state: WorkerState = COMING
        # Any: a worker runs calls of every type.
        self.call: Call[Any] | None = None
        """What it runs; before that, what it was handed."""
        self.thread: Started | None = None

    def run(self) -> None:
        """The thread's whole life."""
        pool = self.pool
        if self.thread is None:  # whoever has started it has not come to note it yet
            self.thread = current_thread()
        pool.take(self, timed_out=False)
        while self.state is not GONE:
            if self.state is BUSY:
                self._run_call()
            else:
                timed_out = not self.parker.park(pool.keep_alive)  # spec: run_out
                pool.take(self, timed_out=timed_out)

    def _run_call(self) -> None:
        """In a function of its own, so that an idle thread holds nothing of the last call."""
        call = self.call
        assert call is not None
        call.run()
        self.pool.end(self)

    def join(self) -> None:
        """Wait for the thread's end, unless it is the calling one or was never seen to start."""
        if self.thread is not None and self.thread.ident != get_ident():
            self.thread.join()

    def __repr__(self) -> str:
        return f"<Worker {self.name} {self.state.value} {self.call!r}>"
