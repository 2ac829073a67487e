"""The scheduler, any number of tasks and threads: no task lost or doubled, no lost unpark.

A task stands once in the run queue, or as a spawn on its way; whoever is owed a poll has a way to
it, through the run queue, the injection queue or the hands of a thread; a raised flag stands for an
entry; no unpark is lost. By induction, with the lemmas of `SchedulerLemmas`.
"""

from __future__ import annotations

from proofs.symbolic.induction import AtLeast, Subject
from spec.scheduler import SchedulerMachine
from spec.scheduler_state import Scheduler
from zokio.model import always


class SchedulerLemmas(SchedulerMachine):
    """The machine of `spec/scheduler.py` with what the induction needs besides its properties."""

    @always
    def lemma_who_runs_has_somebody_to_poll(self, state: Scheduler) -> bool:
        return state.owner != "running" or len(state.ready) > 0

    @always
    def lemma_the_hand_holds_a_task(self, state: Scheduler) -> bool:
        """While it polls or takes an entry in; a task that is polled is alive."""
        holds = state.owner in ("polling", "clearing", "delivering", "adopting")
        return (not holds or (state.task >= 0 and state.task < self.tasks)) and (
            state.owner != "adopting" or state.status[state.task] == "handed over"
        )

    @always
    def lemma_queues_hold_tasks(self, state: Scheduler) -> bool:
        return all(task >= 0 and task < self.tasks for task in state.ready) and all(
            task >= 0 and task < self.tasks and what in ("wake", "spawn")
            for what, task in state.injected
        )

    @always
    def lemma_woken_during_a_poll_only(self, state: Scheduler) -> bool:
        """And then it is owed the next one."""
        return not state.woken or (state.owner == "polling" and state.owed[state.task])

    @always
    def lemma_a_thread_at_work_has_an_entry(self, state: Scheduler) -> bool:
        return all(
            (
                thread.entry is None
                or (
                    thread.entry[1] >= 0
                    and thread.entry[1] < self.tasks
                    and thread.entry[0] in ("wake", "spawn")
                )
            )
            and (thread.at == "idle" or thread.entry is not None)
            and (thread.at != "marking" or (thread.entry is not None and thread.entry[0] == "wake"))
            and thread.at in ("idle", "marking", "pushing", "pushed", "ringing")
            for thread in state.threads
        )

    @always
    def lemma_a_spawn_on_its_way_is_handed_over(self, state: Scheduler) -> bool:
        """And it is on its way once: in the queue, or in the hands of one thread."""
        return all(
            state.status[task] == "handed over" for what, task in state.injected if what == "spawn"
        ) and all(
            thread.at != "pushing"
            or thread.entry is None
            or thread.entry[0] != "spawn"
            or (
                state.status[thread.entry[1]] == "handed over"
                and ("spawn", thread.entry[1]) not in state.injected
                and not (state.owner == "adopting" and state.task == thread.entry[1])
            )
            for thread in state.threads
        )

    @always
    def lemma_no_two_threads_push_one_spawn(self, state: Scheduler) -> bool:
        return all(
            one == other
            or first.at != "pushing"
            or second.at != "pushing"
            or first.entry is None
            or first.entry[0] != "spawn"
            or first.entry != second.entry
            for one, first in enumerate(state.threads)
            for other, second in enumerate(state.threads)
        )

    @always
    def lemma_handed_over_means_a_spawn_is_under_way(self, state: Scheduler) -> bool:
        return all(
            self.is_carried(state, ("spawn", task))
            or (state.owner == "adopting" and state.task == task)
            for task in range(self.tasks)
            if state.status[task] == "handed over"
        )

    @always
    def lemma_a_raised_flag_is_taken_down_with_its_entry(self, state: Scheduler) -> bool:
        return all(
            self.is_carried(state, ("wake", task))
            or (state.owner == "clearing" and state.task == task)
            for task in range(self.tasks)
            if state.flagged[task]
        )

    @always
    def lemma_the_new_and_the_done_are_owed_nothing(self, state: Scheduler) -> bool:
        return not any(
            state.owed[task] and state.status[task] in ("new", "done") for task in range(self.tasks)
        )

    @always
    def lemma_what_is_left_is_there(self, state: Scheduler) -> bool:
        """Of the entries that are still to be taken in."""
        taking = state.owner in ("clearing", "delivering", "adopting")
        return (
            (not taking or (state.left >= 0 and state.left <= len(state.injected)))
            and (state.owner != "draining" or 1 <= state.left <= len(state.injected))
            and (state.owner != "measuring" or len(state.injected) > 0)
        )

    @always
    def lemma_parked_from_announce_to_unannounce(self, state: Scheduler) -> bool:
        return state.parked or state.owner not in ("rechecking", "sleeping", "asleep")

    @always
    def lemma_the_bell_covers_what_came_since(self, state: Scheduler) -> bool:
        """About to sleep beside work: the bell was rung, or somebody will ring it."""
        about_to_ring = any(thread.at in ("pushed", "ringing") for thread in state.threads)
        return state.owner != "sleeping" or (
            (not state.ready or state.rung) and (not state.injected or state.rung or about_to_ring)
        )

    @always
    def lemma_a_round_ends_in_time(self, state: Scheduler) -> bool:
        """What is taken in ends a visit, so nothing was polled since."""
        takes = ("measuring", "draining", "clearing", "delivering", "adopting")
        return (state.owner != "running" or state.polls < self.interval) and (
            state.owner not in takes or state.polls == 0
        )

    @always
    def lemma_a_task_has_a_status(self, state: Scheduler) -> bool:
        return all(status in ("new", "handed over", "alive", "done") for status in state.status)


PROVED = (
    "no_task_is_in_two_queues",
    "never_polled_unless_owed",
    "never_polled_when_done",
    "a_wake_is_under_way",
    "a_raised_flag_stands_for_an_entry",
    "no_lost_unpark",
    "the_reactor_is_visited_every_interval",
)
NOT_PROVED = {"bounded_wait": "needs the order of the run queue, which a bag forgets"}
LEMMAS = tuple(name for name in vars(SchedulerLemmas) if name.startswith("lemma_"))

SUBJECT = Subject(
    machine=SchedulerLemmas,
    state=Scheduler,
    vectors={
        **dict.fromkeys(("status", "flagged", "owed", "waited"), "tasks"),
        "threads": "threads",
    },
    parameters={"task": "tasks", "thread": "threads"},
    constants={
        "tasks": AtLeast(1),
        "threads": AtLeast(0),
        "interval": AtLeast(1),
        "entries_max": AtLeast(0),
    },
    claims=(*PROVED, *LEMMAS),
    entries=("wake", "spawn"),
)
