"""The survey of a pool: which calls run and where they stand, which wait.

It takes no lock, so that a signal handler may ask for it whatever the threads are doing; of a pool
that is at work it may be a moment old.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zokio.blocking.call import RUNNING
from zokio.env.stacks import innermost_frame, place_of

if TYPE_CHECKING:
    from zokio.blocking.pool import BlockingPool


@dataclass(frozen=True, slots=True)
class RunningCall:
    """A blocking call that runs."""

    name: str
    thread: str
    place: str
    """Where its thread stands: `function (file:line)`; empty if that is not known."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a pool does at this moment.

    Attributes:
        running: the calls that run, in the order in which their threads were made.
        waiting: names of the calls that wait for a thread, the next one first.
        outside: how many of them wait for room in the queue.
        threads: threads there are.
        idle: threads that have nothing to do.
    """

    running: tuple[RunningCall, ...]
    waiting: tuple[str, ...]
    outside: int
    threads: int
    idle: int


def survey(pool: BlockingPool) -> Survey:
    """Look at the pool. From any thread, and from signal handlers."""
    running = []
    handed = []
    for worker in pool.workers.copy():
        call, thread = worker.call, worker.thread
        if call is not None and call.state is RUNNING:
            frame = innermost_frame(None if thread is None else thread.ident)
            place = "" if frame is None else place_of(frame)
            running.append(RunningCall(call.name, worker.name, place))
        elif call is not None:
            handed.append(call.name)
    queue, outside = pool.line.queue.copy(), pool.line.outside.copy()
    return Survey(
        running=tuple(running),
        waiting=(*handed, *(call.name for call in queue), *(call.name for call in outside)),
        outside=len(outside),
        threads=len(pool.workers),
        idle=len(pool.idle),
    )
