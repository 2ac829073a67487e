"""A polling place: which poll is slow, and which tasks are merely busy. Looks are made by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import zokio
from tests.helpers.controlled_thread import ENDED, ControlledThread
from zokio.core.tripwire import Tripwire
from zokio.core.waker import Waker
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.runtime import Runtime
from zokio.watchdog.place import PollingPlace, SlowPoll

pytestmark = pytest.mark.one_thread  # it takes single steps
THRESHOLD_NS = 100


class Watched:
    """A runtime on a thread of its own, which stops inside of its polls; and its place."""

    def __init__(self) -> None:
        self.thread = ControlledThread()
        self.told: list[SlowPoll] = []
        self.thread.run(self._make)

    def _make(self) -> None:
        self.runtime = Runtime(reactor=SimulatedReactor())
        queue = self.runtime.queue
        self.place = PollingPlace(
            lambda: queue.task,
            lambda: queue.parked,
            lambda: self.runtime.turns,
            THRESHOLD_NS,
            self.told.append,
        )
        self.place.enter()

    def stop_here(self) -> None:
        """What a task does that blocks."""
        self.thread.stop_here("blocked")

    def step(self) -> str:
        """Let the runtime make one step, up to where a task blocks."""
        return self.thread.run(self.runtime.step)

    def look(self, now_ns: int, not_counted_ns: int = 0) -> bool:
        return self.place.look(now_ns, not_counted_ns)

    def end(self) -> None:
        self.place.forget()
        self.thread.release()
        self.runtime.shutdown(0)
        self.thread.join()


@pytest.fixture
def watched() -> Iterator[Watched]:
    """A runtime that stands at its beginning; at the end of the test it is let go."""
    watched = Watched()
    yield watched
    watched.end()


async def blocks(watched: Watched) -> None:
    """It blocks in each of its polls."""
    while True:
        watched.stop_here()
        await zokio.yield_now()


def test_a_poll_that_lasts_is_told_once_with_its_task_and_its_place(watched: Watched) -> None:
    handle = watched.runtime.spawn(blocks(watched), "the one that blocks")
    assert watched.step() == "blocked"
    for now_ns in (1_000, 1_050, 1_099):
        assert watched.look(now_ns)
        assert watched.told == []
    for now_ns in (1_100, 1_200, 5_000):
        assert watched.look(now_ns)
    (poll,) = watched.told
    assert (poll.task, poll.name) == (handle.id, "the one that blocks")
    assert poll.lasted_ns == THRESHOLD_NS
    first = poll.stack[0]
    assert first.startswith(f"blocks ({__file__}:"), first
    assert any("Watched.stop_here" in place for place in poll.stack)
    assert "poll_ready" not in "".join(poll.stack)


def test_a_task_that_is_polled_again_and_again_blocks_nobody(watched: Watched) -> None:
    watched.runtime.spawn(blocks(watched))
    for now_ns in range(0, 1_000, 90):
        assert watched.step() == "blocked"
        assert watched.look(now_ns)
        assert watched.thread.go_on() == ENDED
    assert watched.told == []


def test_the_next_poll_of_a_task_is_told_too(watched: Watched) -> None:
    watched.runtime.spawn(blocks(watched))
    for now_ns in (0, 1_000):
        assert watched.step() == "blocked"
        watched.look(now_ns)
        watched.look(now_ns + 200)
        watched.look(now_ns + 400)
        assert watched.thread.go_on() == ENDED
    assert len(watched.told) == 2


def test_time_that_is_not_counted_makes_no_poll_slow(watched: Watched) -> None:
    watched.runtime.spawn(blocks(watched))
    watched.step()
    watched.look(0)
    watched.look(10_000, not_counted_ns=9_950)
    assert watched.told == []
    watched.look(10_060)
    assert [poll.lasted_ns for poll in watched.told] == [110]


def test_two_tasks_in_turn_are_not_taken_for_one(watched: Watched) -> None:
    watched.runtime.spawn(blocks(watched), "one")
    watched.runtime.spawn(blocks(watched), "other")
    watched.step()
    watched.look(0)
    watched.thread.go_on()
    watched.step()
    watched.look(1_000)
    assert watched.told == []
    watched.look(1_100)
    assert [poll.name for poll in watched.told] == ["other"]


def test_a_place_where_nothing_goes_on_is_quiet_only_while_it_is_parked(watched: Watched) -> None:
    watched.look(0)
    assert watched.look(1), "it is not parked"
    watched.runtime.queue.parked = True
    assert not watched.look(2)
    watched.runtime.turns += 1
    assert watched.look(3), "it has got up in between"
    assert not watched.look(4)


def test_a_task_is_let_go_of_when_it_is_polled_no_more(watched: Watched) -> None:
    handle = watched.runtime.spawn(blocks(watched))
    watched.step()
    watched.look(0)
    task = watched.runtime.tasks[handle.id]
    assert isinstance(task.variables, Tripwire)
    watched.thread.go_on()
    watched.look(1)
    assert not isinstance(task.variables, Tripwire)


def test_a_thread_that_stands_elsewhere_is_not_blamed_on_the_task(watched: Watched) -> None:
    watched.runtime.spawn(blocks(watched))
    watched.step()
    watched.place.thread = None
    watched.look(0)
    watched.look(1_000)
    assert watched.told == []


def test_whoever_blocks_while_the_end_of_a_task_is_told_is_found(watched: Watched) -> None:
    async def ends() -> None:
        """It ends in its second poll."""
        await zokio.yield_now()

    class Blocking:
        def wake(self) -> None:
            watched.stop_here()

        def will_wake(self, other: Waker, /) -> bool:
            return other is self

    handle = watched.runtime.spawn(ends(), "ends")
    assert watched.step() == ENDED
    watched.runtime.tasks[handle.id].joiners = [Blocking()]
    assert watched.step() == "blocked"
    watched.look(0)
    watched.look(1_000)
    (poll,) = watched.told
    assert poll.name == "ends" and len(poll.stack) == 1
