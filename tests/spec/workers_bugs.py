"""Planted bugs of the multi-worker scheduler: wrong twins of the machine, made after real ones.

Each is what somebody's scheduler did, or what the first draft of this one did; where, and what went
wrong, is told in docs/others-bugs.md. `BUGS` says which claim has to refute it, and in what bounds.
"""

from __future__ import annotations

from typing import NamedTuple

from spec.workers import WorkersMachine
from spec.workers_fair import FairWorkers, PinnedWorkers
from spec.workers_shutdown import StoppingWorkers
from spec.workers_state import QUIET, SEEING, Workers, is_polled
from spec.workers_views import Views
from zokio.model import action, drop, put

EVERYTHING = Workers._fields


class NobodyLooksAgain(WorkersMachine):
    """The sleeper does not look at the queues again after its announcement."""

    @action(writes=EVERYTHING)
    def recheck(self, state: Workers, worker: int) -> Workers:
        return self.moved(self.looked_enough(state, worker), worker, "settling")


class TheLastSearcherIsSilent(WorkersMachine):
    """Whoever has found something wakes nobody else."""

    @action(writes=EVERYTHING)
    def end_search(self, state: Workers, worker: int) -> Workers:
        return self.told(super().end_search(state, worker), worker, QUIET)


class TheWokenDoesNotCount(WorkersMachine):
    """A sleeper is taken out, and is not counted as searching before it runs."""

    @action(writes=EVERYTHING)
    def pick(self, state: Workers, actor: int) -> Workers:
        after = super().pick(state, actor)
        return after._replace(searching=state.searching)


class TheSearcherIsNotUncounted(WorkersMachine):
    """A searcher that gives up stays in the count."""

    @action(writes=EVERYTHING)
    def announce(self, state: Workers, worker: int) -> Workers:
        return super().announce(state, worker)._replace(searching=state.searching)


class EverybodySearches(WorkersMachine):
    """There is no limit."""

    def may_search(self, state: Workers) -> bool:
        return True


class TheTokenIsOverlooked(WorkersMachine):
    """Whoever goes to the reactor does not ask whether it was unparked meanwhile."""

    @action(writes=EVERYTHING)
    def wait(self, state: Workers, worker: int) -> Workers:
        if state.at[worker] == "entering":
            return self.moved(state, worker, "in reactor")
        return super().wait(state, worker)


class TheBellIsNotRung(WorkersMachine):
    """An unpark sets the token, wherever the sleeper is."""

    @action(writes=EVERYTHING)
    def unpark(self, state: Workers, actor: int) -> Workers:
        return self.told(super().unpark(state, actor), actor, QUIET)


class ATokenMeansTakenOut(WorkersMachine):
    """A worker that wakes for a late token takes itself for a searcher."""

    @action(writes=EVERYTHING)
    def unannounce(self, state: Workers, worker: int) -> Workers:
        if state.at[worker] == "up" and worker in state.sleepers:
            state = state._replace(sleepers=drop(state.sleepers, worker))
        return super().unannounce(state, worker)


class TakenOutAndGone(WorkersMachine):
    """Whoever was taken out while it retreated goes on as if it were not."""

    @action(writes=EVERYTHING)
    def unannounce(self, state: Workers, worker: int) -> Workers:
        if state.at[worker] == "retreating" and worker not in state.sleepers:
            return self.moved(state, worker, "running")
        return super().unannounce(state, worker)


class RetreatsAlone(WorkersMachine):
    """Whoever has seen something after its announcement searches no more: it takes it and goes."""

    @action(writes=EVERYTHING)
    def unannounce(self, state: Workers, worker: int) -> Workers:
        if worker in state.sleepers:
            after = state._replace(sleepers=drop(state.sleepers, worker))
            return self.told_of_own(self.moved(after, worker, "running"), worker)
        return super().unannounce(state, worker)


class TheBatchIsKept(WorkersMachine):
    """A worker comes back from the reactor with several tasks and wakes nobody."""

    def told_of_own(self, state: Workers, worker: int) -> Workers:
        return state


class TheReactorIsKept(WorkersMachine):
    """Whoever comes back from the reactor keeps it while it polls."""

    @action(writes=EVERYTHING)
    def release(self, state: Workers, worker: int) -> Workers:
        return super().release(state, worker)._replace(holder=state.holder)

    @action(writes=EVERYTHING)
    def settle(self, state: Workers, worker: int) -> Workers:
        if state.holder == worker:
            return self.moved(state, worker, "entering")
        return super().settle(state, worker)


class NotifyBeforePush(WorkersMachine):
    """The notify comes before the push that it is about."""

    @action(writes=EVERYTHING, fair=False)
    def wake_inside(self, state: Workers, worker: int, task: int) -> Workers:
        after = super().wake_inside(state, worker, task)
        return after if is_polled(state, task) else self.told(after, worker, SEEING)

    @action(writes=EVERYTHING)
    def place(self, state: Workers, worker: int) -> Workers:
        return super().place(state, worker)._replace(telling=state.telling)


class OnlyTheSlotIsForgotten(WorkersMachine):
    """Thieves do not look at LIFO slots."""

    def places(self, worker: int, start: int) -> tuple[tuple[str, int], ...]:
        return tuple(place for place in super().places(worker, start) if place[0] != "slot")


class TheStolenIsReadTwice(WorkersMachine):
    """A thief reads the first task, and moves the queue's end afterwards, whoever is first now."""

    @action(writes=EVERYTHING)
    def look(self, state: Workers, worker: int) -> Workers:
        after = super().look(state, worker)
        if after.at[worker] != "stealing":
            return after
        first = after.queue[after.left[worker][0][1]][0]
        return after._replace(hand=put(after.hand, worker, (first,)))

    @action(writes=EVERYTHING)
    def steal(self, state: Workers, worker: int) -> Workers:
        victim = state.left[worker][0][1]
        after = state._replace(
            queue=put(state.queue, victim, state.queue[victim][1:]),
            wanted=put(state.wanted, worker, 0),
        )
        return self.moved(self.looked_enough(after, worker), worker, "found")


class TheRestIsDropped(WorkersMachine):
    """Of what was stolen, only the first is kept."""

    @action(writes=EVERYTHING, may_be_idle=True)
    def stow(self, state: Workers, worker: int) -> Workers:
        return super().stow(state, worker)._replace(queue=state.queue)


class TheDisplacedIsDropped(WorkersMachine):
    """A wake overwrites the slot without looking who is there."""

    @action(writes=EVERYTHING, may_be_idle=True)
    def displace(self, state: Workers, worker: int) -> Workers:
        return super().displace(state, worker)._replace(displaced=state.displaced)


class AWakeDuringAPollIsPushed(WorkersMachine):
    """Whoever wakes a task that is being polled puts it in his own slot."""

    def marked(self, state: Workers, actor: int, task: int) -> Workers:
        return super().marked(state, actor, task)._replace(passing=put(state.passing, actor, task))


class AWakeDuringAPollIsLost(WorkersMachine):
    """The end of a poll does not see that another worker has woken the task meanwhile."""

    @action(writes=EVERYTHING)
    def end_pending(self, state: Workers, worker: int) -> Workers:
        return self.empty_handed(state, worker)


class ALoneRequeueIsSilent(WorkersMachine):
    """A task that has woken itself is requeued without a word, though another is in the slot."""

    @action(writes=EVERYTHING)
    def requeue(self, state: Workers, worker: int) -> Workers:
        after = super().requeue(state, worker)
        return self.told(after, worker, QUIET) if len(after.queue[worker]) < 2 else after


class InjectedComesLast(FairWorkers):
    """The injection queue is looked at only when nothing of the own is left."""

    def is_turn_of_injected(self, state: Workers, worker: int) -> bool:
        return False


class TheSlotHasNoCap(FairWorkers):
    """Two tasks that wake each other take turns in the slot for ever."""

    def is_at_cap(self, state: Workers, worker: int) -> bool:
        return False


class PinnedTasksAreStolen(PinnedWorkers):
    """A pinned task stands in the queue that thieves take from."""

    @action(writes=EVERYTHING)
    def requeue(self, state: Workers, worker: int) -> Workers:
        (task,) = state.hand[worker]
        queue = put(state.queue, worker, (*state.queue[worker], task))
        return self.told(self.empty_handed(state._replace(queue=queue), worker), worker, SEEING)


class AnybodyIsUnparkedForAPinnedTask(PinnedWorkers):
    """Its push wakes some sleeper, not the one who alone can poll it."""

    @action(writes=EVERYTHING)
    def post(self, state: Workers, actor: int) -> Workers:
        after = super().post(state, actor)
        return after if after.telling[actor] == QUIET else self.told(after, actor, SEEING)


class OnlySleepersAreStopped(StoppingWorkers):
    """Whoever is on his way to sleep has looked at the flag already, and gets no token."""

    @action(writes=EVERYTHING)
    def unpark(self, state: Workers, actor: int) -> Workers:
        if self.sleeps(state, state.telling[actor].whom):
            return super().unpark(state, actor)
        return self.told(state, actor, QUIET)


class TheStopIsNotLookedAt(StoppingWorkers):
    """A worker that has work goes on polling."""

    @action(writes=EVERYTHING)
    def go_on(self, state: Workers, worker: int) -> Workers:
        return (
            super().go_on(state._replace(stopping=False), worker)._replace(stopping=state.stopping)
        )


class Bug(NamedTuple):
    """A machine that has it, the claim that refutes it, and how many states it may take."""

    machine: Views
    claim: str
    states_max: int = 10_000


BUGS = (
    Bug(NobodyLooksAgain(tasks=2), "no_lost_unpark"),
    Bug(TheLastSearcherIsSilent(tasks=3), "no_lost_unpark", 60_000),
    Bug(TheWokenDoesNotCount(tasks=2), "searching_is_counted"),
    Bug(TheSearcherIsNotUncounted(tasks=1), "searching_is_counted"),
    Bug(EverybodySearches(tasks=1), "searching_stays_below_its_limit"),
    Bug(TheTokenIsOverlooked(tasks=2), "whoever_is_taken_out_will_get_up"),
    Bug(TheBellIsNotRung(tasks=2), "whoever_is_taken_out_will_get_up"),
    Bug(ATokenMeansTakenOut(tasks=2), "searching_is_counted"),
    Bug(TakenOutAndGone(tasks=2), "searching_is_counted"),
    Bug(RetreatsAlone(tasks=2, threads=1, at_a_glance=True), "no_lost_unpark", 60_000),
    Bug(TheBatchIsKept(tasks=3), "no_lost_unpark", 100_000),
    Bug(TheReactorIsKept(tasks=2), "one_holds_the_reactor"),
    Bug(NotifyBeforePush(tasks=2), "no_lost_unpark"),
    Bug(OnlyTheSlotIsForgotten(tasks=2), "no_lost_unpark"),
    Bug(TheStolenIsReadTwice(tasks=2), "no_task_is_in_two_places"),
    Bug(TheRestIsDropped(tasks=3), "nothing_is_dropped"),
    Bug(TheDisplacedIsDropped(tasks=3), "nothing_is_dropped"),
    Bug(AWakeDuringAPollIsPushed(tasks=2), "no_task_is_in_two_places"),
    Bug(AWakeDuringAPollIsLost(tasks=2), "nothing_is_dropped"),
    Bug(ALoneRequeueIsSilent(tasks=2), "no_lost_unpark", 20_000),
    Bug(InjectedComesLast(workers=1, threads=1, tasks=2), "a_wake_is_never_lost"),
    Bug(TheSlotHasNoCap(workers=1, tasks=3), "a_wake_is_never_lost"),
    Bug(PinnedTasksAreStolen(tasks=2), "a_pinned_task_stays"),
    Bug(AnybodyIsUnparkedForAPinnedTask(tasks=2), "its_worker_gets_up_for_it"),
    Bug(OnlySleepersAreStopped(tasks=1), "nobody_who_was_called_sleeps"),
    Bug(TheStopIsNotLookedAt(workers=1, tasks=1), "everybody_is_gone"),
)
