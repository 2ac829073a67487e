"""The owner polls: the first of the run queue, `interval` times at the most, then it parks.

      running ---begin_poll---> polling ---end_...---> running, looking or visiting

During a poll the task may wake itself and others, and spawn. What follows is in `owner_loop.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import Machine, action, put

from .scheduler_state import NOBODY, Scheduler, beginning, is_known, waiting


class Polling(Machine[Scheduler]):
    """The thread that polls; after `interval` polls at the most it visits the reactor."""

    tasks: int = 2
    threads: int = 1
    interval: int = 2
    entries_max: int = 2
    """No thread begins while so many entries are injected or about to be: a bound of the search."""

    def initial(self) -> Iterable[Scheduler]:
        return [beginning(self.tasks, self.threads)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks), "thread": range(self.threads)}

    @action(
        writes=("ready", "owner", "task", "polls", "owed", "waited"),
        reads=("ready", "owner", "polls", "status", "owed", "waited", "injected"),
    )
    def begin_poll(self, state: Scheduler, task: int) -> Scheduler:
        """The first of the run queue; all others who stand in a queue have waited for one more."""
        standing = waiting(state)
        waited = tuple(
            polls + 1 if other != task and other in standing else polls
            for other, polls in enumerate(state.waited)
        )
        return state._replace(
            ready=state.ready[1:],
            owner="polling",
            task=task,
            polls=state.polls + 1,
            owed=put(state.owed, task, False),
            waited=put(waited, task, 0),
        )

    @begin_poll.guard
    def can_begin_poll(self, state: Scheduler, task: int) -> bool:
        return state.owner == "running" and state.ready[0] == task

    @action(
        writes=("ready", "woken", "owed"),
        reads=("ready", "owner", "task", "woken", "status", "owed", "threads", "parked"),
        fair=False,
    )
    def wake_inside(self, state: Scheduler, task: int) -> Scheduler:
        """The polled task wakes itself or another one."""
        return self.woken_by_owner(state, task)

    @wake_inside.guard
    def can_wake_inside(self, state: Scheduler, task: int) -> bool:
        return state.owner == "polling" and is_known(state, task)

    @action(
        writes=("ready", "status", "owed"),
        reads=("ready", "owner", "status"),
        fair=False,
        may_be_idle=True,
    )
    def spawn_inside(self, state: Scheduler, task: int) -> Scheduler:
        """The polled task spawns another one."""
        return self.adopted(state, task)

    @spawn_inside.guard
    def can_spawn_inside(self, state: Scheduler, task: int) -> bool:
        return state.owner == "polling" and state.status[task] == "new"

    @action(
        writes=("ready", "owner", "task", "woken"),
        reads=("ready", "owner", "task", "woken", "polls"),
    )
    def end_pending(self, state: Scheduler) -> Scheduler:
        """The poll ends; woken meanwhile, the task goes to the end of the run queue."""
        return self.poll_ended(state, queued=state.woken)

    @end_pending.guard
    def can_end_pending(self, state: Scheduler) -> bool:
        return state.owner == "polling"

    @action(
        writes=("ready", "owner", "task", "woken", "owed"),
        reads=("ready", "owner", "task", "polls", "owed"),
    )
    def end_again(self, state: Scheduler) -> Scheduler:
        """The task lets the others go first."""
        owed = put(state.owed, state.task, True)
        return self.poll_ended(state._replace(owed=owed), queued=True)

    @end_again.guard
    def can_end_again(self, state: Scheduler) -> bool:
        return state.owner == "polling"

    @action(
        writes=("owner", "task", "woken", "status", "owed", "waited"),
        reads=("ready", "owner", "task", "polls", "status", "owed"),
    )
    def end_ready(self, state: Scheduler) -> Scheduler:
        """The task is done; what it is owed is void."""
        state = state._replace(
            status=put(state.status, state.task, "done"),
            owed=put(state.owed, state.task, False),
            waited=put(state.waited, state.task, 0),
        )
        return self.poll_ended(state, queued=False)

    @end_ready.guard
    def can_end_ready(self, state: Scheduler) -> bool:
        return state.owner == "polling"

    # What several of these do.

    def adopted(self, state: Scheduler, task: int) -> Scheduler:
        """A new task stands at the end of the run queue."""
        return state._replace(
            ready=(*state.ready, task),
            status=put(state.status, task, "alive"),
            owed=put(state.owed, task, True),
        )

    def woken_by_owner(self, state: Scheduler, task: int) -> Scheduler:
        """A wake on the owning thread. Nothing for who is done, queued, or not yet adopted."""
        if state.status[task] != "alive" or task in state.ready:
            return state
        owed = put(state.owed, task, True)
        if state.owner == "polling" and task == state.task:
            return state._replace(owed=owed, woken=True)
        return state._replace(owed=owed, ready=(*state.ready, task))

    def poll_ended(self, state: Scheduler, queued: bool) -> Scheduler:
        """The poll is over; the loop goes on as long as it may."""
        ready = (*state.ready, state.task) if queued else state.ready
        owner = "looking"
        if ready:
            owner = "running" if state.polls < self.interval else "visiting"
        return state._replace(ready=ready, owner=owner, task=NOBODY, woken=False)
