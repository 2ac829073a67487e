"""Rendezvous: no buffer; a value goes from a task that waits to one that runs.

Modelled: tasks that send and tasks that receive, started, woken for no reason and cancelled at any
time; sends and receives that do not wait; the closing of the sender and of the receiver; a receiver
that nobody holds any more. An offer covers the first who wait to receive, one each; these are owed
a poll, and stand in line until they take the oldest offer in it. A task whose offer was taken has
sent, also if it is cancelled before it learns of that. The run queue is one for all, so that the
order of wakes is modelled too.

Left out: several senders that are closed one by one (`mpsc.py`); a sender that is collected.

Variables:
    users      the tasks; see `channel_users.py`
    offers     values that wait to be taken, the oldest first
    receiving  who waits to receive, and was told nothing, in order
    sender     the sender is open
    receiver   the receiver is open; shut: closed by its owner; gone: not even held
    tried      how many values were sent without waiting
    got        every value that was taken, and by whom, in order

Facts: who is covered is owed a poll; a value is that of one who waits, or of a `try_send`.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .channel_users import CANCELLED, DONE, GRANTED, NOTHING, WAITING
from .rendezvous_steps import GONE, NOBODY, OPEN, RECEIVE, SEND, RendezvousSteps, State


class RendezvousMachine(RendezvousSteps):
    """See the head of this file."""

    # Safety

    @always
    def no_value_is_taken_twice(self, state: State) -> bool:
        taken = [value for _, value in state.got]
        return len(taken) == len(set(taken))

    @always
    def who_has_sent_was_taken_from_and_nobody_else(self, state: State) -> bool:
        """A cancelled send has not sent; one that was told so, or has returned, has."""
        taken = {value for _, value in state.got}
        return all(
            (user in taken) == (state.users.at[user] == DONE or state.users.told[user] == GRANTED)
            for user in range(self.does.count(SEND))
        )

    @always
    def who_has_received_took_one(self, state: State) -> bool:
        takers = [user for user, _ in state.got]
        return all(
            takers.count(user) == (state.users.at[user] == DONE)
            for user in range(self.does.count(SEND), len(self.does))
        )

    @always
    def what_was_tried_is_taken_or_there(self, state: State) -> bool:
        there = [value for value in state.offers if value >= len(self.does)]
        taken = [value for _, value in state.got if value >= len(self.does)]
        return len(there) + len(taken) == state.tried or state.receiver == GONE

    @always
    def the_oldest_offer_is_taken_first(self, state: State) -> bool:
        if not self.can_try_receive(state):
            return True
        return self.try_receive(state).got[-1][1] == state.offers[0]

    @always
    def who_waits_to_send_offers(self, state: State) -> bool:
        waiting = [
            user
            for user in range(self.does.count(SEND))
            if state.users.at[user] == WAITING and state.users.told[user] == NOTHING
        ]
        return waiting == sorted(value for value in state.offers if value < len(self.does))

    @always
    def who_is_covered_is_owed_a_poll(self, state: State) -> bool:
        return set(self.covered(state)) <= set(state.users.queue)

    @always
    def who_was_told_is_owed_a_poll(self, state: State) -> bool:
        told = [user for user, what in enumerate(state.users.told) if what != NOTHING]
        return set(told) <= set(state.users.queue)

    @always
    def a_close_lets_nobody_wait(self, state: State) -> bool:
        by_tasks = any(value < len(self.does) for value in state.offers)
        is_closed = not (state.sender and state.receiver == OPEN)
        return not (is_closed and by_tasks) and not (self.is_over(state) and state.receiving)

    # Progress

    def one_offers_and_one_waits(self, state: State) -> bool:
        """Whether there are a value and somebody who waits for one."""
        return bool(state.offers and state.receiving)

    @eventually(after="one_offers_and_one_waits")
    def they_meet(self, state: State) -> bool:
        return not self.one_offers_and_one_waits(state)

    def was_told(self, state: State, user: int) -> bool:
        """Whether one who waits was told something."""
        return state.users.told[user] != NOTHING

    @eventually(after="was_told", of="user")
    def who_was_told_goes_on(self, state: State, user: int) -> bool:
        return state.users.at[user] != WAITING

    # Reachability

    @sometimes
    def a_task_is_cancelled_after_its_value_was_taken(self, state: State) -> bool:
        return any(
            told == GRANTED and state.users.cancelling[user]
            for user, told in enumerate(state.users.told)
        )

    @sometimes
    def an_offer_covers_the_next_since_one_was_cancelled(self, state: State) -> bool:
        return CANCELLED in state.users.at and bool(self.covered(state))

    @sometimes
    def who_was_woken_finds_the_offer_withdrawn(self, state: State) -> bool:
        withdrawn = CANCELLED in state.users.at[: self.does.count(SEND)]
        return (
            withdrawn
            and not state.offers
            and set(state.receiving) <= set(state.users.queue)
            and bool(state.receiving)
        )

    @sometimes
    def a_value_is_left_when_its_receiver_was_cancelled(self, state: State) -> bool:
        return bool(state.offers) and not state.receiving and state.tried == 1

    @sometimes
    def all_have_met(self, state: State) -> bool:
        return all(at == DONE for at in state.users.at)

    # Canaries

    @always(canary="no_value_is_taken_twice")
    def one_value_is_taken(self, state: State) -> bool:
        return len(state.got) <= 1

    @always(canary="who_has_sent_was_taken_from_and_nobody_else")
    def who_was_taken_from_knows_it(self, state: State) -> bool:
        taken = {value for _, value in state.got}
        return all(
            (user in taken) == (state.users.at[user] == DONE)
            for user in range(self.does.count(SEND))
        )

    @always(canary="who_has_received_took_one")
    def only_tasks_receive(self, state: State) -> bool:
        return NOBODY not in [user for user, _ in state.got]

    @always(canary="what_was_tried_is_taken_or_there")
    def what_was_tried_is_there(self, state: State) -> bool:
        return sum(value >= len(self.does) for value in state.offers) == state.tried

    @always(canary="the_oldest_offer_is_taken_first")
    def nothing_can_be_taken_at_once(self, state: State) -> bool:
        return not self.can_try_receive(state)

    @always(canary="who_waits_to_send_offers")
    def whoever_waits_offers(self, state: State) -> bool:
        return all(
            user in state.offers
            for user in range(self.does.count(SEND))
            if state.users.at[user] == WAITING
        )

    @always(canary="who_is_covered_is_owed_a_poll")
    def nobody_is_covered(self, state: State) -> bool:
        return not self.covered(state)

    @always(canary="who_was_told_is_owed_a_poll")
    def nobody_is_told(self, state: State) -> bool:
        return not any(state.users.told)

    @always(canary="a_close_lets_nobody_wait")
    def nobody_waits_to_receive(self, state: State) -> bool:
        return not state.receiving

    @eventually(after="one_offers_and_one_waits", canary="they_meet")
    def all_values_are_taken(self, state: State) -> bool:
        return len(state.got) > 0

    @eventually(after="was_told", of="user", canary="who_was_told_goes_on")
    def who_was_told_has_it(self, state: State, user: int) -> bool:
        return state.users.at[user] == DONE


CONFIGURATIONS = (RendezvousMachine(does=(SEND, RECEIVE, RECEIVE), tries=1),)
