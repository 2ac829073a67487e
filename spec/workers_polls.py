"""A worker polls: the next task of its own, or one injected; and what becomes of it.

      running ---take_...---> holding ---begin_poll---> polling ---end_...---> running
                                                           | woken meanwhile
                                                           v
                                                       requeueing ---requeue---> running

With `interval` and `slot_max` zero a worker takes from wherever it likes, which stands for every
value of the two. Otherwise the injection queue comes first after `interval` takes, and when nothing
of its own is left; the slot comes before the queue, `slot_max` times in a row at the most.
"""

from __future__ import annotations

from zokio.model import action, put

from .workers_state import NOBODY, SEEING, Workers, is_free
from .workers_wakes import Wakes


class Polls(Wakes):
    """What a worker does as long as it finds something of its own."""

    interval: int = 0
    slot_max: int = 0
    between = "running"

    # Where it takes the next one from.

    @action(
        writes=("at", "hand", "injected", "ticks"),
        reads=("at", "queue", "slot", "local", "ticks", "passing", "telling", "injected"),
    )
    def take_injected(self, state: Workers, worker: int) -> Workers:
        """The first of the injection queue."""
        task, *others = state.injected
        return self.holding(
            self.ticked(state._replace(injected=tuple(others)), worker), worker, task
        )

    @take_injected.guard
    def can_take_injected(self, state: Workers, worker: int) -> bool:
        if not (self.runs_on(state, worker) and state.injected):
            return False
        return self.is_turn_of_injected(state, worker) or not (
            self.has_own(state, worker) or state.local[worker]
        )

    @action(
        writes=("at", "hand", "slot", "ticks", "runs", "turn"),
        may_be_idle=True,
        reads=(
            "at",
            "queue",
            "slot",
            "local",
            "ticks",
            "turn",
            "runs",
            "passing",
            "telling",
            "injected",
        ),
    )
    def take_slot(self, state: Workers, worker: int) -> Workers:
        """The task in the own slot, if no thief was faster."""
        state = self.ticked(state, worker)
        runs = min(state.runs[worker] + 1, self.slot_max)
        task = state.slot[worker]
        state = state._replace(
            slot=put(state.slot, worker, NOBODY),
            runs=put(state.runs, worker, runs),
            turn=put(state.turn, worker, True),
        )
        return self.holding(state, worker, task)

    @take_slot.guard
    def can_take_slot(self, state: Workers, worker: int) -> bool:
        return (
            self.may_take_own(state, worker)
            and self.is_turn_of_stealable(state, worker)
            and state.slot[worker] != NOBODY
            and (not self.is_at_cap(state, worker) or not state.queue[worker])
        )

    @action(
        writes=("at", "hand", "queue", "ticks", "runs", "turn"),
        reads=(
            "at",
            "queue",
            "slot",
            "local",
            "ticks",
            "turn",
            "runs",
            "passing",
            "telling",
            "injected",
        ),
    )
    def take_own(self, state: Workers, worker: int) -> Workers:
        """The first of the own queue, if no thief was faster."""
        task, *others = state.queue[worker]
        state = self.ticked(state, worker)
        state = state._replace(
            queue=put(state.queue, worker, tuple(others)),
            runs=put(state.runs, worker, 0),
            turn=put(state.turn, worker, True),
        )
        return self.holding(state, worker, task)

    @take_own.guard
    def can_take_own(self, state: Workers, worker: int) -> bool:
        slot_is_first = self.slot_max > 0 and not self.is_at_cap(state, worker)
        return (
            self.may_take_own(state, worker)
            and self.is_turn_of_stealable(state, worker)
            and state.queue[worker] != ()
            and (not slot_is_first or state.slot[worker] == NOBODY)
        )

    @action(
        writes=("at", "hand", "local", "ticks", "turn", "telling"),
        reads=("at", "queue", "slot", "local", "ticks", "turn", "passing", "telling", "injected"),
        may_be_idle=True,
    )
    def take_local(self, state: Workers, worker: int) -> Workers:
        """The first of the tasks that are pinned to it; notify, if it leaves any other there."""
        task, *others = state.local[worker]
        state = self.ticked(state, worker)
        state = state._replace(
            local=put(state.local, worker, tuple(others)), turn=put(state.turn, worker, False)
        )
        state = self.holding(state, worker, task)
        return self.told(state, worker, SEEING) if self.has_own(state, worker) else state

    @take_local.guard
    def can_take_local(self, state: Workers, worker: int) -> bool:
        its_turn = state.turn[worker] or not self.interval or not self.has_own(state, worker)
        return self.may_take_own(state, worker) and state.local[worker] != () and its_turn

    @action(writes=("at", "owed"), reads=("at", "hand", "telling", "passing"))
    def begin_poll(self, state: Workers, worker: int) -> Workers:
        """What the task is owed is paid."""
        (task,) = state.hand[worker]
        return state._replace(
            at=put(state.at, worker, "polling"), owed=put(state.owed, task, False)
        )

    @begin_poll.guard
    def can_begin_poll(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "holding" and is_free(state, worker)

    @action(writes=("at", "hand", "wakes"), reads=("at", "hand", "passing", "telling", "owed"))
    def end_pending(self, state: Workers, worker: int) -> Workers:
        """The poll ends; woken meanwhile, by whomever, the task has to be queued again."""
        (task,) = state.hand[worker]
        state = state._replace(wakes=put(state.wakes, worker, 0))
        if state.owed[task]:
            return state._replace(at=put(state.at, worker, "requeueing"))
        return self.empty_handed(state, worker)

    @end_pending.guard
    def can_end_pending(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "polling" and is_free(state, worker)

    @action(
        writes=("at", "hand", "queue", "local", "telling"),
        reads=("at", "hand", "queue", "local", "slot"),
    )
    def requeue(self, state: Workers, worker: int) -> Workers:
        """The right end of the own queue, so that others go first; if there are any, notify.

        Any: also in the slot. The worker takes that one first, and this one would stand there.
        """
        (task,) = state.hand[worker]
        if self.home(task) != NOBODY:
            local = put(state.local, worker, (*state.local[worker], task))
            return self.empty_handed(state._replace(local=local), worker)
        alone = not (self.has_own(state, worker) or state.local[worker])
        queue = put(state.queue, worker, (*state.queue[worker], task))
        state = self.empty_handed(state._replace(queue=queue), worker)
        return state if alone else self.told(state, worker, SEEING)

    @requeue.guard
    def can_requeue(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "requeueing"

    @action(
        writes=("at", "hand", "wakes", "owed", "done"),
        reads=("at", "hand", "passing", "telling"),
    )
    def end_ready(self, state: Workers, worker: int) -> Workers:
        """The task is done; what it is owed is void."""
        (task,) = state.hand[worker]
        state = state._replace(
            owed=put(state.owed, task, False),
            done=put(state.done, task, True),
            wakes=put(state.wakes, worker, 0),
        )
        return self.empty_handed(state, worker)

    @end_ready.guard
    def can_end_ready(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "polling" and is_free(state, worker)

    # What several of these do.

    def runs_on(self, state: Workers, worker: int) -> bool:
        """It stands between two polls, and has told whom it had to tell."""
        return state.at[worker] == self.between and is_free(state, worker)

    def may_take_own(self, state: Workers, worker: int) -> bool:
        """It is not the turn of the injection queue, or there is nothing in it."""
        is_turn = self.interval > 0 and self.is_turn_of_injected(state, worker)
        return self.runs_on(state, worker) and not (is_turn and state.injected)

    def is_turn_of_injected(self, state: Workers, worker: int) -> bool:
        """Every `interval` takes; with zero, whenever it likes."""
        return not self.interval or state.ticks[worker] == self.interval - 1

    def is_turn_of_stealable(self, state: Workers, worker: int) -> bool:
        """Pinned tasks and the others take turns."""
        return not (self.interval and state.local[worker] and state.turn[worker])

    def has_own(self, state: Workers, worker: int) -> bool:
        """Whether a task stands in its queue or its slot."""
        return state.queue[worker] != () or state.slot[worker] != NOBODY

    def is_at_cap(self, state: Workers, worker: int) -> bool:
        """Whether the slot has had its turns."""
        return self.slot_max > 0 and state.runs[worker] == self.slot_max

    def ticked(self, state: Workers, worker: int) -> Workers:
        """One more take."""
        ticks = (state.ticks[worker] + 1) % self.interval if self.interval else 0
        return state._replace(ticks=put(state.ticks, worker, ticks))

    def holding(self, state: Workers, worker: int, task: int) -> Workers:
        """The task is in the worker's hand, to be polled."""
        return state._replace(
            hand=put(state.hand, worker, (task,)), at=put(state.at, worker, "holding")
        )

    def empty_handed(self, state: Workers, worker: int) -> Workers:
        """The next round."""
        return state._replace(hand=put(state.hand, worker, ()), at=put(state.at, worker, "running"))
