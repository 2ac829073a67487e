"""Machines and claims that are wrong on purpose: each induction must fail, with a counterexample.

A twin changes one action or one helper of a machine, or leaves a lemma out. It is refuted only by a
state in which all its claims hold and from which its own action, executed, breaks one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from proofs.any_size import SUBJECTS
from proofs.scheduler_proof import SchedulerLemmas
from proofs.shutdown_proof import ShutdownLemmas
from proofs.symbolic.induction import Subject
from proofs.task_proof import TaskLemmas
from proofs.timers_proof import TimersLemmas
from spec.scheduler_state import Scheduler
from spec.shutdown_state import CLOSED, NOBODY
from spec.shutdown_state import State as Shutdown
from spec.task import Task
from spec.timers import State as Timers
from zokio.model import put


class WakesTwice(TaskLemmas):
    def wake(self, state: Task, task: int) -> Task:
        if state.done[task] or state.polling[task]:
            return state
        return state._replace(owed=put(state.owed, task, True), queue=(*state.queue, task))


class ForgetsTheWakeOfAPoll(TaskLemmas):
    def end_pending(self, state: Task, task: int) -> Task:
        return state._replace(polling=self.without_poll(state, task))


class PollsWhoIsDone(TaskLemmas):
    def end_ready(self, state: Task, task: int) -> Task:
        return state._replace(
            done=put(state.done, task, True), outcome=put(state.outcome, task, "value")
        )


class DoesNotLookAgain(SchedulerLemmas):
    def recheck(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="sleeping")


class LeavesTheFlagUp(SchedulerLemmas):
    def clear(self, state: Scheduler) -> Scheduler:
        return state._replace(owner="delivering")


class AdoptsTwice(SchedulerLemmas):
    def adopted(self, state: Scheduler, task: int) -> Scheduler:
        return state._replace(
            ready=(*state.ready, task, task),
            status=put(state.status, task, "alive"),
            owed=put(state.owed, task, True),
        )


class DropsAnEntry(SchedulerLemmas):
    def take(self, state: Scheduler) -> Scheduler:
        return self.next_round(state._replace(injected=state.injected[1:]))


class FiresOneEarly(TimersLemmas):
    def is_due(self, state: Timers, timer: int) -> bool:
        if timer not in state.pending:
            return False
        deadline = state.timers[timer].deadline
        return deadline is not None and deadline <= state.now + 1


class CancelsAndKeeps(TimersLemmas):
    def cancel(self, state: Timers, timer: int) -> Timers:
        if timer not in state.pending:
            return state
        return state._replace(cancelled=tuple(sorted((*state.cancelled, timer))))


class CancelsTwice(TimersLemmas):
    def cancel(self, state: Timers, timer: int) -> Timers:
        return state._replace(cancelled=tuple(sorted((*state.cancelled, timer))))


class TakesWhatComesTooLate(ShutdownLemmas):
    def hand_in(self, state: Shutdown, kind: str, task: int) -> Shutdown:
        return state._replace(injected=(*state.injected, (kind, task)))


class DoesNotPollTheCancelledAgain(ShutdownLemmas):
    def answer(self, state: Shutdown, answer: str) -> Shutdown:
        return state._replace(polling=NOBODY, woken=False)


class SpawnsAfterTheEnd(ShutdownLemmas):
    def can_spawn(self, state: Shutdown, task: int) -> bool:
        return state.phase == CLOSED and self.is_next(state, task)


class TimeComesBack(ShutdownLemmas):
    def advance(self, state: Shutdown) -> Shutdown:
        return state._replace(time_left=state.time_left + 1)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A twin, and the action at which it has to be caught."""

    title: str
    subject: Subject
    action: str


def changed(
    of: str,
    machine: type[TaskLemmas | SchedulerLemmas | TimersLemmas | ShutdownLemmas],
    action: str,
) -> Wrong:
    """A twin of the machine."""
    return Wrong(f"{of}: {machine.__name__}", replace(SUBJECTS[of], machine=machine), action)


def weakened(of: str, lemma: str, action: str) -> Wrong:
    """The same machine without a lemma."""
    kept = tuple(name for name in SUBJECTS[of].claims if name != lemma)
    return Wrong(f"{of}: without {lemma}", replace(SUBJECTS[of], claims=kept), action)


WRONG = (
    changed("task", WakesTwice, "wake"),
    changed("task", ForgetsTheWakeOfAPoll, "end_pending"),
    changed("task", PollsWhoIsDone, "end_ready"),
    weakened("task", "lemma_nothing_before_its_spawn", "spawn"),
    changed("scheduler", DoesNotLookAgain, "recheck"),
    changed("scheduler", LeavesTheFlagUp, "clear"),
    changed("scheduler", AdoptsTwice, "adopt"),
    changed("scheduler", DropsAnEntry, "take"),
    weakened("scheduler", "lemma_parked_from_announce_to_unannounce", "sleep"),
    changed("timers", FiresOneEarly, "expire"),
    changed("timers", CancelsAndKeeps, "cancel"),
    changed("timers", CancelsTwice, "cancel"),
    weakened("timers", "lemma_no_timer_is_in_two_places", "cancel"),
    changed("shutdown", TakesWhatComesTooLate, "call_elsewhere"),
    changed("shutdown", DoesNotPollTheCancelledAgain, "answer"),
    changed("shutdown", SpawnsAfterTheEnd, "spawn"),
    changed("shutdown", TimeComesBack, "advance"),
    weakened("shutdown", "lemma_time_is_not_negative", "turn"),
)
