"""Several workers: every task in one place, and nobody sleeps for good beside work.

Modelled: run queues, LIFO slots and the injection queue (`workers_polls.py`); wakes from polls and
from threads outside (`workers_wakes.py`); stealing (`workers_search.py`); parking, the reactor and
its events (`workers_park.py`). The variables are in `workers_state.py`. Here is what must be true
of them together. Every action is one atomic step of the code:

    wake_..., event, begin_poll, end_...              one transition under the task's lock
    spawn_inside, displace, place, requeue..., stow   one operation on an own deque
    inject, post                                      one append to a shared deque
    deliver                                           one extend of the own queue
    take_..., steal                                   one pop, which may find nothing
    look                                              one pop, or the length of a queue
    recheck                                           one look at one place
    skip                                              the reads before the lock of `Idle`
    begin_search, end_search, announce, unannounce,
    pick                                              one critical section of `Idle`
    settle, visit                                     the reactor's lock is tried
    release, end_visit                                it is given back
    wait, unpark, clear                               one critical section of a parker
    get_up                                            the sleeper has its baton
    ring                                              the bell is rung
    rise                                              the system call returns

Left out: why a task is idle (`task.py`), timers and how readiness comes about, cancellation and
shutdown; a wake by a finalizer or a signal handler between two polls; that a poll may block.

Facts: whoever is about to push a task, or to tell of it, is free for nothing else. A worker taken
out of `sleepers` counts as searching from that moment on. A token may be late, and the bell too:
then a worker wakes for nothing, takes itself out and parks again.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .workers_park import WAITING
from .workers_state import NOBODY, Workers, is_polled
from .workers_views import HOLDING_THE_REACTOR, SEARCHING, Views


class WorkersMachine(Views):
    """`workers` workers and `threads` threads outside over `tasks` tasks."""

    # What must be true.

    @always
    def no_task_is_in_two_places(self, state: Workers) -> bool:
        """In one queue, in one slot, or in one pair of hands."""
        everywhere = self.everywhere(state)
        return len(set(everywhere)) == len(everywhere)

    @always
    def polled_by_at_most_one(self, state: Workers) -> bool:
        polled = self.polled(state)
        return len(set(polled)) == len(polled)

    @always
    def never_polled_unless_owed(self, state: Workers) -> bool:
        """Whoever stands somewhere is owed a poll, or is being polled."""
        standing = set(self.everywhere(state)) - set(self.polled(state))
        return all(state.owed[task] for task in standing)

    @always
    def never_polled_when_done(self, state: Workers) -> bool:
        return not any(state.done[task] for task in self.everywhere(state))

    @always
    def nothing_is_dropped(self, state: Workers) -> bool:
        """Whoever is owed a poll stands somewhere, also while he is stolen."""
        everywhere = self.everywhere(state)
        return all(task in everywhere for task in range(self.tasks) if state.owed[task])

    @always
    def searching_is_counted(self, state: Workers) -> bool:
        """Who searches, and who was taken out to search and does not know it yet."""
        return state.searching == sum(self.counts(state, worker) for worker in range(self.workers))

    @always
    def searching_stays_below_its_limit(self, state: Workers) -> bool:
        return state.searching <= (self.workers + 1) // 2

    @always
    def one_holds_the_reactor(self, state: Workers) -> bool:
        holding = [worker for worker, at in enumerate(state.at) if at in HOLDING_THE_REACTOR]
        return holding == ([] if state.holder == NOBODY else [state.holder])

    @always
    def no_lost_unpark(self, state: Workers) -> bool:
        """Nobody sleeps while work is reachable, unless somebody searches or is about to look."""
        sleeps = any(self.sleeps(state, worker) for worker in state.sleepers)
        return not (sleeps and self.is_reachable(state)) or self.is_attended(state)

    @always
    def whoever_is_taken_out_will_get_up(self, state: Workers) -> bool:
        """Nobody sleeps who was taken out, unless somebody is about to unpark him."""
        told = [telling.whom for telling in state.telling]
        return all(
            worker in state.sleepers or worker in told
            for worker in range(self.workers)
            if self.sleeps(state, worker)
        )

    @always
    def the_reactor_is_attended(self, state: Workers) -> bool:
        """When all sleep, one of them does so in the reactor."""
        return "in reactor" in state.at or not all(at in WAITING for at in state.at)

    @eventually(after="sleeps_beside_work")
    def work_is_looked_for(self, state: Workers) -> bool:
        return not self.sleeps_beside_work(state)

    def sleeps_beside_work(self, state: Workers) -> bool:
        """Somebody sleeps, work is reachable, and nobody searches."""
        sleeps = any(self.sleeps(state, worker) for worker in range(self.workers))
        return sleeps and not state.searching and self.is_reachable(state)

    # What must happen some time.

    @sometimes
    def everybody_sleeps_for_good(self, state: Workers) -> bool:
        """Every task is done, and no token or bell is left over."""
        return all(state.done) and self.all_sleep(state)

    @sometimes
    def everybody_waits_for_the_reactor(self, state: Workers) -> bool:
        """Tasks are idle, and only an event wakes one."""
        return not any(state.owed) and not any(state.done) and self.all_sleep(state)

    @sometimes
    def work_comes_before_the_announcement(self, state: Workers) -> bool:
        """The race for which the places are looked at once more: the searcher has looked there."""
        return "retreating" in state.at

    @sometimes
    def somebody_is_taken_out_before_he_sleeps(self, state: Workers) -> bool:
        """He is between the announcement and the wait."""
        between = ("rechecking", "settling", "waiting", "entering")
        return any(
            at in between and worker not in state.sleepers for worker, at in enumerate(state.at)
        )

    @sometimes
    def somebody_is_taken_out_while_he_retreats(self, state: Workers) -> bool:
        """His token comes later, and ends another wait."""
        return any(
            at == "retreating" and worker not in state.sleepers
            for worker, at in enumerate(state.at)
        )

    @sometimes
    def a_token_is_left_over(self, state: Workers) -> bool:
        """It came late: its worker polls."""
        return any(
            token and at == "polling" for token, at in zip(state.token, state.at, strict=True)
        )

    @sometimes
    def the_bell_is_left_over(self, state: Workers) -> bool:
        """It rang late: nobody waits in the reactor."""
        return state.bell and state.holder == NOBODY

    @sometimes
    def a_task_is_woken_elsewhere_during_its_poll(self, state: Workers) -> bool:
        """By another worker or by the reactor: its own is about to say that it is pending."""
        return any(is_polled(state, task) and state.owed[task] for task in range(self.tasks))

    @sometimes
    def two_are_polled_at_once(self, state: Workers) -> bool:
        return len(self.polled(state)) > 1

    @sometimes
    def the_victim_is_emptied_under_the_thief(self, state: Workers) -> bool:
        """It has measured the queue, and finds nothing in it."""
        return any(
            at == "stealing" and not state.hand[worker] and not state.queue[left[0][1]]
            for worker, (at, left) in enumerate(zip(state.at, state.left, strict=True))
        )

    @sometimes
    def somebody_sleeps_on_his_parker_while_another_is_in_the_reactor(self, state: Workers) -> bool:
        return "on parker" in state.at and "in reactor" in state.at

    @sometimes
    def everybody_polls_or_sleeps_beside_work(self, state: Workers) -> bool:
        """Between the push and the unpark."""
        return "polling" in state.at and self.sleeps_beside_work(state)

    # Claims that must be violated: the checker sees what the properties talk about.

    @always(canary="no_task_is_in_two_places")
    def no_two_tasks_stand_anywhere(self, state: Workers) -> bool:
        return len(self.everywhere(state)) < 2

    @always(canary="polled_by_at_most_one")
    def one_is_polled_at_the_most(self, state: Workers) -> bool:
        return len(self.polled(state)) < 2

    @always(canary="never_polled_unless_owed")
    def whoever_stands_anywhere_is_owed(self, state: Workers) -> bool:
        """Not the task that is being polled."""
        return all(state.owed[task] for task in self.everywhere(state))

    @always(canary="never_polled_when_done")
    def nobody_is_ever_done(self, state: Workers) -> bool:
        return not any(state.done)

    @always(canary="nothing_is_dropped")
    def whoever_is_owed_is_in_a_queue(self, state: Workers) -> bool:
        """Not while he is in a thief's hand, or about to be pushed."""
        queued = {task for row in state.queue for task in row} | set(state.injected)
        return all(task in queued for task in range(self.tasks) if state.owed[task])

    @always(canary="searching_is_counted")
    def searching_is_counted_by_place(self, state: Workers) -> bool:
        """Not whoever was taken out and does not know it yet."""
        return state.searching == sum(at in SEARCHING for at in state.at)

    @always(canary="searching_stays_below_its_limit")
    def searching_does_not_reach_its_limit(self, state: Workers) -> bool:
        return state.searching < (self.workers + 1) // 2

    @always(canary="one_holds_the_reactor")
    def nobody_holds_the_reactor(self, state: Workers) -> bool:
        return state.holder == NOBODY

    @always(canary="no_lost_unpark")
    def nobody_sleeps_beside_work(self, state: Workers) -> bool:
        """For a moment one does: between the push and the unpark."""
        return not self.sleeps_beside_work(state)

    @always(canary="whoever_is_taken_out_will_get_up")
    def whoever_is_taken_out_has_his_token(self, state: Workers) -> bool:
        return not any(
            self.sleeps(state, worker) and worker not in state.sleepers
            for worker in range(self.workers)
        )

    @always(canary="the_reactor_is_attended")
    def somebody_is_in_the_reactor(self, state: Workers) -> bool:
        """Not when all are busy."""
        return "in reactor" in state.at

    @eventually(after="sleeps_beside_work", canary="work_is_looked_for")
    def everything_gets_done(self, state: Workers) -> bool:
        """Not if a task is woken again and again."""
        return all(state.done)
