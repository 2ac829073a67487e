"""Broadcast: every value goes to every receiver, and a lag is reported as exactly what it is.

Modelled: tasks that receive, each by its receiver, started, woken for no reason and cancelled at
any time; values that are sent; receivers that take what is there without waiting; the closing of
the sender and of each receiver. Two tasks may receive by one receiver. The run queue is one for
all, so that the order of wakes is modelled too.

Left out: receivers that come later or are cloned; several senders, of which only the last one that
is closed matters; ends that are collected, which is a close. The values are numbered.

Variables:
    users      the tasks; see `channel_users.py`
    sent       how many values were sent
    kept       how many of the newest are kept
    next       by receiver: the number of the value that it will receive next
    waiting    who waits for a value, and was told nothing, in order
    sender     the sender is open
    receivers  by receiver: whether it is open
    got        by receiver: what it was given, in order: a value, or -n for a lag of n values

Facts: who waits has received everything; who was told something is owed a poll.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .broadcast_steps import LAGGED, BroadcastSteps, State
from .channel_users import CLOSED, DONE, GRANTED, NOTHING, WAITING


class BroadcastMachine(BroadcastSteps):
    """See the head of this file."""

    # Safety

    @always
    def every_value_is_received_in_order_or_reported_as_missed(self, state: State) -> bool:
        """What a receiver was given, read in order, accounts for every number below its next."""
        return all(
            self.accounted(given) == next for given, next in zip(state.got, state.next, strict=True)
        )

    def accounted(self, given: tuple[int, ...]) -> int:
        """The number after what was given; -1 if a value is not the next one."""
        number = 0
        for each in given:
            if each >= 0 and each != number:
                return -1
            number = number + 1 if each >= 0 else number - each
        return number

    @always
    def a_lag_is_what_was_overwritten(self, state: State) -> bool:
        """Who has received less than was sent has missed what is not kept, and no more."""
        return all(
            self.missed(state, receiver) == max(state.sent - self.capacity - next, 0)
            for receiver, next in enumerate(state.next)
            if state.receivers[receiver]
        )

    @always
    def the_capacity_is_kept(self, state: State) -> bool:
        return state.kept <= self.capacity

    @always
    def nobody_waits_beside_a_value(self, state: State) -> bool:
        return all(state.next[self.receiver_of(user)] == state.sent for user in state.waiting)

    @always
    def the_end_comes_after_the_last_value(self, state: State) -> bool:
        return all(
            not state.sender and state.next[self.receiver_of(user)] == state.sent
            for user, told in enumerate(state.users.told)
            if told == CLOSED and state.receivers[self.receiver_of(user)]
        )

    @always
    def a_close_lets_nobody_wait(self, state: State) -> bool:
        return all(
            state.sender and state.receivers[self.receiver_of(user)] for user in state.waiting
        )

    @always
    def nothing_is_kept_for_nobody(self, state: State) -> bool:
        return any(state.receivers) or state.kept == 0

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        told = [user for user, what in enumerate(state.users.told) if what != NOTHING]
        return set(told) <= set(state.users.queue)

    # Progress

    def waits_beside_a_value(self, state: State, user: int) -> bool:
        """Whether one waits although there is a value for its receiver."""
        news = state.next[self.receiver_of(user)] != state.sent
        return news and state.users.at[user] == WAITING

    @eventually(after="waits_beside_a_value", of="user")
    def what_was_sent_is_received(self, state: State, user: int) -> bool:
        return not self.waits_beside_a_value(state, user)

    def was_told(self, state: State, user: int) -> bool:
        """Whether one who waits was told something."""
        return state.users.told[user] != NOTHING

    @eventually(after="was_told", of="user")
    def who_was_told_goes_on(self, state: State, user: int) -> bool:
        return state.users.told[user] == NOTHING

    # Reachability

    @sometimes
    def a_task_lags(self, state: State) -> bool:
        return LAGGED in state.users.at

    @sometimes
    def one_lags_and_another_has_everything(self, state: State) -> bool:
        return (0, 1) in state.got and any(given[:1] == (-1,) for given in state.got)

    @sometimes
    def the_last_value_is_received_after_the_close(self, state: State) -> bool:
        return not state.sender and GRANTED in state.users.told

    @sometimes
    def a_value_is_received_after_a_lag(self, state: State) -> bool:
        return any(given[:2] == (-1, 1) for given in state.got)

    # Canaries

    @always(canary="every_value_is_received_in_order_or_reported_as_missed")
    def every_value_is_received_in_order(self, state: State) -> bool:
        return all(given == tuple(range(len(given))) for given in state.got)

    @always(canary="a_lag_is_what_was_overwritten")
    def nobody_lags(self, state: State) -> bool:
        return all(self.missed(state, receiver) == 0 for receiver in range(self.receivers))

    @always(canary="the_capacity_is_kept")
    def everything_is_kept(self, state: State) -> bool:
        return state.kept == state.sent

    @always(canary="nobody_waits_beside_a_value")
    def nobody_waits(self, state: State) -> bool:
        return not state.waiting

    @always(canary="the_end_comes_after_the_last_value")
    def the_end_is_never_told(self, state: State) -> bool:
        return CLOSED not in state.users.told

    @always(canary="a_close_lets_nobody_wait")
    def a_close_lets_nobody_wait_for_the_others(self, state: State) -> bool:
        return all(state.receivers) or not state.waiting

    @always(canary="nothing_is_kept_for_nobody")
    def nothing_is_kept_for_those_who_have_it(self, state: State) -> bool:
        return state.kept == 0 or any(next != state.sent for next in state.next)

    @always(canary="who_was_told_is_owed_a_poll")
    def who_waits_is_owed_a_poll(self, state: State) -> bool:
        waiting = [user for user, at in enumerate(state.users.at) if at == WAITING]
        return set(waiting) <= set(state.users.queue)

    @eventually(after="waits_beside_a_value", of="user", canary="what_was_sent_is_received")
    def whoever_waits_for_it_receives_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE

    @eventually(after="was_told", of="user", canary="who_was_told_goes_on")
    def who_was_told_has_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE


CONFIGURATIONS = (BroadcastMachine(tasks=2, receivers=2, capacity=1, sends=2, takes=1),)
