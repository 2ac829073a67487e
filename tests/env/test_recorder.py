"""The recorder: tickets around each step, strands, and what ended a sleep."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest

from zokio.env.probe.recorder import Recorder


@dataclass
class Item:
    """A task, as far as the recorder looks at it."""

    id: int


@dataclass
class Queue:
    """A run queue, as far as the recorder looks at it."""

    thread: int = field(default_factory=threading.get_ident)
    parked: bool = False


@pytest.fixture
def recorder() -> Recorder:
    """With room for all that a test records."""
    return Recorder(1_000)


def names(recorder: Recorder) -> list[str]:
    """The steps in the order in which they began."""
    return [event.name for event in recorder.events()]


def test_a_step_stands_between_two_tickets_and_gives_back_its_value(recorder: Recorder) -> None:
    queue = Queue()
    assert recorder.end(recorder.begin(), "value", "look", queue, None) == "value"
    recorder.end(recorder.begin(), None, "begin_poll", queue, Item(7))
    first, second = recorder.events()
    assert (first.begin, first.end, second.begin, second.end) == (0, 1, 2, 3)
    assert (second.name, second.item) == ("begin_poll", 7)
    assert first.thread == second.thread


def test_what_comes_inside_of_a_step_is_a_strand_of_its_own(recorder: Recorder) -> None:
    queue = Queue()
    outer = recorder.begin()
    recorder.end(recorder.begin(), None, "push", queue, None)
    recorder.end(outer, None, "sleep", queue, None)
    recorder.end(recorder.begin(), None, "look", queue, None)
    sleep, push, look = recorder.events()
    assert sleep.begin < push.begin < push.end < sleep.end < look.begin
    assert sleep.thread == look.thread != push.thread


def test_a_step_that_raised_is_not_recorded_and_later_ones_have_their_strand(
    recorder: Recorder,
) -> None:
    queue = Queue()
    outer = recorder.begin()
    recorder.begin()  # and it raises
    recorder.end(outer, None, "sleep", queue, None)
    recorder.end(recorder.begin(), None, "look", queue, None)
    sleep, look = recorder.events()
    assert sleep.thread == look.thread


def test_the_parts_of_a_whole_step_are_not_recorded_and_others_inside_are(
    recorder: Recorder,
) -> None:
    queue, task, other = Queue(), Item(1), Item(2)
    whole = recorder.begin_whole(("wake_inside",), task)
    recorder.end(recorder.begin(), None, "wake_inside", queue, task)
    recorder.end(recorder.begin(), None, "wake_inside", queue, other)
    recorder.end(whole, None, "deliver", queue, task)
    recorder.end(recorder.begin(), None, "wake_inside", queue, task)
    found = [(event.name, event.item) for event in recorder.events()]
    assert found == [("deliver", 1), ("wake_inside", 2), ("wake_inside", 1)]


def test_a_step_of_the_owner_by_another_thread_has_a_name_of_its_own(recorder: Recorder) -> None:
    queue = Queue(thread=-1)
    for name in ("wake_inside", "push", "drop"):
        recorder.end(recorder.begin(), None, name, queue, None)
    assert names(recorder) == ["wake_inside_by_another_thread", "push", "drop"]


def test_a_sleep_that_nobody_rang_for_was_ended_by_something_else(recorder: Recorder) -> None:
    assert recorder.end_sleep(recorder.begin(), [], Queue(), False) == []
    assert names(recorder) == ["sleep", "get_up"]


def test_a_sleep_that_somebody_rang_for_was_ended_by_the_bell(recorder: Recorder) -> None:
    queue = Queue()
    token = recorder.begin()
    recorder.begin_ring(queue)
    recorder.end_sleep(token, [], queue, False)
    assert names(recorder) == ["sleep"]
    recorder.end_sleep(recorder.begin(), [], queue, False)
    assert names(recorder) == ["sleep", "sleep", "get_up"]


@pytest.mark.parametrize(("batch", "is_due"), [(["task"], False), ([], True)])
def test_a_batch_or_a_timer_that_is_due_ends_a_sleep_beside_the_bell(
    recorder: Recorder, batch: list[str], is_due: bool
) -> None:
    queue = Queue()
    recorder.begin_ring(queue)
    recorder.end_sleep(recorder.begin(), batch, queue, is_due)
    assert names(recorder) == ["sleep", "get_up"]


def test_a_visit_silences_the_bell(recorder: Recorder) -> None:
    queue = Queue()
    recorder.begin_ring(queue)
    recorder.end(recorder.begin(), [], "visit", queue, None)
    recorder.end_sleep(recorder.begin(), [], queue, False)
    assert names(recorder) == ["visit", "sleep", "get_up"]


@pytest.mark.parametrize(("parked", "expected"), [(True, []), (False, ["get_up"])])
def test_a_spawn_rings_where_the_owner_is_announced(
    recorder: Recorder, parked: bool, expected: list[str]
) -> None:
    queue = Queue(parked=parked)
    recorder.end(recorder.begin(), None, "spawn_inside", queue, Item(1))
    recorder.end_sleep(recorder.begin(), [], queue, False)
    assert names(recorder) == ["spawn_inside", "sleep", *expected]


def test_each_thread_has_a_strand_and_all_have_one_counter(recorder: Recorder) -> None:
    queue = Queue()

    def step() -> None:
        recorder.end(recorder.begin(), None, "push", queue, None)

    step()
    thread = threading.Thread(target=step)
    thread.start()
    thread.join()
    step()
    first, second, third = recorder.events()
    assert first.thread == third.thread != second.thread
    assert [event.begin for event in (first, second, third)] == [0, 2, 4]


def test_timers_are_numbered_in_the_order_of_insertion(recorder: Recorder) -> None:
    queue, early, late = object(), object(), object()
    for name, timer in (("insert", late), ("insert", early), ("cancel", late), ("tell", None)):
        recorder.end_timer(recorder.begin(), None, name, queue, timer, 5)
    assert [event.item for event in recorder.events()] == [1, 2, 1, 0]


def test_after_the_limit_nothing_is_recorded_and_the_recording_is_cut() -> None:
    recorder = Recorder(2)
    for _ in range(5):
        recorder.end(recorder.begin(), None, "push", Queue(), None)
    assert recorder.is_cut
    assert len(recorder.events()) == 2


def test_a_forked_child_records_nothing(recorder: Recorder) -> None:
    recorder.stop()
    recorder.end(recorder.begin(), None, "push", Queue(), None)
    assert recorder.events() == []


def test_queues_are_numbered_when_they_are_made(recorder: Recorder) -> None:
    class Made(Queue):
        """A class of its own, for it is changed."""

        def __init__(self) -> None:
            super().__init__()

    recorder.watch(Made)
    queues = [Made(), Made()]
    for queue in reversed(queues):
        recorder.end(recorder.begin(), None, "push", queue, None, 61)
    assert [event.queue for event in recorder.events()] == [2, 1]
    assert recorder.intervals == {1: 61, 2: 61}
