"""The rate limiter: a debt that time pays off, a turn, and a line of those who wait for it.

Modelled: a clock of whole units, each of which pays for one permit; callers that want one permit or
more, wait in line, get the turn, sleep until their permits are there and take them; cancellation at
each of these places; `try_acquire` by others at any time.

Left out: fractions of a unit, and the timers' own steps (`timers.py`).

Variables:
    debt        units until everything that was taken is paid off
    elapsed     how many units have passed
    taken       how many permits were taken so far
    callers     by caller: away, in line, turn (it was told and not yet polled), asleep, awake (its
                time has come and it was not yet polled)
    wants       by caller: how many permits
    line        the callers in line, in the order in which they came
    cancelling  by caller: its call was cancelled
    owed        by caller: it is owed a poll
    served      by caller: how often it has got its permits (counted up to 2)

Facts: one at the most has the turn, and somebody has it when others are in line.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, drop, eventually, put, sometimes

AWAY, LINE, TURN, ASLEEP, AWAKE = "away", "line", "turn", "asleep", "awake"


class State(NamedTuple):
    """The variables; see the head of this file."""

    debt: int
    elapsed: int
    taken: int
    callers: tuple[str, ...]
    wants: tuple[int, ...]
    line: tuple[int, ...]
    cancelling: tuple[bool, ...]
    owed: tuple[bool, ...]
    served: tuple[int, ...]


class RateLimiterMachine(Machine[State]):
    """See the head of this file."""

    callers: int = 2
    burst: int = 2
    horizon: int = 2

    def initial(self) -> Iterable[State]:
        nobody, none = (False,) * self.callers, (0,) * self.callers
        return [State(0, 0, 0, (AWAY,) * self.callers, none, (), nobody, nobody, none)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"caller": range(self.callers), "n": range(1, self.burst + 1)}

    # What the steps are made of

    def is_there(self, state: State, n: int) -> bool:
        """Whether so many permits may be taken now."""
        return state.debt + n <= self.burst

    def has_turn(self, state: State) -> bool:
        """Whether somebody has the turn."""
        return any(at in (TURN, ASLEEP, AWAKE) for at in state.callers)

    def serve(self, state: State, caller: int, n: int) -> State:
        """The caller has its permits."""
        served = min(2, state.served[caller] + 1)
        state = self.take(state, n)._replace(served=put(state.served, caller, served))
        return self.end_call(state, caller)

    def take(self, state: State, n: int) -> State:
        """The debt grows."""
        return state._replace(debt=state.debt + n, taken=state.taken + n)

    def end_call(self, state: State, caller: int) -> State:
        """The caller is away; if it had the turn, the next in line has it."""
        if caller in state.line:
            state = state._replace(line=drop(state.line, caller))
        state = state._replace(
            callers=put(state.callers, caller, AWAY), wants=put(state.wants, caller, 0)
        )
        return self.give_turn(state)

    def give_turn(self, state: State) -> State:
        """The first in line has the turn, unless somebody has it."""
        if self.has_turn(state) or not state.line:
            return state
        first, *rest = state.line
        return state._replace(
            line=tuple(rest),
            callers=put(state.callers, first, TURN),
            owed=put(state.owed, first, True),
        )

    def go_on(self, state: State, caller: int) -> State:
        """Whoever has the turn takes its permits, or sleeps until they are there."""
        n = state.wants[caller]
        if self.is_there(state, n):
            return self.serve(state, caller, n)
        return state._replace(callers=put(state.callers, caller, ASLEEP))

    # Callers

    @action(writes=("debt", "taken", "callers", "wants", "line", "owed", "served"), fair=False)
    def acquire(self, state: State, caller: int, n: int) -> State:
        """The caller is polled, and calls `acquire`."""
        state = state._replace(
            owed=put(state.owed, caller, False), wants=put(state.wants, caller, n)
        )
        if not self.has_turn(state):
            return self.go_on(state, caller)
        return state._replace(callers=put(state.callers, caller, LINE), line=(*state.line, caller))

    @acquire.guard
    def can_acquire(self, state: State, caller: int, n: int) -> bool:
        return state.callers[caller] == AWAY and state.served[caller] < 2

    @action(writes=("debt", "taken", "callers", "wants", "line", "cancelling", "owed", "served"))
    def poll_caller(self, state: State, caller: int) -> State:
        """It hears of its cancellation and takes nothing, goes on, or was woken for no reason."""
        if state.cancelling[caller]:
            state = state._replace(cancelling=put(state.cancelling, caller, False))
            return self.end_call(state, caller)  # it stays owed: a level
        state = state._replace(owed=put(state.owed, caller, False))
        return self.go_on(state, caller) if state.callers[caller] in (TURN, AWAKE) else state

    @poll_caller.guard
    def can_poll_caller(self, state: State, caller: int) -> bool:
        return state.owed[caller]

    @action(writes=("cancelling", "owed"), fair=False)
    def cancel(self, state: State, caller: int) -> State:
        return state._replace(
            cancelling=put(state.cancelling, caller, True), owed=put(state.owed, caller, True)
        )

    @cancel.guard
    def can_cancel(self, state: State, caller: int) -> bool:
        return state.callers[caller] != AWAY and not state.cancelling[caller]

    @action(writes=("debt", "taken"), fair=False)
    def try_acquire(self, state: State, n: int) -> State:
        """Somebody else takes what is there, if nobody waits; otherwise nothing changes."""
        if self.has_turn(state) or not self.is_there(state, n):
            return state
        return self.take(state, n)

    @try_acquire.guard
    def can_try_acquire(self, state: State, n: int) -> bool:
        return state.taken < self.burst  # enough to meet every debt

    # Time

    @action(writes=("debt", "elapsed"))
    def advance(self, state: State) -> State:
        return state._replace(debt=max(0, state.debt - 1), elapsed=state.elapsed + 1)

    @advance.guard
    def can_advance(self, state: State) -> bool:
        return state.elapsed < self.horizon

    @action(writes=("callers", "owed"))
    def expire(self, state: State) -> State:
        """The timer of whoever sleeps fires."""
        sleeper = state.callers.index(ASLEEP)
        return state._replace(
            callers=put(state.callers, sleeper, AWAKE), owed=put(state.owed, sleeper, True)
        )

    @expire.guard
    def can_expire(self, state: State) -> bool:
        if ASLEEP not in state.callers:
            return False
        return self.is_there(state, state.wants[state.callers.index(ASLEEP)])

    # Safety

    @always
    def the_rate_is_kept(self, state: State) -> bool:
        """From the beginning on, and by the debt in every stretch of time."""
        return state.taken <= self.burst + state.elapsed and state.debt <= self.burst

    @always
    def nothing_is_paid_for_that_was_not_taken(self, state: State) -> bool:
        """A caller who is cancelled leaves no debt."""
        return max(0, state.taken - state.elapsed) <= state.debt <= state.taken

    @always
    def one_at_the_most_has_the_turn(self, state: State) -> bool:
        return sum(at in (TURN, ASLEEP, AWAKE) for at in state.callers) <= 1

    @always
    def who_is_in_line_waits_for_one_who_has_the_turn(self, state: State) -> bool:
        standing = [caller for caller, at in enumerate(state.callers) if at == LINE]
        return sorted(state.line) == standing and (not standing or self.has_turn(state))

    @always
    def who_can_go_on_is_owed_a_poll(self, state: State) -> bool:
        pairs = zip(state.callers, state.owed, strict=True)
        return all(owed for at, owed in pairs if at in (TURN, AWAKE))

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        owed = enumerate(state.owed)
        return all(is_owed or not self.can_poll_caller(state, each) for each, is_owed in owed)

    # Progress

    def could_take(self, state: State, caller: int) -> bool:
        """Whether the caller sleeps although its permits are there."""
        sleeps = state.callers[caller] == ASLEEP
        return sleeps and self.is_there(state, state.wants[caller])

    @eventually(after="could_take", of="caller")
    def who_has_slept_takes(self, state: State, caller: int) -> bool:
        return state.callers[caller] == AWAY

    # Reachability

    @sometimes
    def one_who_wants_less_waits_behind_one_who_wants_more(self, state: State) -> bool:
        sleeps = ASLEEP in state.callers
        return sleeps and any(self.is_there(state, state.wants[each]) for each in state.line)

    @sometimes
    def the_turn_is_handed_on_by_one_who_is_cancelled(self, state: State) -> bool:
        return any(
            at == ASLEEP and cancelling
            for at, cancelling in zip(state.callers, state.cancelling, strict=True)
        ) and bool(state.line)

    @sometimes
    def all_are_served(self, state: State) -> bool:
        return all(state.served) and state.elapsed > 0

    # Canaries

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not any(state.owed)

    @always(canary="the_rate_is_kept")
    def a_burst_is_all_there_is(self, state: State) -> bool:
        return state.taken <= self.burst

    @always(canary="nothing_is_paid_for_that_was_not_taken")
    def everything_that_was_taken_is_owed(self, state: State) -> bool:
        return state.debt == state.taken

    @always(canary="one_at_the_most_has_the_turn")
    def nobody_has_the_turn(self, state: State) -> bool:
        return not self.has_turn(state)

    @always(canary="who_is_in_line_waits_for_one_who_has_the_turn")
    def nobody_is_in_line(self, state: State) -> bool:
        return not state.line

    @always(canary="who_can_go_on_is_owed_a_poll")
    def nobody_can_go_on(self, state: State) -> bool:
        return all(at not in (TURN, AWAKE) for at in state.callers)

    def waits(self, state: State, caller: int) -> bool:
        """Whether it waits; the clock of the model comes to an end."""
        return state.callers[caller] != AWAY

    @eventually(after="waits", of="caller", canary="who_has_slept_takes")
    def every_caller_is_served_before_the_clock_stops(self, state: State, caller: int) -> bool:
        return state.callers[caller] == AWAY


CONFIGURATIONS = (
    RateLimiterMachine(callers=2, burst=2, horizon=2),
    RateLimiterMachine(callers=2, burst=1, horizon=2),
)
