"""DelayQueue: values that come out when their delay is over, once, to whoever waits first.

Modelled: a clock that goes on by whole units; values that are inserted, set anew and removed at any
time, also when they have expired; the visits in which due timers fire; consumers that wait in line,
are cancelled at any time, and are told when the queue is closed and empty.

Left out: the timer queue's own steps (`timers.py`), the order of the run queue (`scheduler.py`).

Variables:
    now         the clock
    deadlines   by value: when it is due
    at          by value: pending, expired, granted (to a consumer not yet polled), given, removed
    pending     the values whose timers run, in the order in which they were set
    expired     the values whose delay is over and that were not given, in the order of that
    given       the values that were given, in order
    closed      the queue was closed
    consumers   by consumer: away, waiting, told (of a value), refused
    line        the consumers that wait, in the order in which they came
    granted     by consumer: the value it was told of
    cancelling  by consumer: its wait was cancelled
    owed        by consumer: it is owed a poll
    ended       by consumer: it has learned that nothing will come

Facts: nobody waits beside a value that has expired.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .delay_queue_steps import (
    AWAY,
    EXPIRED,
    GIVEN,
    GRANTED,
    PENDING,
    REMOVED,
    TOLD,
    WAITING,
    DelayQueueSteps,
    State,
)


class DelayQueueMachine(DelayQueueSteps):
    """See the head of this file."""

    # Safety

    @always
    def never_early(self, state: State) -> bool:
        out = (EXPIRED, GRANTED, GIVEN)
        pairs = zip(state.at, state.deadlines, strict=True)
        return all(deadline <= state.now for at, deadline in pairs if at in out)

    @always
    def a_value_is_given_once_and_not_after_it_was_removed(self, state: State) -> bool:
        given = sorted(state.given)
        return given == [value for value, at in enumerate(state.at) if at == GIVEN]

    @always
    def every_value_is_in_one_place(self, state: State) -> bool:
        gone = tuple(value for value, at in enumerate(state.at) if at == REMOVED)
        places = (*state.pending, *state.expired, *state.given, *gone)
        return sorted(places) == list(range(len(state.at)))

    @always
    def nobody_waits_beside_a_value_that_has_expired(self, state: State) -> bool:
        return not (self.free(state) and state.line)

    @always
    def what_is_granted_was_told_to_one(self, state: State) -> bool:
        told = sorted(value for value in state.granted if value is not None)
        return told == [value for value, at in enumerate(state.at) if at == GRANTED]

    @always
    def what_expired_first_is_granted_first(self, state: State) -> bool:
        """Whoever takes one next takes the first that is free, also if it was handed back."""
        free = self.free(state)
        if not free:
            return True
        asks = [each for each in range(self.consumers) if self.can_ask(state, each)]
        return all(self.ask(state, each).given == (*state.given, free[0]) for each in asks)

    @always
    def nobody_waits_for_nothing(self, state: State) -> bool:
        return not (state.closed and self.is_empty(state) and state.line)

    @always
    def the_end_is_told_when_all_is_given(self, state: State) -> bool:
        return not any(state.ended) or (state.closed and self.is_empty(state))

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        pairs = zip(state.consumers, state.owed, strict=True)
        return all(owed for at, owed in pairs if at not in (AWAY, WAITING))

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        owed = enumerate(state.owed)
        return all(is_owed or not self.can_poll_consumer(state, each) for each, is_owed in owed)

    # Progress

    def is_pending(self, state: State, value: int) -> bool:
        """Whether the value's timer runs."""
        return value < len(state.at) and state.at[value] == PENDING

    @eventually(after="is_pending", of="value")
    def every_delay_ends(self, state: State, value: int) -> bool:
        return not self.is_pending(state, value)

    def was_told(self, state: State, consumer: int) -> bool:
        """Whether the consumer has something to hear."""
        return state.consumers[consumer] not in (AWAY, WAITING)

    @eventually(after="was_told", of="consumer")
    def who_was_told_goes_on(self, state: State, consumer: int) -> bool:
        return state.consumers[consumer] == AWAY

    # Reachability

    @sometimes
    def a_value_is_handed_on_when_its_consumer_is_cancelled(self, state: State) -> bool:
        return any(state.cancelling) and TOLD in state.consumers

    @sometimes
    def values_come_in_another_order_than_they_were_inserted(self, state: State) -> bool:
        return state.given == (1, 0)

    @sometimes
    def an_expired_value_is_set_anew(self, state: State) -> bool:
        return state.now > 0 and PENDING in state.at and state.given == (1,)

    @sometimes
    def a_consumer_learns_of_the_end(self, state: State) -> bool:
        return any(state.ended) and len(state.given) > 0

    # Canaries

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not any(state.owed)

    @always(canary="never_early")
    def nothing_comes_before_the_last_unit(self, state: State) -> bool:
        return not state.given or state.now == self.horizon

    @always(canary="a_value_is_given_once_and_not_after_it_was_removed")
    def what_was_not_removed_is_given(self, state: State) -> bool:
        return all(at in (GIVEN, REMOVED) for at in state.at)

    @always(canary="every_value_is_in_one_place")
    def every_value_is_pending_or_given(self, state: State) -> bool:
        return sorted((*state.pending, *state.given)) == list(range(len(state.at)))

    @always(canary="nobody_waits_beside_a_value_that_has_expired")
    def nobody_waits_beside_a_value(self, state: State) -> bool:
        return not (state.pending and state.line)

    @always(canary="what_is_granted_was_told_to_one")
    def nothing_is_granted(self, state: State) -> bool:
        return GRANTED not in state.at

    @always(canary="what_expired_first_is_granted_first")
    def what_was_set_first_expires_first(self, state: State) -> bool:
        return list(state.expired) == sorted(state.expired)

    @always(canary="nobody_waits_for_nothing")
    def nobody_waits_when_it_is_closed(self, state: State) -> bool:
        return not (state.closed and state.line)

    @always(canary="the_end_is_told_when_all_is_given")
    def the_end_is_never_told(self, state: State) -> bool:
        return not any(state.ended)

    @always(canary="who_was_told_is_owed_a_poll")
    def who_was_told_has_gone_on(self, state: State) -> bool:
        return all(at in (AWAY, WAITING) for at in state.consumers)

    @eventually(after="is_pending", of="value", canary="every_delay_ends")
    def every_value_is_given(self, state: State, value: int) -> bool:
        return value in state.given

    def waits(self, state: State, consumer: int) -> bool:
        """Whether it waits, for values that may never come."""
        return state.consumers[consumer] == WAITING

    @eventually(after="waits", of="consumer", canary="who_was_told_goes_on")
    def every_wait_ends(self, state: State, consumer: int) -> bool:
        return state.consumers[consumer] == AWAY


CONFIGURATIONS = (
    DelayQueueMachine(values=2, consumers=1, horizon=1),
    DelayQueueMachine(values=2, consumers=2, horizon=1),
)
