"""Whether the workers are at rest: everybody sleeps and nothing is to be done. Then time may jump.

A worker that has left the reactor counts as asleep until it gets up, and so does one that was
unparked for a pinned task; what they have to do stands in their queues. Whoever else does anything
is awake. `spec/virtual_time.py` is the machine of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zokio.scheduler.multi_thread import MultiThread


def is_at_rest(together: MultiThread) -> bool:
    """For who holds the reactor. That nobody has got up meanwhile makes one look of several."""
    idle = together.idle
    risings = idle.risings
    seems = seems_at_rest(together)
    return seems and idle.sleepers == together.everybody and idle.risings == risings


def seems_at_rest(together: MultiThread) -> bool:
    """One look after the other: what the first has seen may be over."""
    sleep = together.idle.sleepers == together.everybody
    return (
        sleep
        and not together.injection.tasks
        and not any(each.queue.pinned or each.queue.has_work() for each in together.workers)
    )
