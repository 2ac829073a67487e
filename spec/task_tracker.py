"""TaskTracker: who waits goes on when the tracker is closed and empty at once.

Modelled: tasks that are spawned into it at any time, also when it is closed, aborted and ended in
any way; `close` and `reopen` at any time; several who wait, cancelled at any time. Each step is
made under the tracker's lock, so other threads take no others.

Left out: the order of the run queue (`scheduler.py`), the waiting machinery's own steps.

Variables:
    closed      `close` was called, and not `reopen` since
    tasks       by task, in order of spawning: new, suspended, done
    aborting    by task: it was aborted
    owed_tasks  by task: it is owed a poll
    waiters     by waiter: away, waiting, granted (it was told and not yet polled)
    cancelling  by waiter: its wait was cancelled
    owed        by waiter: it is owed a poll
    told        by waiter: how often `wait` has returned (counted up to 2)

Facts: nobody waits while the tracker is closed and empty.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, put, sometimes

NEW, SUSPENDED, DONE = "new", "suspended", "done"
WAIT, VALUE, ERROR, ABORTED = "wait", "value", "error", "aborted"
AWAY, WAITING, GRANTED = "away", "waiting", "granted"


class State(NamedTuple):
    """The variables; see the head of this file."""

    closed: bool
    tasks: tuple[str, ...]
    aborting: tuple[bool, ...]
    owed_tasks: tuple[bool, ...]
    waiters: tuple[str, ...]
    cancelling: tuple[bool, ...]
    owed: tuple[bool, ...]
    told: tuple[int, ...]


class TaskTrackerMachine(Machine[State]):
    """See the head of this file."""

    tasks: int = 2
    waiters: int = 1

    def initial(self) -> Iterable[State]:
        nobody = (False,) * self.waiters
        return [
            State(False, (), (), (), (AWAY,) * self.waiters, nobody, nobody, (0,) * len(nobody))
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "task": range(self.tasks),
            "waiter": range(self.waiters),
            "answer": (WAIT, VALUE, ERROR, ABORTED),
        }

    def is_settled(self, state: State) -> bool:
        """Whether it is closed and empty."""
        return state.closed and all(task == DONE for task in state.tasks)

    def settle(self, state: State) -> State:
        """Tell all who wait if it is closed and empty."""
        if not self.is_settled(state):
            return state
        waiting = [at == WAITING for at in state.waiters]
        return state._replace(
            waiters=tuple(GRANTED if at == WAITING else at for at in state.waiters),
            owed=tuple(map(max, zip(state.owed, waiting, strict=True))),
        )

    def is_task(self, state: State, task: int) -> bool:
        """Whether there is such a task, and it has not ended."""
        return task < len(state.tasks) and state.tasks[task] != DONE

    # Tasks

    @action(writes=("tasks", "aborting", "owed_tasks"), fair=False)
    def spawn(self, state: State) -> State:
        return state._replace(
            tasks=(*state.tasks, NEW),
            aborting=(*state.aborting, False),
            owed_tasks=(*state.owed_tasks, True),
        )

    @spawn.guard
    def can_spawn(self, state: State) -> bool:
        return len(state.tasks) < self.tasks

    @action(writes=("tasks", "owed_tasks", "waiters", "owed"))
    def poll_task(self, state: State, task: int, answer: str) -> State:
        """One poll, which ends as the task chooses; aborted, it is owed the next one."""
        owed = answer == WAIT and state.aborting[task]
        at = SUSPENDED if answer == WAIT else DONE
        state = state._replace(
            tasks=put(state.tasks, task, at), owed_tasks=put(state.owed_tasks, task, owed)
        )
        return state if answer == WAIT else self.settle(state)

    @poll_task.guard
    def can_poll_task(self, state: State, task: int, answer: str) -> bool:
        if task >= len(state.tasks) or not state.owed_tasks[task]:
            return False
        return answer != ABORTED or (state.aborting[task] and state.tasks[task] == SUSPENDED)

    @action(writes=("owed_tasks",), fair=False)
    def wake_task(self, state: State, task: int) -> State:
        return state._replace(owed_tasks=put(state.owed_tasks, task, True))

    @wake_task.guard
    def can_wake_task(self, state: State, task: int) -> bool:
        return self.is_task(state, task) and not state.owed_tasks[task]

    @action(writes=("aborting", "owed_tasks"), fair=False)
    def abort(self, state: State, task: int) -> State:
        return state._replace(
            aborting=put(state.aborting, task, True), owed_tasks=put(state.owed_tasks, task, True)
        )

    @abort.guard
    def can_abort(self, state: State, task: int) -> bool:
        return self.is_task(state, task) and not state.aborting[task]

    # The tracker

    @action(writes=("closed", "waiters", "owed"), fair=False)
    def close(self, state: State) -> State:
        """A second time it changes nothing."""
        return self.settle(state._replace(closed=True))

    @action(writes=("closed",), fair=False)
    def reopen(self, state: State) -> State:
        return state._replace(closed=False)

    # Who waits

    @action(writes=("waiters", "owed", "told"), fair=False)
    def wait(self, state: State, waiter: int) -> State:
        """It is polled, and calls `wait`."""
        state = state._replace(owed=put(state.owed, waiter, False))
        if self.is_settled(state):
            return state._replace(told=put(state.told, waiter, min(2, state.told[waiter] + 1)))
        return state._replace(waiters=put(state.waiters, waiter, WAITING))

    @wait.guard
    def can_wait(self, state: State, waiter: int) -> bool:
        return state.waiters[waiter] == AWAY and state.told[waiter] < 2

    @action(writes=("waiters", "cancelling", "owed", "told"))
    def poll_waiter(self, state: State, waiter: int) -> State:
        """It hears of its cancellation, which comes first, or goes on."""
        if state.cancelling[waiter]:
            return state._replace(
                waiters=put(state.waiters, waiter, AWAY),
                cancelling=put(state.cancelling, waiter, False),  # it stays owed: a level
            )
        state = state._replace(owed=put(state.owed, waiter, False))
        if state.waiters[waiter] != GRANTED:
            return state
        return state._replace(
            waiters=put(state.waiters, waiter, AWAY),
            told=put(state.told, waiter, min(2, state.told[waiter] + 1)),
        )

    @poll_waiter.guard
    def can_poll_waiter(self, state: State, waiter: int) -> bool:
        return state.owed[waiter]

    @action(writes=("cancelling", "owed"), fair=False)
    def cancel(self, state: State, waiter: int) -> State:
        return state._replace(
            cancelling=put(state.cancelling, waiter, True), owed=put(state.owed, waiter, True)
        )

    @cancel.guard
    def can_cancel(self, state: State, waiter: int) -> bool:
        return state.waiters[waiter] != AWAY and not state.cancelling[waiter]

    # Safety

    @always
    def nobody_waits_for_what_is_so(self, state: State) -> bool:
        return not (self.is_settled(state) and WAITING in state.waiters)

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        pairs = zip(state.waiters, state.owed, strict=True)
        return all(owed for at, owed in pairs if at == GRANTED)

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        return all(
            owed or not any(self.can_poll_task(state, task, answer) for answer in (WAIT, ABORTED))
            for task, owed in enumerate(state.owed_tasks)
        ) and all(
            owed or not self.can_poll_waiter(state, waiter)
            for waiter, owed in enumerate(state.owed)
        )

    @always
    def who_has_not_begun_cannot_end_by_an_abort(self, state: State) -> bool:
        """And nobody who was not cancelled."""
        return all(
            (state.aborting[task] and at == SUSPENDED)
            or not self.can_poll_task(state, task, ABORTED)
            for task, at in enumerate(state.tasks)
        )

    # Progress

    def was_told(self, state: State, waiter: int) -> bool:
        """Whether the waiter was granted what it waits for."""
        return state.waiters[waiter] == GRANTED

    @eventually(after="was_told", of="waiter")
    def who_was_told_goes_on(self, state: State, waiter: int) -> bool:
        return state.waiters[waiter] == AWAY

    def has_not_begun(self, state: State, task: int) -> bool:
        """Whether it waits for its first poll."""
        return task < len(state.tasks) and state.tasks[task] == NEW

    @eventually(after="has_not_begun", of="task")
    def whoever_was_spawned_begins(self, state: State, task: int) -> bool:
        return not self.has_not_begun(state, task)

    # Reachability

    @sometimes
    def it_is_reopened_and_who_was_told_goes_on(self, state: State) -> bool:
        return not state.closed and GRANTED in state.waiters

    @sometimes
    def it_is_filled_again_and_who_was_told_goes_on(self, state: State) -> bool:
        return state.closed and NEW in state.tasks and GRANTED in state.waiters

    @sometimes
    def it_is_closed_while_tasks_run(self, state: State) -> bool:
        return state.closed and SUSPENDED in state.tasks and WAITING in state.waiters

    # Canaries

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not any(state.owed_tasks)

    @always(canary="who_has_not_begun_cannot_end_by_an_abort")
    def nobody_can_end_by_an_abort(self, state: State) -> bool:
        return not any(self.can_poll_task(state, task, ABORTED) for task in range(len(state.tasks)))

    @eventually(after="has_not_begun", of="task", canary="whoever_was_spawned_begins")
    def whoever_was_spawned_suspends(self, state: State, task: int) -> bool:
        return task < len(state.tasks) and state.tasks[task] == SUSPENDED

    @always(canary="nobody_waits_for_what_is_so")
    def nobody_waits_for_a_tracker_that_is_closed(self, state: State) -> bool:
        return not (state.closed and WAITING in state.waiters)

    @always(canary="who_was_told_is_owed_a_poll")
    def who_was_told_has_gone_on(self, state: State) -> bool:
        return GRANTED not in state.waiters

    def has_begun_to_wait(self, state: State, waiter: int) -> bool:
        """Whether it waits, for something that may never be."""
        return state.waiters[waiter] != AWAY

    @eventually(after="has_begun_to_wait", of="waiter", canary="who_was_told_goes_on")
    def every_wait_ends(self, state: State, waiter: int) -> bool:
        return state.waiters[waiter] == AWAY


CONFIGURATIONS = (
    TaskTrackerMachine(tasks=2, waiters=1),
    TaskTrackerMachine(tasks=1, waiters=2),
)
