"""Shutdown, any number of tasks: after the end nothing runs, every task is finished or dropped.

Safety by induction. That it ends is argued by measures, each proved of every step: the phase only
goes forward; time only runs out, and `advance` takes of it; once it is out the poll that is going
on is the last, and dropping takes a task away for good, unless a task that was not yet born comes
in its place. What is left to believe is that finitely many fair steps of this kind come to an end.
"""

from __future__ import annotations

from proofs.symbolic.induction import AtLeast, Subject
from proofs.symbolic.interpreter import Loop
from proofs.symbolic.shapes import Scalar
from spec.shutdown import LIVING, ShutdownMachine
from spec.shutdown_state import (
    CALL,
    CANCELLING,
    CLOSED,
    DROPPED,
    DROPPING,
    FINISHED,
    NOBODY,
    OPEN,
    SENT,
    SHIELDED,
    SPAWN,
    TOO_LATE,
    UNBORN,
    WAKE,
    State,
)
from zokio.model import always

STATUSES = (UNBORN, SENT, *LIVING, FINISHED, DROPPED, TOO_LATE)


class ShutdownLemmas(ShutdownMachine):
    """The machine of `spec/shutdown.py` with what the induction needs besides its properties."""

    @always
    def lemma_the_living_are_known(self, state: State) -> bool:
        """Each stands in `alive` once, and nobody else."""
        return all(
            state.alive.count(task) == (1 if at in LIVING else 0)
            for task, at in enumerate(state.tasks)
        ) and all(task >= 0 and task < self.tasks for task in state.alive)

    @always
    def lemma_the_words_are_known(self, state: State) -> bool:
        return state.phase in (OPEN, CANCELLING, DROPPING, CLOSED) and all(
            at in STATUSES for at in state.tasks
        )

    @always
    def lemma_the_queue_holds_the_living_once(self, state: State) -> bool:
        return len(set(state.queue)) == len(state.queue) and all(
            task in state.alive and task != state.polling for task in state.queue
        )

    @always
    def lemma_the_living_are_polled(self, state: State) -> bool:
        return state.polling == NOBODY or (
            state.polling in state.alive and state.polling >= 0 and state.polling < self.tasks
        )

    @always
    def lemma_who_was_sent_is_handed_in(self, state: State) -> bool:
        """Once; and nothing else but wakes and calls is."""
        return self.are_handed_in(state, state.injected)

    @always
    def lemma_what_is_handed_in_is_known(self, state: State) -> bool:
        return self.are_known(state.injected)

    @always
    def lemma_time_is_not_negative(self, state: State) -> bool:
        return state.time_left >= 0

    @always
    def lemma_dropping_drops_somebody(self, state: State) -> bool:
        return state.phase != DROPPING or (
            state.polling != NOBODY and state.time_left == 0 and not state.queue
        )

    @always
    def lemma_nobody_is_dropped_before(self, state: State) -> bool:
        return state.phase in (DROPPING, CLOSED) or DROPPED not in state.tasks

    @always
    def lemma_nobody_is_too_late_before(self, state: State) -> bool:
        return state.phase == CLOSED or TOO_LATE not in state.tasks

    @always
    def lemma_who_is_cancelled_is_owed_one_more(self, state: State) -> bool:
        return (
            state.phase != CANCELLING
            or state.polling == NOBODY
            or state.tasks[state.polling] == SHIELDED
            or state.woken
        )

    # What several of these say.

    def are_handed_in(self, state: State, entries: tuple[tuple[str, int], ...]) -> bool:
        return all(
            entries.count((SPAWN, task)) == (1 if at == SENT else 0)
            for task, at in enumerate(state.tasks)
        )

    def are_known(self, entries: tuple[tuple[str, int], ...]) -> bool:
        return all(
            kind == CALL or (kind in (SPAWN, WAKE) and task >= 0 and task < self.tasks)
            for kind, task in entries
        )

    def nobody_is_unborn_again(self, before: State, after: State) -> bool:
        return all(
            was == UNBORN or after.tasks[task] != UNBORN for task, was in enumerate(before.tasks)
        )

    def everywhere(self, state: State) -> bool:
        """What holds between the steps of a loop, too."""
        return (
            self.lemma_the_living_are_known(state)
            and self.lemma_the_words_are_known(state)
            and self.lemma_the_queue_holds_the_living_once(state)
            and self.lemma_the_living_are_polled(state)
            and self.lemma_time_is_not_negative(state)
            and self.no_callback_runs_after_it(state)
            and state.phase != CLOSED
        )

    # The loops.

    def drain_keeps(self, state: State, left: tuple[tuple[str, int], ...], entry: State) -> bool:
        return (
            self.everywhere(state)
            and self.are_handed_in(state, left)
            and self.are_known(left)
            and not state.injected
            and state.phase != DROPPING
            and DROPPED not in state.tasks
            and TOO_LATE not in state.tasks
            and state.polling == NOBODY
            and self.nobody_is_unborn_again(entry, state)
            and (
                not self.the_cancelled_are_owed_a_poll(entry)
                or self.the_cancelled_are_owed_a_poll(state)
            )
        )

    def shut_down_keeps(self, state: State, left: tuple[int, ...]) -> bool:
        return (
            self.everywhere(state)
            and state.polling == NOBODY
            and all(
                task in state.queue or task in left
                for task in state.alive
                if state.tasks[task] != SHIELDED
            )
            and all(task >= 0 and task < self.tasks for task in left)
        )

    def drop_next_keeps(self, state: State, entry: State) -> bool:
        return (
            self.everywhere(state)
            and self.are_handed_in(state, state.injected)
            and state.phase == DROPPING
            and not state.queue
            and state.polling == NOBODY
            and TOO_LATE not in state.tasks
            and (state.time_left == 0 or not state.alive)
            and (state.time_left == 0 or DROPPED not in state.tasks)
            and len(state.alive) <= len(entry.alive)
            and self.nobody_is_unborn_again(entry, state)
        )

    def close_keeps(self, state: State, left: tuple[tuple[str, int], ...], entry: State) -> bool:
        return (
            self.everywhere(state)
            and self.nobody_is_unborn_again(entry, state)
            and self.are_handed_in(state, left)
            and self.are_known(left)
            and not state.alive
            and not state.queue
            and state.polling == NOBODY
            and (state.time_left == 0 or DROPPED not in state.tasks)
        )

    # What every step does: the measures.

    def step_the_phase_goes_forward(self, before: State, after: State, action: str) -> bool:
        return (
            (before.phase == OPEN or after.phase != OPEN)
            and (before.phase in (OPEN, CANCELLING) or after.phase in (DROPPING, CLOSED))
            and (before.phase != CLOSED or after.phase == CLOSED)
        )

    def step_time_runs_out(self, before: State, after: State, action: str) -> bool:
        """Nothing gives it back; each `advance` takes of it."""
        return before.phase == OPEN or (
            after.time_left <= before.time_left
            and (action != "advance" or after.time_left < before.time_left)
        )

    def step_the_last_poll(self, before: State, after: State, action: str) -> bool:
        """Without time left, the end of a poll ends the cancelling; a turn does, or polls."""
        ends = after.phase in (DROPPING, CLOSED)
        return (
            before.phase != CANCELLING
            or before.time_left > 0
            or (
                (action != "answer" or ends)
                and (action != "turn" or ends or after.polling != NOBODY)
                and (before.polling == NOBODY or ends or after.polling == before.polling)
            )
        )

    def step_dropping_takes_one_away(self, before: State, after: State, action: str) -> bool:
        """For good; only a birth adds one, and `leave` never gives birth."""
        return before.phase != DROPPING or (
            (action != "leave" or after.phase == CLOSED or len(after.alive) < len(before.alive))
            and (action == "spawn" or len(after.alive) <= len(before.alive))
        )

    def step_nobody_is_born_twice(self, before: State, after: State, action: str) -> bool:
        return self.nobody_is_unborn_again(before, after)

    def step_after_the_end_nothing_changes(self, before: State, after: State, action: str) -> bool:
        """Neither a poll nor a call, nor anything else that runs."""
        return before.phase != CLOSED or (
            after.phase == CLOSED
            and after.calls == before.calls
            and after.late == before.late
            and after.polling == NOBODY
        )


PROVED = (
    "every_task_is_finished_or_dropped",
    "one_poll_at_a_time",
    "each_phase_has_its_steps",
    "no_callback_runs_after_it",
    "nothing_is_left_behind",
    "nobody_is_dropped_while_there_is_time",
    "the_cancelled_are_owed_a_poll",
)
NOT_PROVED = {
    "the_bounds_are_kept": "the bounds are those of the search, and the proof has none",
    "nobody_acts_between_two_polls_of_it": "says what two guards say, of every task there may be",
    "the_living_are_known": "sorts what has no bound; its lemma says the same, and is proved",
    "the_report_counts_every_task_once": "counts tasks: needs sums over any number of them",
}
LEMMAS = tuple(name for name in vars(ShutdownLemmas) if name.startswith("lemma_"))
RELATIONS = tuple(name for name in vars(ShutdownLemmas) if name.startswith("step_"))

SUBJECT = Subject(
    machine=ShutdownLemmas,
    state=State,
    vectors={"tasks": "tasks"},
    parameters={"task": "tasks", "answer": Scalar(str)},
    constants={"tasks": AtLeast(1), "timeout": AtLeast(0), "injected_max": AtLeast(0)},
    claims=(*PROVED, *LEMMAS),
    relations=RELATIONS,
    entries=(SPAWN, WAKE, CALL),
    loops={
        "drain": Loop(writes=("tasks", "alive", "queue", "woken", "calls", "late")),
        "shut_down": Loop(writes=("queue", "woken")),
        "drop_next": Loop(writes=("tasks", "alive", "polling")),
        "close": Loop(writes=("tasks", "calls", "late")),
    },
)
