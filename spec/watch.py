"""Watch: the newest value, and receivers that wait for one they have not seen.

Modelled: tasks that wait for a change, each by its receiver, or for all receivers to be closed,
started, woken for no reason and cancelled at any time; values that are sent; receivers that look
without waiting; the closing of the sender and of each receiver. Two tasks may wait by one receiver.
The run queue is one for all, so that the order of wakes is modelled too.

Left out: what the values are (they are numbered); several senders, of which only the last one that
is closed matters; ends that are collected, which is a close.

Variables:
    users      the tasks; see `channel_users.py`
    version    how many values were sent
    seen       by receiver: how many had been sent when it looked last
    changing   who waits for a change, and was told nothing, in order
    leaving    who waits for the receivers to go, and was told nothing, in order
    sender     the sender is open
    receivers  by receiver: whether it is open
    got        the looks: by which receiver, and what it saw, in order

Facts: who waits for a change has seen the newest value; who was told something is owed a poll.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .channel_users import CLOSED, DONE, GRANTED, NOTHING, WAITING
from .watch_steps import CHANGE, LEAVE, State, WatchSteps


class WatchMachine(WatchSteps):
    """See the head of this file."""

    # Safety

    @always
    def nobody_waits_beside_a_change(self, state: State) -> bool:
        return all(state.seen[self.receiver_of(user)] == state.version for user in state.changing)

    @always
    def only_who_looked_has_seen(self, state: State) -> bool:
        return all(
            seen == max([version for by, version in state.got if by == receiver], default=0)
            for receiver, seen in enumerate(state.seen)
        )

    @always
    def every_look_is_newer_than_the_one_before(self, state: State) -> bool:
        looks = [
            [version for by, version in state.got if by == receiver]
            for receiver in range(self.receivers)
        ]
        return all(look == sorted(set(look)) for look in looks)

    @always
    def the_end_comes_after_the_last_value(self, state: State) -> bool:
        """Who is told the end, while its receiver is open, has seen everything."""
        return all(
            not state.sender and state.seen[self.receiver_of(user)] == state.version
            for user, told in enumerate(state.users.told)
            if told == CLOSED and state.receivers[self.receiver_of(user)]
        )

    @always
    def a_close_lets_nobody_wait(self, state: State) -> bool:
        return all(
            state.sender and state.receivers[self.receiver_of(user)] for user in state.changing
        )

    @always
    def nobody_waits_for_receivers_that_are_gone(self, state: State) -> bool:
        return any(state.receivers) or not state.leaving

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        told = [user for user, what in enumerate(state.users.told) if what != NOTHING]
        return set(told) <= set(state.users.queue)

    # Progress

    def waits_and_has_not_seen_it(self, state: State, user: int) -> bool:
        """Whether one waits although there is a value its receiver has not seen."""
        if self.does[user] != CHANGE or state.users.at[user] != WAITING:
            return False
        return state.seen[self.receiver_of(user)] != state.version

    @eventually(after="waits_and_has_not_seen_it", of="user")
    def the_newest_value_is_seen(self, state: State, user: int) -> bool:
        return not self.waits_and_has_not_seen_it(state, user)

    def was_told(self, state: State, user: int) -> bool:
        """Whether one who waits was told something."""
        return state.users.told[user] != NOTHING

    @eventually(after="was_told", of="user")
    def who_was_told_goes_on(self, state: State, user: int) -> bool:
        return state.users.told[user] == NOTHING

    # Reachability

    @sometimes
    def the_last_value_is_seen_after_the_close(self, state: State) -> bool:
        return not state.sender and GRANTED in state.users.told[: self.does.count(CHANGE)]

    @sometimes
    def a_value_is_left_out(self, state: State) -> bool:
        return (0, 2) in state.got and (0, 1) not in state.got

    @sometimes
    def one_waits_again_since_another_has_looked(self, state: State) -> bool:
        """It was told of a change that its receiver has seen since, by a look."""
        return any(
            told == GRANTED and state.seen[self.receiver_of(user)] == state.version
            for user, told in enumerate(state.users.told[: self.does.count(CHANGE)])
        )

    @sometimes
    def the_sender_learns_that_all_have_left(self, state: State) -> bool:
        return state.users.at[-1] == DONE and not any(state.receivers)

    # Canaries

    @always(canary="nobody_waits_beside_a_change")
    def nobody_waits_for_a_change(self, state: State) -> bool:
        return not state.changing

    @always(canary="only_who_looked_has_seen")
    def everybody_has_seen_everything(self, state: State) -> bool:
        return all(seen == state.version for seen in state.seen)

    @always(canary="every_look_is_newer_than_the_one_before")
    def a_receiver_looks_once(self, state: State) -> bool:
        looked = [receiver for receiver, _ in state.got]
        return len(looked) == len(set(looked))

    @always(canary="the_end_comes_after_the_last_value")
    def the_end_is_never_told(self, state: State) -> bool:
        return CLOSED not in state.users.told

    @always(canary="a_close_lets_nobody_wait")
    def a_close_lets_nobody_wait_for_the_others(self, state: State) -> bool:
        return all(state.receivers) or not state.changing

    @always(canary="nobody_waits_for_receivers_that_are_gone")
    def nobody_waits_for_receivers_to_go(self, state: State) -> bool:
        return not state.leaving

    @always(canary="who_was_told_is_owed_a_poll")
    def who_waits_is_owed_a_poll(self, state: State) -> bool:
        waiting = [user for user, at in enumerate(state.users.at) if at == WAITING]
        return set(waiting) <= set(state.users.queue)

    @eventually(after="waits_and_has_not_seen_it", of="user", canary="the_newest_value_is_seen")
    def whoever_waits_for_it_gets_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE

    @eventually(after="was_told", of="user", canary="who_was_told_goes_on")
    def who_was_told_has_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE


CONFIGURATIONS = (WatchMachine(does=(CHANGE, LEAVE), receivers=2, sends=2, looks=1),)
