"""Oneshot: one value, which is sent at most once and received at most once.

Modelled: tasks that await the receiver, or watch whether a value is still wanted, started, woken
for no reason and cancelled at any time; the value being sent and taken without waiting; the closing
of either end; a receiver that nobody holds any more. The value is promised to the first who waits,
and stays in its cell until that one is polled. The run queue is one for all, so that the order of
wakes is modelled too.

Left out: a sender that is collected, which is a close.

Variables:
    users      the tasks; see `channel_users.py`
    cell       empty; sent: the value is there; taken: it was received; ended: the sender was closed
               without sending; shut: the receiver takes no value
    receiving  who waits for the value, and was told nothing, in order
    watching   who waits for the value to be wanted no more, and was told nothing, in order
    held       somebody holds the receiver
    sent       how often the value was sent
    got        how often it was received

Facts: a value that is there is free or promised to one task; who was told is owed a poll.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .channel_users import CANCELLED, DONE, FAILED, GRANTED, NOTHING, WAITING
from .oneshot_steps import EMPTY, RECEIVE, SENT, SHUT, TAKEN, WATCH, OneshotSteps, State


class OneshotMachine(OneshotSteps):
    """See the head of this file."""

    # Safety

    @always
    def it_is_sent_at_most_once(self, state: State) -> bool:
        return state.sent <= 1

    @always
    def it_is_received_once_if_it_was_taken(self, state: State) -> bool:
        return state.got == (state.cell == TAKEN) and state.got <= state.sent

    @always
    def at_most_one_task_receives_it(self, state: State) -> bool:
        done = state.users.at[: self.does.count(RECEIVE)].count(DONE)
        return done <= state.got

    @always
    def it_is_promised_to_one_only(self, state: State) -> bool:
        promised = state.users.told[: self.does.count(RECEIVE)].count(GRANTED)
        return promised <= (state.cell == SENT)

    @always
    def nobody_waits_beside_the_value(self, state: State) -> bool:
        return not (state.receiving and self.is_free(state))

    @always
    def nobody_waits_for_what_will_not_come(self, state: State) -> bool:
        return state.cell in (EMPTY, SENT) or not state.receiving

    @always
    def nobody_watches_what_is_settled(self, state: State) -> bool:
        return state.cell == EMPTY or not state.watching

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        told = [user for user, what in enumerate(state.users.told) if what != NOTHING]
        return set(told) <= set(state.users.queue)

    @always
    def what_the_receiver_left_is_let_go_of(self, state: State) -> bool:
        return state.held or state.cell != SENT

    # Progress

    def was_told(self, state: State, user: int) -> bool:
        """Whether one who waits was promised the value, or told how it ended."""
        return state.users.told[user] != NOTHING

    @eventually(after="was_told", of="user")
    def who_was_told_goes_on(self, state: State, user: int) -> bool:
        return state.users.at[user] != WAITING

    # Reachability

    @sometimes
    def one_who_leaves_was_promised_the_value(self, state: State) -> bool:
        return self.is_promised(state) and any(
            told == GRANTED and state.users.cancelling[user]
            for user, told in enumerate(state.users.told)
        )

    @sometimes
    def the_value_is_handed_on(self, state: State) -> bool:
        return CANCELLED in state.users.at and self.is_promised(state)

    @sometimes
    def one_receives_and_another_fails(self, state: State) -> bool:
        return state.cell == TAKEN and FAILED in state.users.at and DONE in state.users.at

    @sometimes
    def the_sender_learns_that_nobody_wants_it(self, state: State) -> bool:
        return state.cell == SHUT and state.users.at[-1] == DONE

    @sometimes
    def the_value_is_let_go_of(self, state: State) -> bool:
        return state.cell == SHUT and state.sent == 1

    # Canaries

    @always(canary="it_is_sent_at_most_once")
    def it_is_never_sent(self, state: State) -> bool:
        return state.sent == 0

    @always(canary="it_is_received_once_if_it_was_taken")
    def it_is_received_once_if_it_was_sent(self, state: State) -> bool:
        return state.got == state.sent

    @always(canary="at_most_one_task_receives_it")
    def a_task_receives_it_whenever_it_is_received(self, state: State) -> bool:
        return state.users.at[: self.does.count(RECEIVE)].count(DONE) == state.got

    @always(canary="it_is_promised_to_one_only")
    def it_is_never_promised(self, state: State) -> bool:
        return not self.is_promised(state)

    @always(canary="nobody_waits_beside_the_value")
    def nobody_waits_beside_a_promised_value(self, state: State) -> bool:
        return not (state.receiving and state.cell == SENT)

    @always(canary="nobody_waits_for_what_will_not_come")
    def nobody_waits_for_the_value(self, state: State) -> bool:
        return not state.receiving

    @always(canary="nobody_watches_what_is_settled")
    def nobody_watches(self, state: State) -> bool:
        return not state.watching

    @always(canary="who_was_told_is_owed_a_poll")
    def who_waits_is_owed_a_poll(self, state: State) -> bool:
        waiting = [user for user, at in enumerate(state.users.at) if at == WAITING]
        return set(waiting) <= set(state.users.queue)

    @always(canary="what_the_receiver_left_is_let_go_of")
    def what_is_sent_is_held(self, state: State) -> bool:
        return state.held or state.sent == 0

    @eventually(after="was_told", of="user", canary="who_was_told_goes_on")
    def who_was_told_gets_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE


CONFIGURATIONS = (OneshotMachine(does=(RECEIVE, RECEIVE, WATCH)),)
