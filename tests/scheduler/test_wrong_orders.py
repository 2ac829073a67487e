"""Schedulers that are wrong in one step each, and which property says so.

They show that the properties of the scheduler machine depend on the order of its steps; the last
one, that one order which looks as if it mattered does not.
"""

from __future__ import annotations

import pytest

from spec.scheduler import SchedulerMachine
from spec.scheduler_state import IDLE, Scheduler, Thread
from zokio.model import action, check, put


class LooksOnlyOnce(SchedulerMachine):
    """The owner announces and sleeps, without looking once more."""

    def recheck(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="sleeping")


class LooksOnceMoreAtTheInjectedOnly(SchedulerMachine):
    """The owner does not see what was woken on its own thread since it looked."""

    def recheck(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="visiting" if state.injected else "sleeping")


class WakesItselfWithoutARing(SchedulerMachine):
    """A wake by a signal handler puts the task in the run queue, and lets the owner sleep."""

    def wake_in_between(self, state: Scheduler, task: int) -> Scheduler:
        return self.woken_by_owner(state, task)


class RingsBeforeThePush(SchedulerMachine):
    """Other threads look whether to ring, and ring, before they push."""

    def mark(self, state: Scheduler, thread: int) -> Scheduler:
        entry = state.threads[thread].entry
        return self.moved(super().mark(state, thread), thread, Thread("pushed", entry))

    def spawn_outside(self, state: Scheduler, thread: int, task: int) -> Scheduler:
        state = super().spawn_outside(state, thread, task)
        return self.moved(state, thread, Thread("pushed", ("spawn", task)))

    def see(self, state: Scheduler, thread: int) -> Scheduler:
        after = "ringing" if state.parked else "pushing"
        return self.moved(state, thread, Thread(after, state.threads[thread].entry))

    def ring(self, state: Scheduler, thread: int) -> Scheduler:
        entry = state.threads[thread].entry
        return self.moved(super().ring(state, thread), thread, Thread("pushing", entry))

    def push(self, state: Scheduler, thread: int) -> Scheduler:
        return self.moved(super().push(state, thread), thread, IDLE)


class MarksAfterThePush(SchedulerMachine):
    """The flag is raised when the entry has been pushed, and perhaps been carried out."""

    def wake_outside(self, state: Scheduler, thread: int, task: int) -> Scheduler:
        after = super().wake_outside(state, thread, task)
        if after.threads[thread].at != "marking":
            return after
        return self.moved(after, thread, Thread("pushing", ("wake", task)))

    def push(self, state: Scheduler, thread: int) -> Scheduler:
        after = super().push(state, thread)
        entry = state.threads[thread].entry
        assert entry is not None
        at = "marking" if entry[0] == "wake" else "pushed"
        return self.moved(after, thread, Thread(at, entry))

    def mark(self, state: Scheduler, thread: int) -> Scheduler:
        entry = state.threads[thread].entry
        return self.moved(super().mark(state, thread), thread, Thread("pushed", entry))


class NeverClears(SchedulerMachine):
    """The flag of a task stays raised after its first wake from outside."""

    def clear(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="delivering")


class TakesInEverything(SchedulerMachine):
    """The owner takes in until nothing is left, however much comes meanwhile."""

    def carried_out(self, state: Scheduler) -> Scheduler:
        after = super().carried_out(state)
        return after._replace(owner="measuring") if state.injected and not state.left else after


class HasNoInterval(SchedulerMachine):
    """The owner polls as long as somebody is ready."""

    def poll_ended(self, state: Scheduler, queued: bool) -> Scheduler:
        after = super().poll_ended(state, queued)
        return after._replace(owner="running") if after.owner == "visiting" else after


class StaysAnnounced(SchedulerMachine):
    """The owner forgets that it is awake; others ring for nothing, which harms nobody."""

    def unannounce(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="taking_in")


class WakesBeforeItClears(SchedulerMachine):
    """The owner wakes the task first and clears its flag afterwards.

    A thread which finds the flag raised in between makes no entry, and need not: the task has just
    been put in the run queue, and the owner polls nobody before the flag is down. Where another
    thread could poll the task in between, that wake would be lost.
    """

    def take(self, state: Scheduler) -> Scheduler:
        after = super().take(state)
        return after._replace(owner="delivering") if after.owner == "clearing" else after

    def deliver(self, state: Scheduler) -> Scheduler:
        woken = self.woken_by_owner(state, state.task)
        return woken._replace(owner="clearing")

    @action(writes=("owner", "task", "flagged"), reads=("ready", "owner", "task", "left"))
    def clear(self, state: Scheduler) -> Scheduler:
        flagged = put(state.flagged, state.task, False)
        return self.carried_out(state._replace(flagged=flagged))

    @clear.guard
    def can_clear(self, state: Scheduler) -> bool:
        return state.owner == "clearing"


BOUNDS = {"tasks": 2, "threads": 1, "interval": 1, "entries_max": 1}


def outcomes(machine: SchedulerMachine) -> dict[str, str]:
    """Each property with its outcome; 30,000 states are more than any of the right ones needs."""
    return {result.name: result.outcome for result in check(machine, states_max=30_000).properties}


def test_the_right_scheduler_holds_within_these_bounds() -> None:
    assert check(SchedulerMachine(**BOUNDS)).outcome == "holds"


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        (LooksOnlyOnce, "no_lost_unpark"),
        (LooksOnlyOnce, "the_sleeper_is_woken"),
        (LooksOnceMoreAtTheInjectedOnly, "no_lost_unpark"),
        (LooksOnceMoreAtTheInjectedOnly, "the_sleeper_is_woken"),
        (LooksOnceMoreAtTheInjectedOnly, "a_wake_is_never_lost"),
        (WakesItselfWithoutARing, "no_lost_unpark"),
        (WakesItselfWithoutARing, "a_wake_is_never_lost"),
        (RingsBeforeThePush, "no_lost_unpark"),
        (RingsBeforeThePush, "the_sleeper_is_woken"),
        (MarksAfterThePush, "a_raised_flag_stands_for_an_entry"),
        (MarksAfterThePush, "a_wake_is_never_lost"),
        (NeverClears, "a_wake_is_under_way"),
        (NeverClears, "a_wake_is_never_lost"),
        (TakesInEverything, "a_wake_is_never_lost"),
        (HasNoInterval, "the_reactor_is_visited_every_interval"),
        (HasNoInterval, "bounded_wait"),
    ],
)
def test_a_wrong_step_breaks_the_property_that_is_about_it(
    wrong: type[SchedulerMachine], broken: str
) -> None:
    assert outcomes(wrong(**BOUNDS))[broken] == "violated"


@pytest.mark.parametrize("odd", [StaysAnnounced, WakesBeforeItClears])
def test_what_looks_dangerous_and_is_not_loses_nothing(odd: type[SchedulerMachine]) -> None:
    held = outcomes(odd(**BOUNDS))
    safety = [
        "a_wake_is_never_lost",
        "a_wake_is_under_way",
        "no_lost_unpark",
        "no_task_is_in_two_queues",
        "the_sleeper_is_woken",
    ]
    assert {name: held[name] for name in safety} == dict.fromkeys(safety, "holds")
