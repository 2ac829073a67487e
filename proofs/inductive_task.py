"""Any number of tasks and threads: unique poll ownership, and no wake is lost. By induction, in z3.

The state has one entry for each task of an uninterpreted sort, so nothing bounds their number:

    state    the five states of `zokio.core.task_state`
    queued   how often the task stands in a run queue
    polled   how many threads poll it now
    wanted   a ghost: somebody woke it since its last poll began, and it is not done

The transitions are not written here: they are read off the real functions, for every state, and
become a table in z3. A step takes one task through one event; whoever takes it from a queue polls
it, and the effect is performed as the runtime does (ENQUEUE adds it to a queue, FINISH ends it).

Proved: the invariant holds at the start, and every step of every task keeps it for every task. What
is assumed: an event with its effect is one atomic step (one thread owns the state, or a lock does).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import z3

from proofs.task_machine import TRANSITIONS, Transition
from zokio.core.task_state import IllegalTransition, TaskEffect, TaskState

TASK = z3.DeclareSort("Task")
STATE, CONSTANTS = z3.EnumSort("State", [state.name for state in TaskState])
IN_Z3 = dict(zip(TaskState, CONSTANTS, strict=True))

Table = dict[tuple[str, TaskState], tuple[TaskState, TaskEffect]]


def table_of(transitions: dict[str, Transition]) -> Table:
    """The transitions of the code, for every event and state."""
    table: Table = {}
    for event, transition in transitions.items():
        for state in TaskState:
            try:
                table[event, state] = transition(state)
            except IllegalTransition:
                continue
    return table


@dataclass(frozen=True, slots=True)
class Tasks:
    """The state of all tasks: a function for each variable."""

    state: z3.FuncDeclRef
    queued: z3.FuncDeclRef
    polled: z3.FuncDeclRef
    wanted: z3.FuncDeclRef

    @classmethod
    def named(cls, suffix: str) -> Tasks:
        """Fresh functions."""
        return cls(
            z3.Function(f"state{suffix}", TASK, STATE),
            z3.Function(f"queued{suffix}", TASK, z3.IntSort()),
            z3.Function(f"polled{suffix}", TASK, z3.IntSort()),
            z3.Function(f"wanted{suffix}", TASK, z3.BoolSort()),
        )

    def variables(self) -> tuple[z3.FuncDeclRef, ...]:
        """In a fixed order."""
        return (self.state, self.queued, self.polled, self.wanted)


def one_of(value: z3.ExprRef, *states: TaskState) -> z3.BoolRef:
    """Whether the value is one of these states."""
    return z3.Or(*(value == IN_Z3[state] for state in states))


def invariant(tasks: Tasks, task: z3.ExprRef) -> dict[str, z3.BoolRef]:
    """What holds for one task, each part by its name."""
    state = tasks.state(task)
    queued, polled = tasks.queued(task), tasks.polled(task)
    is_running = one_of(state, TaskState.RUNNING, TaskState.RUNNING_WOKEN)
    is_owed = one_of(state, TaskState.QUEUED, TaskState.RUNNING_WOKEN)
    return {
        "polled by one thread at the most, exactly while it runs": polled
        == z3.If(is_running, 1, 0),
        "stands in one queue, exactly when it is queued": queued
        == z3.If(one_of(state, TaskState.QUEUED), 1, 0),
        "no wake is lost: who is wanted is owed a poll": z3.Implies(tasks.wanted(task), is_owed),
    }


def holds_for_all(tasks: Tasks) -> z3.BoolRef:
    """The invariant, for every task."""
    task = z3.Const("task", TASK)
    return z3.ForAll([task], z3.And(*invariant(tasks, task).values()))


def initially(tasks: Tasks) -> z3.BoolRef:
    """Every task that will ever be stands in a queue from its spawn on, and was not polled."""
    task = z3.Const("task", TASK)
    return z3.ForAll(
        [task],
        z3.And(
            tasks.state(task) == IN_Z3[TaskState.QUEUED],
            tasks.queued(task) == 1,
            tasks.polled(task) == 0,
            z3.Not(tasks.wanted(task)),
        ),
    )


def step(
    before: Tasks, after: Tasks, mover: z3.ExprRef, event: str, table: Table
) -> Iterator[tuple[TaskState, z3.BoolRef]]:
    """The task `mover` goes through the event, from each state in which the code lets it."""
    for state in TaskState:
        if (event, state) not in table:
            continue
        next_state, effect = table[event, state]
        takes_from_queue = event == "begin_poll"
        ends_poll = event in ("end_pending", "end_ready")
        wanted = {
            "begin_poll": z3.BoolVal(False),
            "wake": z3.BoolVal(state is not TaskState.DONE),
            "end_pending": before.wanted(mover),
            "end_ready": z3.BoolVal(False),
        }[event]
        yield (
            state,
            z3.And(
                before.state(mover) == IN_Z3[state],
                # The scheduler polls what it took from a queue; a poll ends where one was.
                before.queued(mover) >= 1 if takes_from_queue else z3.BoolVal(True),
                before.polled(mover) >= 1 if ends_poll else z3.BoolVal(True),
                after.state(mover) == IN_Z3[next_state],
                after.queued(mover)
                == before.queued(mover) - int(takes_from_queue) + int(effect is TaskEffect.ENQUEUE),
                after.polled(mover)
                == before.polled(mover) + int(effect is TaskEffect.POLL) - int(ends_poll),
                after.wanted(mover) == wanted,
                others_stay(before, after, mover),
            ),
        )


def others_stay(before: Tasks, after: Tasks, mover: z3.ExprRef) -> z3.BoolRef:
    """Every other task is as it was."""
    other = z3.Const("other", TASK)
    same = [
        b(other) == a(other) for b, a in zip(before.variables(), after.variables(), strict=True)
    ]
    return z3.ForAll([other], z3.Implies(other != mover, z3.And(*same)))


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing to prove: that the formula `refutation` has no model."""

    name: str
    refutation: z3.BoolRef

    def answer(self) -> z3.CheckSatResult:
        """unsat: proved. sat: refuted. unknown is neither, and counts as not proved."""
        solver = z3.Solver()
        solver.set("timeout", 30_000)
        solver.add(self.refutation)
        return solver.check()


def obligations(transitions: dict[str, Transition]) -> Iterator[Obligation]:
    """The start, and each event from each state for each part of the invariant."""
    table = table_of(transitions)
    before, after = Tasks.named(""), Tasks.named("'")
    mover, anybody = z3.Const("mover", TASK), z3.Const("anybody", TASK)
    for name, part in invariant(before, anybody).items():
        yield Obligation(f"initially: {name}", z3.And(initially(before), z3.Not(part)))
    for event in transitions:
        for state, moved in step(before, after, mover, event, table):
            for name, part in invariant(after, anybody).items():
                yield Obligation(
                    f"{event} from {state.value}: {name}",
                    z3.And(holds_for_all(before), moved, z3.Not(part)),
                )


def can_happen(transitions: dict[str, Transition]) -> Iterator[Obligation]:
    """The same steps without a claim: each must have a model, or the proof would be empty."""
    table = table_of(transitions)
    before, after = Tasks.named(""), Tasks.named("'")
    mover = z3.Const("mover", TASK)
    for event in transitions:
        for state, moved in step(before, after, mover, event, table):
            yield Obligation(f"{event} from {state.value}", z3.And(holds_for_all(before), moved))


def not_proved(transitions: dict[str, Transition]) -> list[str]:
    """The obligations which z3 did not prove."""
    return [each.name for each in obligations(transitions) if each.answer() != z3.unsat]


def wrong_twins() -> dict[str, dict[str, Callable[[TaskState], tuple[TaskState, TaskEffect]]]]:
    """Machines that are wrong on purpose."""

    def forgets_a_wake(state: TaskState) -> tuple[TaskState, TaskEffect]:
        return (state, TaskEffect.NOTHING) if state is TaskState.RUNNING else wake(state)

    def enqueues_twice(state: TaskState) -> tuple[TaskState, TaskEffect]:
        return (state, TaskEffect.ENQUEUE) if state is TaskState.QUEUED else wake(state)

    def sleeps_although_woken(state: TaskState) -> tuple[TaskState, TaskEffect]:
        after, effect = TRANSITIONS["end_pending"](state)
        return (
            (TaskState.IDLE, TaskEffect.NOTHING) if after is TaskState.QUEUED else (after, effect)
        )

    def polls_during_a_poll(state: TaskState) -> tuple[TaskState, TaskEffect]:
        return (state, TaskEffect.POLL) if state is TaskState.RUNNING else wake(state)

    wake = TRANSITIONS["wake"]
    return {
        "a wake during a poll is forgotten": {**TRANSITIONS, "wake": forgets_a_wake},
        "a second wake enqueues again": {**TRANSITIONS, "wake": enqueues_twice},
        "a woken poll ends idle": {**TRANSITIONS, "end_pending": sleeps_although_woken},
        "a wake polls at once": {**TRANSITIONS, "wake": polls_during_a_poll},
    }
