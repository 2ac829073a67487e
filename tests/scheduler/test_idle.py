"""Who sleeps, who searches, and who is woken; and the parker that they sleep on."""

from __future__ import annotations

import pytest

from zokio.env.threads import Thread
from zokio.scheduler.idle import Idle
from zokio.scheduler.parker import IN_REACTOR, ON_PARKER, Parker


def asleep(idle: Idle, *bits: int) -> Idle:
    """With these announced."""
    for bit in bits:
        idle.fall_asleep(bit, was_searching=False)
    return idle


def test_nobody_is_picked_where_nobody_sleeps() -> None:
    assert Idle(4).pick() == 0


def test_a_sleeper_that_is_picked_counts_as_searching_at_once() -> None:
    idle = asleep(Idle(4), 0b0100, 0b1000)
    assert idle.pick() == 0b0100
    assert (idle.searching, idle.sleepers) == (1, 0b1000)


def test_nobody_is_picked_while_somebody_searches() -> None:
    idle = asleep(Idle(4), 0b0001)
    assert idle.begin_search()
    assert idle.pick() == 0
    assert idle.sleepers == 0b0001


@pytest.mark.parametrize(("workers", "searchers"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_at_most_half_of_the_workers_begin_to_search(workers: int, searchers: int) -> None:
    idle = Idle(workers)
    answers = [idle.begin_search() for _ in range(workers + 1)]
    assert answers == [True] * searchers + [False] * (workers + 1 - searchers)
    assert idle.searching == searchers


def test_only_the_last_searcher_is_told_to_pick_another() -> None:
    idle = Idle(4)
    assert idle.begin_search() and idle.begin_search()
    assert [idle.end_search(), idle.end_search()] == [False, True]


def test_a_searcher_that_falls_asleep_searches_no_more() -> None:
    idle = Idle(2)
    assert idle.begin_search()
    idle.fall_asleep(0b01, was_searching=True)
    assert (idle.searching, idle.sleepers) == (0, 0b01)


def test_whoever_gets_up_alone_takes_himself_out() -> None:
    idle = asleep(Idle(2), 0b01, 0b10)
    assert not idle.get_up(0b01, found=False)
    assert (idle.searching, idle.sleepers) == (0, 0b10)


def test_whoever_gets_up_and_was_picked_is_told_that_he_searches() -> None:
    idle = asleep(Idle(2), 0b01)
    assert idle.pick() == 0b01
    assert idle.get_up(0b01, found=False)
    assert idle.searching == 1


def test_whoever_finds_something_before_he_sleeps_searches_if_the_limit_lets_him() -> None:
    """Two tasks are injected, nobody is picked since he counted as searching: he takes only one."""
    idle = asleep(Idle(2), 0b01, 0b10)
    assert idle.get_up(0b01, found=True)
    assert (idle.searching, idle.sleepers) == (1, 0b10)
    assert not idle.get_up(0b10, found=True)
    assert (idle.searching, idle.sleepers) == (1, 0)


def test_the_second_look_under_the_lock_counts() -> None:
    """Between the look without the lock and the one with it another thread has picked."""

    class Late(Idle):
        looks = 0

        @property
        def sleepers(self) -> int:
            self.looks += 1
            return 0b1 if self.looks == 1 else 0

        @sleepers.setter
        def sleepers(self, sleepers: int) -> None:
            pass

    idle = Late(2)
    assert idle.pick() == 0
    assert idle.searching == 0


def test_everybody_asleep_is_what_the_invariants_want() -> None:
    idle = asleep(Idle(2), 0b01, 0b10)
    idle.check_invariants(2)
    idle.searching = 1
    with pytest.raises(AssertionError, match="everybody sleeps, and 1 search"):
        idle.check_invariants(2)
    with pytest.raises(AssertionError, match="asleep are 11"):
        idle.check_invariants(3)


def test_an_unpark_before_the_park_is_not_lost() -> None:
    parker = Parker()
    parker.unpark()
    parker.park()


def test_two_unparks_are_one_token() -> None:
    parker = Parker()
    parker.unpark()
    parker.unpark()
    assert not parker.settle(ON_PARKER)
    assert parker.settle(ON_PARKER)


def test_two_unparks_after_a_sleep_are_one_token() -> None:
    parker = Parker()
    assert parker.settle(ON_PARKER)
    parker.unpark()
    parker.sleep()  # does not wait
    parker.unpark()
    parker.unpark()
    assert not parker.settle(ON_PARKER)
    assert parker.settle(ON_PARKER)


def test_an_unpark_ends_the_sleep_of_another_thread() -> None:
    parker = Parker()
    thread = Thread(target=parker.park)
    thread.start()
    parker.unpark()
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_whoever_sleeps_on_the_parker_is_woken_without_a_token_left_over() -> None:
    parker = Parker()
    assert parker.settle(ON_PARKER)
    assert not parker.unpark()
    parker.sleep()  # does not wait
    assert parker.settle(ON_PARKER)


def test_the_bell_is_to_be_rung_for_whoever_waits_in_the_reactor_and_nobody_else() -> None:
    parker = Parker()
    assert not parker.unpark()
    assert not parker.settle(IN_REACTOR)  # it takes the token
    assert parker.settle(IN_REACTOR)
    assert parker.unpark()
    parker.clear()
    assert parker.settle(IN_REACTOR)
    parker.clear()
    assert not parker.unpark()
