"""The threads of a runtime's workers: what surrounds each of them, from its start to its end.

They are daemons. A program that ends without a shutdown does not wait for them: at its exit they
are told to stop after the poll that goes on, so that no task meets an interpreter half taken down.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from weakref import WeakSet

from zokio.runtime.current import RUNNING
from zokio.runtime.workers_child import end_child
from zokio.scheduler.multi_thread import MultiThread
from zokio.scheduler.numa import pin
from zokio.scheduler.worker import Worker
from zokio.watchdog.process import WATCHER

if TYPE_CHECKING:
    from zokio.runtime.workers import WorkersRuntime

LOGGER = logging.getLogger("zokio")
WORKING: WeakSet[MultiThread] = WeakSet()
"""Those whose threads were started in this process."""


def start_workers(runtime: WorkersRuntime) -> None:
    """With the first task.

    Raises:
        ThreadsExhaustedError: the system gives no more threads.
    """
    runtime.together.start(lambda worker: at_work(runtime, worker))
    WORKING.add(runtime.together)
    LOGGER.info(runtime.placement)


@contextmanager
def at_work(runtime: WorkersRuntime, worker: Worker) -> Iterator[None]:
    """The life of a worker's thread, which is the calling one."""
    RUNNING.runtime = runtime
    plan, place = runtime.together.plan, runtime.places[worker.number]
    if plan.bound:
        pin(plan.places[worker.number])
    if place is not None:
        WATCHER.enter(place)
    try:
        yield
    finally:
        if place is not None:
            WATCHER.leave(place)
        if runtime.forked_in is not None:
            end_child(*runtime.forked_in)


def got_up(runtime: WorkersRuntime) -> None:
    """A worker has slept: the watchdog may have gone to sleep meanwhile."""
    if WATCHER.asleep and runtime.places[0] is not None:
        WATCHER.rouse()


def _halt_all() -> None:
    for together in list(WORKING):
        together.halt()


atexit.register(_halt_all)
