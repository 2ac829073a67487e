"""Thousands that wait in one channel: each end is closed in a few steps, however many wait."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.helpers.steps import steps_at_most
from zokio.errors import ClosedError
from zokio.sync import broadcast, mpsc, rendezvous, watch
from zokio.sync.closing import Closing
from zokio.sync.place import Place

# Counting the lines takes the place of coverage, and compiled code has none.
pytestmark = [pytest.mark.interpreted, pytest.mark.uncounted]

MANY = 10_000
STEPS = 60 if os.environ.get("ZOKIO_TEST_WORKERS", "0") == "0" else 200
"""Lines of source for each, more beside workers. A walk over all would be tens of thousands."""

Crowd = tuple[object, list[tuple[Closing, Awaitable[object]]]]
"""What has to be kept, and ends with a wait by each."""


def mpsc_senders() -> Crowd:
    sender, receiver = mpsc(1)
    sender.try_send(0)
    senders = [sender.clone() for _ in range(MANY)]
    return (sender, receiver), [(each, each.send(1)) for each in senders]


def rendezvous_senders() -> Crowd:
    sender, receiver = rendezvous()
    senders = [sender.clone() for _ in range(MANY)]
    return (sender, receiver), [(each, each.send(1)) for each in senders]


def watch_receivers() -> Crowd:
    sender, receiver = watch(0)
    receivers = [receiver.clone() for _ in range(MANY)]
    return (sender, receiver), [(each, each.changed()) for each in receivers]


def broadcast_receivers() -> Crowd:
    sender = broadcast(1)
    receivers = [sender.subscribe() for _ in range(MANY)]
    return sender, [(each, each.recv()) for each in receivers]


async def is_refused(wait: Awaitable[object]) -> bool:
    """Whether the wait ends because its end was closed."""
    try:
        await wait
    except ClosedError:
        return True
    return False


@pytest.mark.parametrize(
    "gather", [mpsc_senders, rendezvous_senders, watch_receivers, broadcast_receivers]
)
def test_each_of_many_ends_that_wait_is_closed_in_a_few_steps(gather: Callable[[], Crowd]) -> None:
    async def main() -> None:
        kept, crowd = gather()
        handles = [zokio.spawn(is_refused(wait)) for _, wait in crowd]
        await zokio.sleep(1)  # now all wait
        with steps_at_most(STEPS * MANY):
            for end, _ in reversed(crowd):
                end.close()
        assert all([await handle for handle in handles]) and kept

    run_simulated(main())


def test_an_offer_finds_whom_it_covers_in_a_few_steps() -> None:
    async def main() -> None:
        place = Place[int]()
        waiters = [place.wait_to_receive() for _ in range(MANY)]
        with steps_at_most(STEPS * MANY):
            for number in range(MANY):
                _, woken = place.offer(number, is_left=True)
                assert woken == [waiters[number]]
        place.check_invariants()

    run_simulated(main())


def test_who_receives_finds_in_a_few_steps_whether_it_is_covered() -> None:
    async def main() -> list[int]:
        place, taken = Place[int](), []
        waiters = [place.wait_to_receive() for _ in range(MANY)]
        for number in range(MANY):
            place.offer(number, is_left=True)
        with steps_at_most(STEPS * MANY):
            for waiter in reversed(waiters):
                offer, _ = place.meet(waiter)
                assert offer is not None
                taken.append(offer.offered)
        place.check_invariants()
        return taken

    assert run_simulated(main()) == list(range(MANY))


def test_who_leaves_the_line_leaves_its_offer_to_the_next_in_a_few_steps() -> None:
    async def main() -> None:
        place = Place[int]()
        waiters = [place.wait_to_receive() for _ in range(MANY)]
        for number in range(MANY // 2):
            place.offer(number, is_left=True)
        with steps_at_most(STEPS * MANY):
            for waiter in waiters[: MANY // 2]:
                waiter.leave()
        assert [each.is_covered for each in waiters] == [False] * (MANY // 2) + [True] * (MANY // 2)
        place.check_invariants()

    run_simulated(main())
