"""Virtual time on several workers: it goes on only while everybody sleeps beside empty queues.

Whoever waits in the simulated reactor lets the time pass, or says that the program is stuck. It
decides so by three looks at what others may change in between. If one of them shows that somebody
is at work it leaves the reactor and sleeps elsewhere, unless all seem to be at rest again by then:
who came meanwhile has found the reactor taken.

Modelled: workers that poll, steal, pin a task to another one, cause an event, announce their sleep,
look once more, and sleep, one of them in the reactor. A worker that comes out of the reactor counts
as asleep until it gets up, and so does one that is told of a pinned task: what they have to do
stands in their queues by then.

Left out: other threads, whom the reactor counts; who is picked to search (`workers`), which takes a
sleeper out of their number at once.

Variables:
    at        by worker: where it is
    ready     by worker: tasks in its queue, which others may steal
    pinned    by worker: tasks that are only for it
    told      by worker: a token lies on its parker
    event     the reactor has something to report
    risen     somebody has got up since the worker in the reactor began to look
    left      things that may still happen
    jumped    the time went on
    too_early it did so while somebody was awake, or there was something to do
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, put, sometimes

AWAKE, ANNOUNCED, LOOKED, PARKED = "awake", "announced", "looked", "parked"
ASKS, SEARCHES, DECIDES, RETURNS = "asks", "searches", "decides", "returns"
IN_REACTOR = (ASKS, SEARCHES, DECIDES)


class State(NamedTuple):
    """The variables; see the head of this file."""

    at: tuple[str, ...]
    ready: tuple[int, ...]
    pinned: tuple[int, ...]
    told: tuple[bool, ...]
    event: bool
    risen: bool
    left: int
    jumped: bool
    too_early: bool


EVERYTHING = State._fields


class VirtualTime(Machine[State]):
    """See the head of this file."""

    workers: int = 2
    happenings: int = 2

    once_more = LOOKED
    """Where it goes on who finds that somebody is at work."""

    def initial(self) -> Iterable[State]:
        nothing = (0,) * self.workers
        yield State(
            at=(AWAKE,) * self.workers,
            ready=nothing,
            pinned=nothing,
            told=(False,) * self.workers,
            event=False,
            risen=False,
            left=self.happenings,
            jumped=False,
            too_early=False,
        )

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"worker": range(self.workers), "other": range(self.workers)}

    # Whoever is awake

    @action(writes=("event", "left"), fair=False)
    def cause_event(self, state: State, worker: int) -> State:
        """A task writes to a stream in memory, say; the bell rings."""
        return state._replace(event=True, left=state.left - 1)

    @cause_event.guard
    def can_cause_event(self, state: State, worker: int) -> bool:
        return state.at[worker] == AWAKE and state.left > 0 and not state.event

    @action(writes=("pinned", "told", "left"), fair=False)
    def pin(self, state: State, worker: int, other: int) -> State:
        """A task wakes one that is pinned to another worker, and then that worker."""
        return state._replace(
            pinned=put(state.pinned, other, state.pinned[other] + 1),
            told=put(state.told, other, True),
            left=state.left - 1,
        )

    @pin.guard
    def can_pin(self, state: State, worker: int, other: int) -> bool:
        return state.at[worker] == AWAKE and state.left > 0 and worker != other

    @action(writes=("ready", "pinned"))
    def take(self, state: State, worker: int) -> State:
        """It polls a task of its own, which ends."""
        if state.pinned[worker]:
            return state._replace(pinned=put(state.pinned, worker, state.pinned[worker] - 1))
        return state._replace(ready=put(state.ready, worker, state.ready[worker] - 1))

    @take.guard
    def can_take(self, state: State, worker: int) -> bool:
        return state.at[worker] == AWAKE and bool(state.pinned[worker] + state.ready[worker])

    @action(writes=("ready",), fair=False)
    def steal(self, state: State, worker: int, other: int) -> State:
        """It polls a task of somebody else's."""
        return state._replace(ready=put(state.ready, other, state.ready[other] - 1))

    @steal.guard
    def can_steal(self, state: State, worker: int, other: int) -> bool:
        return state.at[worker] == AWAKE and worker != other and state.ready[other] > 0

    # Whoever goes to sleep

    @action(writes=("at",))
    def announce(self, state: State, worker: int) -> State:
        """It has found nothing in its queue."""
        return state._replace(at=put(state.at, worker, ANNOUNCED))

    @announce.guard
    def can_announce(self, state: State, worker: int) -> bool:
        return state.at[worker] == AWAKE and not state.pinned[worker] + state.ready[worker]

    @action(writes=("at", "risen"))
    def look(self, state: State, worker: int) -> State:
        """It looks once more."""
        if state.pinned[worker] or any(state.ready):
            return self.rise(state, worker)
        return state._replace(at=put(state.at, worker, LOOKED))

    @look.guard
    def can_look(self, state: State, worker: int) -> bool:
        return state.at[worker] == ANNOUNCED

    @action(writes=("at", "told"))
    def enter(self, state: State, worker: int) -> State:
        """It enters the reactor if all seem to be at rest and nobody is there, or sleeps."""
        is_free = not any(at in IN_REACTOR for at in state.at)
        if not is_free or not self.everybody_sleeps(state) or self.finds_work(state):
            return state._replace(at=put(state.at, worker, PARKED))
        if state.told[worker]:
            told = put(state.told, worker, False)
            return state._replace(at=put(state.at, worker, RETURNS), told=told)
        return state._replace(at=put(state.at, worker, ASKS))

    @enter.guard
    def can_enter(self, state: State, worker: int) -> bool:
        return state.at[worker] == LOOKED

    @action(writes=("at", "told", "risen"))
    def get_up(self, state: State, worker: int) -> State:
        """It was told to, or comes out of the reactor."""
        return self.rise(state._replace(told=put(state.told, worker, False)), worker)

    @get_up.guard
    def can_get_up(self, state: State, worker: int) -> bool:
        return state.at[worker] == RETURNS or (state.at[worker] == PARKED and state.told[worker])

    def rise(self, state: State, worker: int) -> State:
        """From now on it counts as awake."""
        return state._replace(at=put(state.at, worker, AWAKE), risen=True)

    # Whoever is in the reactor

    @action(writes=("at", "risen"))
    def ask(self, state: State, worker: int) -> State:
        """The first look: does everybody sleep?"""
        goes_on = SEARCHES if self.everybody_sleeps(state) else self.once_more
        return state._replace(at=put(state.at, worker, goes_on), risen=False)

    @ask.guard
    def can_ask(self, state: State, worker: int) -> bool:
        return state.at[worker] == ASKS

    @action(writes=("at",))
    def search(self, state: State, worker: int) -> State:
        """The second look: does a task stand in any queue?"""
        goes_on = self.once_more if self.finds_work(state) else DECIDES
        return state._replace(at=put(state.at, worker, goes_on))

    @search.guard
    def can_search(self, state: State, worker: int) -> bool:
        return state.at[worker] == SEARCHES

    @action(writes=EVERYTHING)
    def decide(self, state: State, worker: int) -> State:
        """The third look: has somebody got up since the first? Else the time goes on, or an event
        is reported, which gives this worker something to do."""
        if self.has_changed(state):
            return state._replace(at=put(state.at, worker, self.once_more))
        state = state._replace(at=put(state.at, worker, RETURNS))
        if state.event:
            ready = put(state.ready, worker, state.ready[worker] + 1)
            return state._replace(event=False, ready=ready)
        return state._replace(jumped=True, too_early=not self.is_at_rest(state))

    @decide.guard
    def can_decide(self, state: State, worker: int) -> bool:
        return state.at[worker] == DECIDES

    def has_changed(self, state: State) -> bool:
        """Whether what the first two looks have seen may be over."""
        return state.risen or not self.everybody_sleeps(state)

    def everybody_sleeps(self, state: State) -> bool:
        """Whether every worker counts as asleep."""
        return AWAKE not in state.at

    def finds_work(self, state: State) -> bool:
        """Whether a task stands in any queue."""
        return any(state.ready) or any(state.pinned)

    def is_at_rest(self, state: State) -> bool:
        """Whether there is nothing to do, and nobody does anything."""
        return self.everybody_sleeps(state) and not any(state.ready) and not any(state.pinned)

    # What has to hold

    @always
    def time_goes_on_only_at_rest(self, state: State) -> bool:
        return not state.too_early

    @always(canary="time_goes_on_only_at_rest")
    def time_stands_still(self, state: State) -> bool:
        return not state.jumped

    @always
    def one_is_in_the_reactor(self, state: State) -> bool:
        return sum(at in IN_REACTOR for at in state.at) <= 1

    @always(canary="one_is_in_the_reactor")
    def nobody_is_in_the_reactor(self, state: State) -> bool:
        return not any(at in IN_REACTOR for at in state.at)

    def has_work(self, state: State) -> bool:
        """Whether something is to be done."""
        return any(state.ready) or any(state.pinned) or state.event

    @eventually(after="has_work")
    def what_is_to_be_done_is_done(self, state: State) -> bool:
        return not self.has_work(state)

    @eventually(after="has_work", canary="what_is_to_be_done_is_done")
    def everything_happens(self, state: State) -> bool:
        return not state.left

    def is_awake(self, state: State) -> bool:
        """Whether somebody is awake."""
        return AWAKE in state.at

    @eventually(after="is_awake")
    def the_time_goes_on_when_all_is_done(self, state: State) -> bool:
        return state.jumped

    @eventually(after="is_awake", canary="the_time_goes_on_when_all_is_done")
    def something_happens(self, state: State) -> bool:
        return state.left < self.happenings

    @sometimes
    def one_comes_out_of_the_reactor_while_another_is_about_to_enter(self, state: State) -> bool:
        return any(
            state.at[mine] == RETURNS and state.ready[mine] and state.at[other] == LOOKED
            for mine in range(self.workers)
            for other in range(self.workers)
        )

    @sometimes
    def one_rises_under_the_looks_of_another(self, state: State) -> bool:
        return DECIDES in state.at and AWAKE in state.at


CONFIGURATIONS = (VirtualTime(), VirtualTime(workers=3, happenings=2))
