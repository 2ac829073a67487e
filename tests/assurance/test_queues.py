"""The stress lane: right queues pass, broken ones are found, and histories are what happened."""

from __future__ import annotations

import sys
import threading
from collections.abc import Hashable
from random import Random

import pytest

from assurance import broken_queues, queues
from assurance.broken_queues import BROKEN_INJECTIONS, BROKEN_QUEUES, WrongEnd
from assurance.design_queues import DesignInjection, DesignQueue
from assurance.histories import Cast, Recorder, eager_switches, joined, overlaps, record
from assurance.linearizability import Operation, linearize
from assurance.queue_cast import Queues, cast_of
from assurance.queues import SPECIFICATION, complaint, measure, scheduler_class, stress, under_test
from zokio.scheduler.current_thread import CurrentThread

PAIRS = [(queue, DesignInjection) for queue in BROKEN_QUEUES]
MIXED = [*PAIRS, *((DesignQueue, injection) for injection in BROKEN_INJECTIONS)]
each_broken = pytest.mark.parametrize(("queue", "injection"), MIXED, ids=lambda made: made.__name__)


def in_turn(actors: Cast[Queues], rounds: int, seed: str) -> list[Operation]:
    """A history in which all roles are played by one thread, one call after another."""
    thing, chance = actors.make(), Random(seed)
    recorders = [Recorder(number) for number in range(len(actors.roles) + 1)]
    for _ in range(rounds):
        number = chance.randrange(len(actors.roles))
        actors.roles[number](thing, recorders[number], chance)
    actors.drain(thing, recorders[-1])
    return joined(recorder.operations for recorder in recorders)


def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few that on a busy machine no operations need overlap: let one pass for overlapping."""
    monkeypatch.setattr(queues, "ROUNDS_FAST", 5)
    monkeypatch.setattr(queues, "overlaps", lambda history: 1)


def test_the_queues_of_the_scheduler_give_linearizable_histories() -> None:
    found = stress(*under_test(), 60)
    assert found.wrong == ""
    assert found.rounds == 60


def test_the_class_of_the_scheduler_is_taken_wherever_it_is_there() -> None:
    assert scheduler_class("current_thread", "CurrentThread", DesignQueue) is CurrentThread
    assert scheduler_class("no_such_module", "CurrentThread", DesignQueue) is DesignQueue
    with pytest.raises(AttributeError, match="Renamed"):
        scheduler_class("current_thread", "Renamed", DesignQueue)


def test_at_the_end_of_a_history_everything_was_taken_out() -> None:
    history = in_turn(cast_of(DesignQueue, DesignInjection), 400, "all of it")
    state: Hashable = SPECIFICATION.initial
    states = []
    for number in linearize(history, SPECIFICATION).order:
        state = SPECIFICATION.step(state, history[number])
        states.append(state)
    assert len(set(states)) > 100
    assert states[-1] == SPECIFICATION.initial


def test_the_queues_of_the_design_give_linearizable_histories() -> None:
    assert stress(DesignQueue, DesignInjection, 60).wrong == ""


@each_broken
def test_a_broken_queue_is_found(
    queue: type[DesignQueue], injection: type[DesignInjection]
) -> None:
    found = stress(queue, injection, queues.ROUNDS_TO_FIND)
    assert "not linearizable" in found.wrong
    assert "None of these can come next:" in found.wrong


@each_broken
def test_a_broken_queue_is_right_while_one_thread_uses_it(
    queue: type[DesignQueue], injection: type[DesignInjection]
) -> None:
    history = in_turn(cast_of(queue, injection), 400, "one thread")
    assert (complaint(history) == "") is (queue is not WrongEnd)
    assert overlaps(history) == 0


def test_a_bug_that_is_not_found_is_said_and_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "ROUNDS_TO_FIND", 2)
    few_rounds(monkeypatch)
    monkeypatch.setattr(queues, "BROKEN_QUEUES", (DesignQueue,))
    with pytest.raises(AssertionError, match="was not found in 2 rounds"):
        measure(fast=True)


def test_a_run_without_any_overlap_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "ROUNDS_FAST", 2)
    monkeypatch.setattr(queues, "overlaps", lambda history: 0)
    with pytest.raises(AssertionError, match="nothing was tested"):
        measure(fast=True)


def test_wrong_queues_of_the_scheduler_fail_the_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrong = (broken_queues.WrongEnd, DesignInjection)
    monkeypatch.setattr(queues, "under_test", lambda: wrong)
    with pytest.raises(AssertionError, match="queues .*not linearizable"):
        measure(fast=True)


def test_a_measurement_names_what_was_under_test(monkeypatch: pytest.MonkeyPatch) -> None:
    few_rounds(monkeypatch)
    figures = measure(fast=True)
    assert figures["under test"] == [queues.name_of(made_by) for made_by in under_test()]
    broken = figures["rounds until a broken queue was found"]
    assert isinstance(broken, dict)
    assert set(broken) == {cls.__name__ for cls in (*BROKEN_QUEUES, *BROKEN_INJECTIONS)}


def test_the_switch_interval_is_put_back() -> None:
    before = sys.getswitchinterval()
    with pytest.raises(ZeroDivisionError), eager_switches():
        assert sys.getswitchinterval() < before
        raise ZeroDivisionError
    assert sys.getswitchinterval() == before


def test_a_failing_role_fails_the_recording_and_leaves_no_thread() -> None:
    def fail(thing: list[int], recorder: Recorder, chance: Random) -> None:
        raise ZeroDivisionError

    def idle(thing: list[int], recorder: Recorder, chance: Random) -> None:
        pass

    actors: Cast[list[int]] = Cast(list, (fail, idle), lambda thing, recorder: None)
    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        record(actors, 3, "failing")
    assert threading.active_count() == before


def test_a_recording_holds_what_each_thread_did_in_its_order() -> None:
    def append(things: list[str], recorder: Recorder, chance: Random) -> None:
        value = recorder.value()
        recorder.call(lambda: things.append(value), lambda _: [("append", value, None)])

    actors: Cast[list[str]] = Cast(list, (append, append, append), lambda things, recorder: None)
    history = record(actors, 20, "recording")
    for thread in range(3):
        own = [operation for operation in history if operation.thread == thread]
        assert [operation.argument for operation in own] == [f"{thread}.{n}" for n in range(1, 21)]
        times = [time for operation in own for time in (operation.invoked, operation.returned)]
        assert times == sorted(times)
    assert min(operation.invoked for operation in history) == 0


def test_the_steps_of_one_call_are_tied_in_the_history_of_all() -> None:
    one, other = Recorder(0), Recorder(1)
    one.call(lambda: 7, lambda found: [("single", None, found)])
    other.call(lambda: 8, lambda found: [("first", None, found), ("second", None, found)])
    history = joined(iter([one.operations, other.operations]))
    assert [(o.name, o.result, o.after) for o in history] == [
        ("single", 7, None),
        ("first", 8, None),
        ("second", 8, 1),
    ]


def test_operations_that_overlap_are_counted() -> None:
    def operation(thread: int, invoked: int, returned: int) -> Operation:
        return Operation(thread, "", None, None, invoked, returned)

    assert overlaps([]) == 0
    assert overlaps([operation(0, 0, 1), operation(1, 2, 3)]) == 0
    assert overlaps([operation(0, 0, 5), operation(0, 1, 2)]) == 0
    assert overlaps([operation(0, 0, 9), operation(1, 1, 2), operation(1, 3, 4)]) == 2
