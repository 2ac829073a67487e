"""What a runtime has to do with the watchdog: its place, and what is said of a slow poll."""

from __future__ import annotations

import logging
from math import inf
from typing import TYPE_CHECKING

from zokio.env.clock import SECOND_NS
from zokio.watchdog.place import PollingPlace, SlowPoll

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime

LOGGER = logging.getLogger("zokio")


def place_of_runtime(runtime: Runtime, *, by_hand: bool) -> PollingPlace | None:
    """Where the runtime polls; None if nobody is to watch it.

    That is what its configuration may say; and the time of a simulated reactor, and of one that
    was made `by_hand`, is not the clock's.
    """
    threshold = runtime.config.slow_poll_threshold
    if by_hand or runtime.config.reactor == "simulated" or not threshold or threshold == inf:
        return None

    def tell(poll: SlowPoll) -> None:
        runtime.slow_polls += 1
        log_slow_poll(poll)

    queue = runtime.queue
    return PollingPlace(
        lambda: queue.task,
        lambda: queue.parked,
        lambda: runtime.turns,
        int(threshold * SECOND_NS),
        tell,
    )


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
