"""Every program that is explored on several workers, by kind in its own file."""

from __future__ import annotations

from tests.explore.workers_ends import (
    abort_during_poll,
    abort_while_it_waits,
    join_on_another_worker,
    shutdown_of_parked_workers,
)
from tests.explore.workers_threads import (
    blocked_waker,
    blocked_worker,
    earlier_timer,
    pinned,
)
from tests.explore.workers_wakes import (
    one_wake,
    ping_pong,
    stolen_children,
    three_workers,
    two_wakers_of_one,
    two_wakes,
    two_wakes_in_a_poll,
    wake_while_parking,
)

PROGRAMS = (
    shutdown_of_parked_workers,  # first: it takes longest
    one_wake,
    two_wakes,
    wake_while_parking,
    stolen_children,
    ping_pong,
    abort_during_poll,
    abort_while_it_waits,
    join_on_another_worker,
    earlier_timer,
    pinned,
    blocked_worker,
    blocked_waker,
    two_wakes_in_a_poll,
    two_wakers_of_one,
    three_workers,
)
