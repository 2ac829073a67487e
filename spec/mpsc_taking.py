"""Mpsc: a value that was promised is taken without the lock.

Modelled: senders and receivers of one channel on threads of their own, each with one value; the
lock, which is held for a step, or for two by whoever stands in line and then looks again; the three
steps without it: a value is taken, the slot is marked, the taker looks whether anybody waits;
cancellation, and the close of the last sender. One waiter is the channel's own and is lent again
and again; its mark says that a slot is free which nobody has counted.

Left out: permits, several senders that are closed, the receiver's close (`mpsc.py`), and wakes: who
was told something goes on.

Variables:
    places     by user: away, waiting, took, marked, handing, or how it has ended
    told       by user: nothing, granted, closed
    lock       who stands in line and has yet to look again
    own        the channel's own waiter: at home, lent, or taken: the mark
    holders    to whom it is lent
    buffer     what was sent and not received, the oldest first
    free       slots that are counted as free
    items      values that are promised to nobody
    promised   slots that are promised
    sending    who waits to send, in order
    receiving  who waits to receive, in order
    closed     nothing more will be sent
    sent       what was ever sent, in order
    got        what was ever received, in order

Facts: a slot is free, marked, promised, in the buffer, or with one who took a value and has not
marked it.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .mpsc_taking_steps import (
    DONE,
    FAILED,
    HOME,
    LENT,
    MARKED,
    TAKEN,
    TOOK,
    WAITING,
    MpscTakingSteps,
    State,
)


class MpscTaking(MpscTakingSteps):
    """See the head of this file."""

    # Safety

    @always
    def no_item_is_lost_made_or_overtaken(self, state: State) -> bool:
        return state.got + state.buffer == state.sent

    @always
    def the_capacity_is_kept(self, state: State) -> bool:
        return len(state.buffer) + state.promised <= self.capacity

    @always
    def every_slot_is_counted_once(self, state: State) -> bool:
        taking = state.places.count(TOOK) + (state.own == TAKEN)
        return state.free + taking + state.promised + len(state.buffer) == self.capacity

    @always
    def every_promised_item_is_there(self, state: State) -> bool:
        claimed = sum(self.may_go_on(state, user) for user in self.who_receives())
        return state.items + claimed == len(state.buffer)

    @always
    def nobody_overtakes_one_who_waits_to_send(self, state: State) -> bool:
        coming = [user for user in range(self.senders) if self.can_send(state, user)]
        return not state.sending or all(
            self.send(state, user).places[user] == WAITING for user in coming
        )

    @always
    def its_own_waiter_serves_one_at_a_time(self, state: State) -> bool:
        return len(state.holders) == (state.own == LENT)

    # Progress

    def a_slot_is_left(self, state: State) -> bool:
        """Whether somebody waits to send although there is room."""
        return bool(state.sending) and len(state.buffer) + state.promised < self.capacity

    @eventually(after="a_slot_is_left")
    def who_waits_beside_a_slot_gets_it(self, state: State) -> bool:
        return not self.a_slot_is_left(state)

    def waits_for_nothing(self, state: State) -> bool:
        """Whether somebody waits to receive although nothing will come."""
        return bool(state.receiving) and self.is_over(state)

    @eventually(after="waits_for_nothing")
    def the_end_is_told(self, state: State) -> bool:
        return not self.waits_for_nothing(state)

    # Reachability

    @sometimes
    def one_stands_in_line_beside_the_mark(self, state: State) -> bool:
        return state.own == TAKEN and bool(state.sending)

    @sometimes
    def its_own_waiter_is_lent_before_the_taker_has_looked(self, state: State) -> bool:
        return state.own == LENT and MARKED in state.places

    @sometimes
    def one_who_receives_by_its_own_waiter_is_told_of_the_end(self, state: State) -> bool:
        return any(self.can_fail(state, user) for user in state.holders)

    @sometimes
    def all_have_ended_well(self, state: State) -> bool:
        return all(place == DONE for place in state.places)

    # Canaries

    @always(canary="no_item_is_lost_made_or_overtaken")
    def what_was_received_was_all(self, state: State) -> bool:
        return state.got == state.sent

    @always(canary="the_capacity_is_kept")
    def the_capacity_is_not_reached(self, state: State) -> bool:
        return len(state.buffer) + state.promised < self.capacity

    @always(canary="every_slot_is_counted_once")
    def every_slot_is_counted_under_the_lock(self, state: State) -> bool:
        return state.free + state.promised + len(state.buffer) == self.capacity

    @always(canary="every_promised_item_is_there")
    def no_item_is_promised(self, state: State) -> bool:
        return state.items == len(state.buffer)

    @always(canary="nobody_overtakes_one_who_waits_to_send")
    def nobody_sends_at_once(self, state: State) -> bool:
        coming = [user for user in range(self.senders) if self.can_send(state, user)]
        return all(self.send(state, user).places[user] == WAITING for user in coming)

    @always(canary="its_own_waiter_serves_one_at_a_time")
    def its_own_waiter_is_at_home(self, state: State) -> bool:
        return state.own == HOME

    @eventually(after="a_slot_is_left", canary="who_waits_beside_a_slot_gets_it")
    def who_waits_beside_a_slot_sends(self, state: State) -> bool:
        return any(state.places[user] == DONE for user in state.sending)

    @eventually(after="waits_for_nothing", canary="the_end_is_told")
    def the_end_is_told_to_all_who_receive(self, state: State) -> bool:
        return all(state.places[user] == FAILED for user in self.who_receives())

    def who_receives(self) -> range:
        """The users who receive."""
        return range(self.senders, self.senders + self.receivers)


CONFIGURATIONS = (
    MpscTaking(senders=3, receivers=2, capacity=1),
    MpscTaking(senders=3, receivers=2, capacity=2),
)
