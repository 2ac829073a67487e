"""Three workers: the same machine in larger steps, so that all of its states can be seen.

What a worker does by itself right after a step is taken together with it: the look of a wake for
the slot, the requeue after a poll, the beginning of a poll, the way from the reactor's report to
its release, the lock of the reactor and that of the parker, an unpark and the bell; and all places
of a look are seen at a glance.

What it adds: two thieves and two who search at once, a searcher who is not the last one, a sleeper
whom nobody takes out. What it leaves out: all that can come between the steps which it joins, which
two workers show in full (`workers.py`).
"""

from __future__ import annotations

from zokio.model import action

from .workers import WorkersMachine
from .workers_state import Workers

EVERYTHING = Workers._fields


class CoarseWorkers(WorkersMachine):
    """See the head of the file. An action that is part of another one does not happen alone."""

    workers: int = 3
    at_a_glance: bool = True

    @action(writes=EVERYTHING)
    def take_injected(self, state: Workers, worker: int) -> Workers:
        """And begin to poll it."""
        return self.begun(super().take_injected(state, worker), worker)

    @action(writes=EVERYTHING)
    def take_slot(self, state: Workers, worker: int) -> Workers:
        """And begin to poll it."""
        return self.begun(super().take_slot(state, worker), worker)

    @action(writes=EVERYTHING)
    def take_own(self, state: Workers, worker: int) -> Workers:
        """And begin to poll it."""
        return self.begun(super().take_own(state, worker), worker)

    @action(writes=EVERYTHING)
    def end_search(self, state: Workers, worker: int) -> Workers:
        """And begin to poll what was found; whom to tell is seen meanwhile."""
        return self.begun(super().end_search(state, worker), worker)

    @action(writes=EVERYTHING, fair=False)
    def wake_inside(self, state: Workers, worker: int, task: int) -> Workers:
        """And push, if there is room in the slot."""
        state = super().wake_inside(state, worker, task)
        return self.place(state, worker) if self.can_place(state, worker) else state

    @action(writes=EVERYTHING)
    def end_pending(self, state: Workers, worker: int) -> Workers:
        """And requeue."""
        state = super().end_pending(state, worker)
        return self.requeue(state, worker) if self.can_requeue(state, worker) else state

    @action(writes=EVERYTHING)
    def settle(self, state: Workers, worker: int) -> Workers:
        """And wait."""
        return self.wait(super().settle(state, worker), worker)

    @action(writes=EVERYTHING)
    def unpark(self, state: Workers, actor: int) -> Workers:
        """And ring."""
        state = super().unpark(state, actor)
        return self.ring(state, actor) if self.can_ring(state, actor) else state

    @action(writes=EVERYTHING)
    def rise(self, state: Workers, worker: int) -> Workers:
        """And leave."""
        return self.left_reactor(super().rise(state, worker), worker)

    @action(writes=EVERYTHING, fair=False)
    def event(self, state: Workers, worker: int, task: int) -> Workers:
        """One task is all that is reported; and leave."""
        return self.left_reactor(super().event(state, worker, task), worker)

    # Part of another one here.

    @action(writes=EVERYTHING, may_be_idle=True)
    def begin_poll(self, state: Workers, worker: int) -> Workers:
        return super().begin_poll(state, worker)

    @action(writes=EVERYTHING, may_be_idle=True)
    def requeue(self, state: Workers, worker: int) -> Workers:
        return super().requeue(state, worker)

    @action(writes=EVERYTHING, may_be_idle=True)
    def wait(self, state: Workers, worker: int) -> Workers:
        return super().wait(state, worker)

    @action(writes=EVERYTHING, may_be_idle=True)
    def ring(self, state: Workers, actor: int) -> Workers:
        return super().ring(state, actor)

    @action(writes=EVERYTHING, may_be_idle=True)
    def deliver(self, state: Workers, worker: int) -> Workers:
        return super().deliver(state, worker)

    @action(writes=EVERYTHING, may_be_idle=True)
    def clear(self, state: Workers, worker: int) -> Workers:
        return super().clear(state, worker)

    # What several of these do.

    def begun(self, state: Workers, worker: int) -> Workers:
        """If a task is in hand, its poll has begun."""
        return state if state.at[worker] != "holding" else self.begin_poll(state, worker)

    def left_reactor(self, state: Workers, worker: int) -> Workers:
        """What was reported is on the queue, and the reactor is free."""
        if self.can_deliver(state, worker):
            state = self.deliver(state, worker)
        return self.release(self.clear(state, worker), worker)
