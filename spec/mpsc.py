"""Mpsc: a first-in first-out channel with many senders, bounded or not, and permits.

Modelled: tasks that send, reserve a slot or two at once, receive, or wait for the receiver to be
closed, each by its own handle, started, woken for no reason and cancelled at any time; sends and
receives that do not wait; permits that are used or given back; the closing of each sender and of
the receiver; a receiver that nobody holds any more. Several tasks may wait to receive. Slots and
items are promised to those who wait, in their order, and never leave the buffer until they are
received, so a cancellation has nothing to give back but the promise. The run queue is one for all,
so that the order of wakes is modelled too.

Left out: what happens between two threads inside a step, since each step is made under the
channel's lock; a sender that is collected, which is a close; weak senders.

Variables:
    users      the tasks; see `channel_users.py`
    buffer     what was sent and not received, the oldest first
    sending    who waits to send or to reserve, and was told nothing, in order
    receiving  who waits to receive, and was told nothing, in order
    watching   who waits for the receiver to be closed, and was told nothing, in order
    handles    by sender: whether its handle is open
    receiver   the receiver is open; shut: closed by its owner; gone: not even held
    sent       every value that was ever sent, in order
    got        every value that was ever received, and by whom, in order

Facts: who waits and was told something is owed a poll; a slot is in the buffer, promised, or free.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .channel_users import CANCELLED, CLOSED, DONE, FAILED, GRANTED, NOTHING, WAITING
from .mpsc_state import (
    GONE,
    HOLDING,
    NOBODY,
    OPEN,
    RECEIVE,
    RELEASED,
    RESERVE,
    RESERVE_TWO,
    SEND,
    SHUT,
    State,
)
from .mpsc_steps import MpscSteps


class MpscMachine(MpscSteps):
    """See the head of this file."""

    # Safety

    @always
    def no_item_is_lost_made_or_overtaken(self, state: State) -> bool:
        received = tuple(value for _, value in state.got)
        if state.receiver == GONE:
            return received == state.sent[: len(received)]
        return received + state.buffer == state.sent

    @always
    def the_capacity_is_kept(self, state: State) -> bool:
        taken = len(state.buffer) + self.reserved(state)
        return self.capacity is None or taken <= self.capacity

    @always
    def every_promised_item_is_there(self, state: State) -> bool:
        return self.claimed(state) <= len(state.buffer)

    @always
    def nobody_waits_beside_a_free_item(self, state: State) -> bool:
        return not (state.receiving and self.has_item(state))

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        return all(
            user in state.users.queue
            for user, told in enumerate(state.users.told)
            if told != NOTHING
        )

    @always
    def who_waits_stands_in_line(self, state: State) -> bool:
        lines = (*state.sending, *state.receiving, *state.watching)
        return sorted(self.waiting(state)) == sorted(lines)

    @always
    def who_received_has_received_once(self, state: State) -> bool:
        takers = [user for user, _ in state.got]
        return all(takers.count(user) == (state.users.at[user] == DONE) for user in self.receivers)

    @always
    def the_end_lets_nobody_wait_to_receive(self, state: State) -> bool:
        return not (state.receiving and self.is_over(state))

    @always
    def the_end_is_told_when_nothing_is_left(self, state: State) -> bool:
        told = any(state.users.told[user] == CLOSED for user in self.receivers)
        return self.is_over(state) or not told

    @always
    def what_the_receiver_left_is_let_go_of(self, state: State) -> bool:
        return state.receiver != GONE or not state.buffer

    # Progress

    def was_told(self, state: State, user: int) -> bool:
        """Whether one who waits was promised something, or told that it is closed."""
        return state.users.told[user] != NOTHING

    @eventually(after="was_told", of="user")
    def who_was_told_goes_on(self, state: State, user: int) -> bool:
        return state.users.at[user] != WAITING

    def is_in_the_buffer(self, state: State) -> bool:
        """Whether something can be received."""
        return bool(state.buffer)

    @eventually(after="is_in_the_buffer")
    def what_was_sent_leaves(self, state: State) -> bool:
        return not state.buffer or bool(state.got)

    # Reachability

    @sometimes
    def one_who_leaves_was_promised_something(self, state: State) -> bool:
        return any(
            told == GRANTED and state.users.cancelling[user]
            for user, told in enumerate(state.users.told)
        )

    @sometimes
    def a_receiver_learns_of_the_end(self, state: State) -> bool:
        return state.users.at[-1] == FAILED

    @sometimes
    def a_value_is_let_go_of(self, state: State) -> bool:
        return state.receiver == GONE and len(state.got) < len(state.sent)

    @sometimes
    def all_have_ended_well(self, state: State) -> bool:
        return all(at in (DONE, RELEASED) for at in state.users.at)

    # Canaries

    @always(canary="no_item_is_lost_made_or_overtaken")
    def a_gone_receiver_had_everything(self, state: State) -> bool:
        return tuple(value for _, value in state.got) + state.buffer == state.sent

    @always(canary="the_capacity_is_kept")
    def the_capacity_is_not_reached(self, state: State) -> bool:
        return len(state.buffer) + self.reserved(state) < (self.capacity or 1)

    @always(canary="every_promised_item_is_there")
    def an_item_is_left_beside_the_promised_ones(self, state: State) -> bool:
        return self.claimed(state) < len(state.buffer) or not state.buffer

    @always(canary="nobody_waits_beside_a_free_item")
    def nobody_waits_to_receive(self, state: State) -> bool:
        return not state.receiving

    @always(canary="who_was_told_is_owed_a_poll")
    def who_waits_is_owed_a_poll(self, state: State) -> bool:
        return all(
            user in state.users.queue for user, at in enumerate(state.users.at) if at == WAITING
        )

    @always(canary="who_waits_stands_in_line")
    def everybody_stands_in_line(self, state: State) -> bool:
        waiting = [user for user, at in enumerate(state.users.at) if at == WAITING]
        return sorted(waiting) == sorted((*state.sending, *state.receiving))

    @always(canary="who_received_has_received_once")
    def only_tasks_receive(self, state: State) -> bool:
        return NOBODY not in [user for user, _ in state.got]

    @always(canary="the_end_lets_nobody_wait_to_receive")
    def a_close_lets_nobody_wait_to_receive(self, state: State) -> bool:
        return not state.receiving or self.takes_more(state)

    @always(canary="the_end_is_told_when_nothing_is_left")
    def the_end_is_never_told(self, state: State) -> bool:
        return CLOSED not in state.users.told[len(self.senders) :]

    @always(canary="what_the_receiver_left_is_let_go_of")
    def what_a_close_left_is_let_go_of(self, state: State) -> bool:
        return state.receiver == OPEN or not state.buffer

    @eventually(after="was_told", of="user", canary="who_was_told_goes_on")
    def who_was_told_gets_it(self, state: State, user: int) -> bool:
        return state.users.at[user] in (DONE, HOLDING)

    def was_sent(self, state: State) -> bool:
        """Whether anything was ever sent."""
        return bool(state.sent)

    @eventually(after="was_sent", canary="what_was_sent_leaves")
    def a_task_receives_what_was_sent(self, state: State) -> bool:
        return state.users.at[-1] == DONE


class BoundedMpsc(MpscMachine):
    """With two who send, one of them by a permit, and a capacity that makes them wait."""

    # Safety

    @always
    def who_sent_has_sent_once(self, state: State) -> bool:
        return all(
            state.sent.count(user) == self.slots_of(user) * (state.users.at[user] == DONE)
            for user in self.senders
        )

    @always
    def nobody_waits_beside_a_free_slot(self, state: State) -> bool:
        return not self.can_first_go_on(state)

    @always
    def who_came_first_is_promised_first(self, state: State) -> bool:
        if not (state.sending and self.can_try_receive(state)):
            return True
        after = self.try_receive(state)
        return after.users.told[state.sending[0]] == GRANTED or after.sending == state.sending

    @always
    def a_close_lets_nobody_wait_to_send(self, state: State) -> bool:
        return all(self.may_send(state, self.handle_of(user)) for user in state.sending)

    # Reachability

    @sometimes
    def a_promised_slot_is_handed_on(self, state: State) -> bool:
        """Somebody was granted what a cancelled sender gave back."""
        cancelled = any(state.users.at[user] == CANCELLED for user in self.senders)
        return cancelled and any(
            told == GRANTED and self.does[user] != RECEIVE
            for user, told in enumerate(state.users.told)
        )

    @sometimes
    def a_value_arrives_after_the_close(self, state: State) -> bool:
        return (
            state.receiver == SHUT
            and any(at == HOLDING for at in state.users.at)
            and bool(state.got)
        )

    @sometimes
    def the_last_permit_ends_the_channel(self, state: State) -> bool:
        return RELEASED in state.users.at and self.is_over(state)

    # Canaries

    @always(canary="nobody_waits_beside_a_free_slot")
    def nobody_waits_to_send(self, state: State) -> bool:
        return not state.sending

    @always(canary="who_came_first_is_promised_first")
    def who_came_last_is_promised_first(self, state: State) -> bool:
        if not (state.sending and self.can_try_receive(state)):
            return True
        return self.try_receive(state).users.told[state.sending[-1]] == GRANTED

    @always(canary="who_sent_has_sent_once")
    def who_holds_a_permit_has_sent(self, state: State) -> bool:
        return all(user in state.sent for user, at in enumerate(state.users.at) if at == HOLDING)

    @always(canary="a_close_lets_nobody_wait_to_send")
    def a_close_turns_promises_away_too(self, state: State) -> bool:
        return state.receiver == OPEN or self.reserved(state) == 0


CONFIGURATIONS = (
    BoundedMpsc(does=(SEND, RESERVE, RECEIVE), capacity=1, tries=1),
    BoundedMpsc(does=(SEND, RESERVE_TWO, RECEIVE), capacity=2, tries=1),
    MpscMachine(does=(SEND, RECEIVE, RECEIVE), capacity=None, tries=1),
)
