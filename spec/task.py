"""Task and waker: who is owed a poll, who is being polled, who is done.

Modelled: tasks in one first-in first-out queue; threads that take the first of it and poll it
(`pollers` of them, so that "polled by one thread at the most" says something); wakes at any time:
before a poll, during one, just after it, and after completion; every way in which a poll ends.

Left out: what a task computes; where a wake comes from and how it travels between threads
(`scheduler.py`); cancellation (`cancel_scopes.py`) and who awaits the outcome (`join.py`).

Variables, one entry a task: `spawned`; `owed`: somebody wants a poll that has not begun;
`polling`: how many threads poll it now; `done`; `outcome`: what it ended with, "" before. And
`queue`: the tasks whose next poll may begin, in order.

Facts: a poll pays what is owed when it begins, so a wake during a poll owes the next one. A task
enters the queue when it becomes owed, or at the end of its poll when it became so meanwhile.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, put, sometimes


class Task(NamedTuple):
    """The state; see the head of the file."""

    spawned: tuple[bool, ...]
    owed: tuple[bool, ...]
    polling: tuple[int, ...]
    done: tuple[bool, ...]
    outcome: tuple[str, ...]
    queue: tuple[int, ...]


class TaskMachine(Machine[Task]):
    """Tasks, their wakes and their polls; see the head of the file."""

    tasks: int = 2
    pollers: int = 1

    def initial(self) -> Iterable[Task]:
        no = (False,) * self.tasks
        return [Task(no, no, (0,) * self.tasks, no, ("",) * self.tasks, ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    # What happens.

    @action(writes=("spawned", "owed", "queue"), reads=("spawned", "queue"), fair=False)
    def spawn(self, state: Task, task: int) -> Task:
        """A new task is owed its first poll."""
        return state._replace(
            spawned=put(state.spawned, task, True),
            owed=put(state.owed, task, True),
            queue=(*state.queue, task),
        )

    @spawn.guard
    def can_spawn(self, state: Task, task: int) -> bool:
        return not state.spawned[task]

    @action(
        writes=("owed", "queue"), reads=("spawned", "owed", "polling", "done", "queue"), fair=False
    )
    def wake(self, state: Task, task: int) -> Task:
        """From anybody, at any time, any number of times."""
        if state.done[task] or state.owed[task]:
            return state
        owed = put(state.owed, task, True)
        if state.polling[task]:
            return state._replace(owed=owed)
        return state._replace(owed=owed, queue=(*state.queue, task))

    @wake.guard
    def can_wake(self, state: Task, task: int) -> bool:
        return state.spawned[task]

    @action(writes=("owed", "polling", "queue"), reads=("polling", "queue"))
    def begin_poll(self, state: Task, task: int) -> Task:
        """The first of the queue is taken: what it was owed is paid."""
        return state._replace(
            owed=put(state.owed, task, False),
            polling=put(state.polling, task, state.polling[task] + 1),
            queue=state.queue[1:],
        )

    @begin_poll.guard
    def can_begin_poll(self, state: Task, task: int) -> bool:
        return state.queue[:1] == (task,) and sum(state.polling) < self.pollers

    @action(writes=("polling", "queue"), reads=("owed", "polling", "queue"))
    def end_pending(self, state: Task, task: int) -> Task:
        """It waits for something; if that came during the poll, it is queued again."""
        queue = (*state.queue, task) if state.owed[task] else state.queue
        return state._replace(polling=self.without_poll(state, task), queue=queue)

    @end_pending.guard
    def can_end_pending(self, state: Task, task: int) -> bool:
        return state.polling[task] > 0

    @action(writes=("owed", "polling", "queue"), reads=("polling", "queue"))
    def end_again(self, state: Task, task: int) -> Task:
        """It only lets the others go first."""
        return state._replace(
            owed=put(state.owed, task, True),
            polling=self.without_poll(state, task),
            queue=(*state.queue, task),
        )

    @end_again.guard
    def can_end_again(self, state: Task, task: int) -> bool:
        return state.polling[task] > 0

    @action(writes=("owed", "polling", "done", "outcome"), reads=("polling",))
    def end_ready(self, state: Task, task: int) -> Task:
        """It has its value; a wake that came during the poll means nothing any more."""
        return self.ended(state, task, "value")

    @end_ready.guard
    def can_end_ready(self, state: Task, task: int) -> bool:
        return state.polling[task] > 0

    @action(writes=("owed", "polling", "done", "outcome"), reads=("polling",))
    def end_error(self, state: Task, task: int) -> Task:
        """It raised."""
        return self.ended(state, task, "error")

    @end_error.guard
    def can_end_error(self, state: Task, task: int) -> bool:
        return state.polling[task] > 0

    def ended(self, state: Task, task: int, outcome: str) -> Task:
        """The task is done with this outcome."""
        return state._replace(
            owed=put(state.owed, task, False),
            polling=self.without_poll(state, task),
            done=put(state.done, task, True),
            outcome=put(state.outcome, task, outcome),
        )

    def without_poll(self, state: Task, task: int) -> tuple[int, ...]:
        """`polling` after a poll of the task has ended."""
        return put(state.polling, task, state.polling[task] - 1)

    # What must be true.

    @always
    def polled_by_at_most_one(self, state: Task) -> bool:
        return all(polls in (0, 1) for polls in state.polling)

    @always
    def never_polled_when_done(self, state: Task) -> bool:
        return not any(
            done and polls for done, polls in zip(state.done, state.polling, strict=True)
        )

    @always
    def never_polled_unless_owed(self, state: Task) -> bool:
        """Whoever may be polled next is owed it."""
        return all(state.owed[task] for task in state.queue)

    @always
    def owed_stands_in_one_queue_or_is_polled(self, state: Task) -> bool:
        """Owed: once in the queue, or being polled. Not owed: not in the queue."""
        return all(
            state.queue.count(task) + state.polling[task] == 1
            if state.owed[task]
            else task not in state.queue
            for task in range(self.tasks)
        )

    @always
    def wakes_coalesce(self, state: Task) -> bool:
        return len(set(state.queue)) == len(state.queue)

    @always
    def a_wake_of_a_done_task_changes_nothing(self, state: Task) -> bool:
        return not any(
            state.done[task] and (state.owed[task] or task in state.queue)
            for task in range(self.tasks)
        )

    @always
    def done_means_its_outcome_stands(self, state: Task) -> bool:
        """There is one, and nobody polls the task who could change it."""
        return all(
            done == (outcome != "") and not (done and polls)
            for done, outcome, polls in zip(state.done, state.outcome, state.polling, strict=True)
        )

    @always
    def as_many_poll_as_may(self, state: Task) -> bool:
        return sum(state.polling) <= self.pollers

    @always
    def first_come_first_served(self, state: Task) -> bool:
        """No step changes the order of the queue: it takes the first, or adds at the end."""
        return all(
            queue[: len(rest)] == rest
            for queue in self.queues_after(state)
            for rest in (state.queue[len(queue) < len(state.queue) :],)
        )

    @always
    def every_end_ends_a_poll(self, state: Task) -> bool:
        ends = [step for step in self.enabled(state) if step.name.startswith("end_")]
        return all(sum(self.apply(state, step).polling) < sum(state.polling) for step in ends)

    def queues_after(self, state: Task) -> list[tuple[int, ...]]:
        """What each step that may be next makes of the queue."""
        return [self.apply(state, step).queue for step in self.enabled(state)]

    @eventually(after="is_owed", of="task")
    def a_wake_is_never_lost(self, state: Task, task: int) -> bool:
        """A wake before, during or just after a poll leads to one more poll, or to the end."""
        return state.done[task] or (state.polling[task] > 0 and not state.owed[task])

    def is_owed(self, state: Task, task: int) -> bool:
        return state.owed[task]

    # What must happen some time.

    @sometimes
    def a_task_is_woken_during_its_poll(self, state: Task) -> bool:
        return any(owed and polls for owed, polls in zip(state.owed, state.polling, strict=True))

    @sometimes
    def every_task_is_done(self, state: Task) -> bool:
        return all(state.done)

    @sometimes
    def a_task_waits_for_ever(self, state: Task) -> bool:
        """Spawned, not done, owed nothing and not polled: it is idle."""
        return any(
            state.spawned[task]
            and not (state.done[task] or state.owed[task] or state.polling[task])
            for task in range(self.tasks)
        )

    # Claims that must be violated: the checker sees what the properties talk about.

    @always(canary="polled_by_at_most_one")
    def nobody_is_ever_polled(self, state: Task) -> bool:
        return not any(state.polling)

    @always(canary="never_polled_when_done")
    def nobody_is_polled_beside_a_done_task(self, state: Task) -> bool:
        return not (any(state.polling) and any(state.done))

    @always(canary="never_polled_unless_owed")
    def the_queue_is_always_empty(self, state: Task) -> bool:
        return not state.queue

    @always(canary="owed_stands_in_one_queue_or_is_polled")
    def whoever_is_owed_stands_in_the_queue(self, state: Task) -> bool:
        """Not during its own poll."""
        return all(task in state.queue for task in range(self.tasks) if state.owed[task])

    @always(canary="wakes_coalesce")
    def the_queue_holds_one_at_the_most(self, state: Task) -> bool:
        return len(state.queue) <= 1

    @always(canary="a_wake_of_a_done_task_changes_nothing")
    def nobody_is_done_while_another_is_owed(self, state: Task) -> bool:
        return not (any(state.done) and any(state.owed))

    @always(canary="done_means_its_outcome_stands")
    def no_outcome_is_an_error(self, state: Task) -> bool:
        return "error" not in state.outcome

    @always(canary="as_many_poll_as_may")
    def fewer_poll_than_may(self, state: Task) -> bool:
        return sum(state.polling) < self.pollers

    @always(canary="first_come_first_served")
    def nobody_leaves_the_queue(self, state: Task) -> bool:
        return all(queue[: len(state.queue)] == state.queue for queue in self.queues_after(state))

    @always(canary="every_end_ends_a_poll")
    def every_end_ends_a_task(self, state: Task) -> bool:
        ends = [step for step in self.enabled(state) if step.name.startswith("end_")]
        return all(sum(self.apply(state, step).done) > sum(state.done) for step in ends)

    @eventually(after="is_owed", of="task", canary="a_wake_is_never_lost")
    def whoever_is_owed_gets_done(self, state: Task, task: int) -> bool:
        """Not if each of its polls ends with pending."""
        return state.done[task]


CONFIGURATIONS = (TaskMachine(tasks=2), TaskMachine(tasks=3), TaskMachine(tasks=3, pollers=2))
