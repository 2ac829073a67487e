"""What a runtime has to do with the watchdog: its places, and what is said of a slow poll."""

from __future__ import annotations

import logging
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING

from zokio.core.current import Polling
from zokio.env.clock import SECOND_NS
from zokio.watchdog.place import PollingPlace, SlowPoll

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime
    from zokio.runtime.workers import WorkersRuntime
    from zokio.scheduler.worker import Worker

LOGGER = logging.getLogger("zokio")


def place_of_runtime(runtime: Runtime, *, by_hand: bool) -> PollingPlace | None:
    """Where the runtime of one thread polls; None if nobody is to watch it.

    That is what its configuration may say; and the time of a simulated reactor, and of one that
    was made `by_hand`, is not the clock's.
    """
    queue = runtime.queue
    return _place(runtime, by_hand, queue, lambda: queue.parked, lambda: runtime.turns)


def places_of_workers(runtime: WorkersRuntime, *, by_hand: bool) -> tuple[PollingPlace | None, ...]:
    """Where each worker polls; see `place_of_runtime`."""
    return tuple(_place_of_worker(runtime, by_hand, each) for each in runtime.together.workers)


def _place_of_worker(runtime: WorkersRuntime, by_hand: bool, worker: Worker) -> PollingPlace | None:
    idle = runtime.together.idle
    return _place(
        runtime, by_hand, worker, lambda: idle.sleepers & worker.bit > 0, lambda: worker.parks
    )


def _place(
    runtime: Runtime,
    by_hand: bool,
    polling: Polling,
    is_parked: Callable[[], bool],
    turns: Callable[[], int],
) -> PollingPlace | None:
    threshold = runtime.config.slow_poll_threshold
    if by_hand or runtime.config.reactor == "simulated" or not threshold or threshold == inf:
        return None

    def tell(poll: SlowPoll) -> None:
        runtime.slow_polls += 1
        log_slow_poll(poll)

    threshold_ns = int(threshold * SECOND_NS)
    return PollingPlace(lambda: polling.task, is_parked, turns, threshold_ns, tell)


def log_slow_poll(poll: SlowPoll) -> None:
    """One warning under the name "zokio"."""
    LOGGER.warning(
        "task %d (%s) has kept its thread for %.2f s without awaiting, and every other task there "
        "waits; it stands at %s; hand what blocks to zokio.spawn_blocking, and let long "
        "computations await zokio.yield_now() now and then%s",
        poll.task,
        poll.name,
        poll.lasted_ns / SECOND_NS,
        poll.stack[-1],
        "".join(f"\n    {place}" for place in poll.stack),
    )
