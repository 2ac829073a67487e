"""Planted bugs in the mpsc channel; the first ones are those that others had."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CHANNEL = "zokio/sync/channel.py"
RECEIVER = "zokio/sync/receiver.py"
SENDER = "zokio/sync/sender.py"

MUTANTS = (
    Mutant(
        name="a_permit_is_lost_when_who_waited_for_it_is_cancelled",
        file=CHANNEL,
        before="        return self.release(waiter.slots) if granted else self.promise_slot()",
        after="        return () if granted else self.promise_slot()",
        machine="mpsc",
    ),
    Mutant(
        name="a_promised_item_is_lost_when_the_receiver_is_cancelled",
        file=CHANNEL,
        before="        if not granted:\n            return ()\n        self.items += 1\n",
        after="        if True:\n            return ()\n        self.items += 1\n",
        machine="mpsc",
    ),
    Mutant(
        name="a_released_permit_does_not_end_a_closed_channel",
        file=CHANNEL,
        before="        return granted or self.end_if_over()",
        after="        return granted",
        machine="mpsc",
    ),
    Mutant(
        name="a_value_stays_when_the_receiver_is_gone",
        file=CHANNEL,
        before="        if self.is_gone:\n            self.promised -= 1\n            raise",
        after="        if False:\n            self.promised -= 1\n            raise",
        machine="mpsc",
    ),
    Mutant(
        name="the_end_is_told_while_a_permit_is_held",
        file=CHANNEL,
        before="return not (may_send or self.promised or self.buffer)",
        after="return not (may_send or self.buffer)",
        machine="mpsc",
    ),
    Mutant(
        name="the_end_overtakes_what_was_sent",
        file=CHANNEL,
        before="return not (may_send or self.promised or self.buffer)",
        after="return not (may_send or self.promised)",
        machine="mpsc",
    ),
    Mutant(
        name="who_comes_now_overtakes_who_waits_for_an_item",
        file=CHANNEL,
        before="            self.items -= 1\n            if (first",
        after="            if (first",
        machine="mpsc",
    ),
    Mutant(
        name="who_comes_now_takes_a_promised_slot",
        file=CHANNEL,
        before="            self.free -= slots\n            self.promised += slots\n",
        after="            self.promised += slots\n",
        machine="mpsc",
    ),
    Mutant(
        name="a_close_of_the_receiver_is_told_to_nobody",
        file=CHANNEL,
        before="        refused += self.watching.grant_all(None)\n",
        after="",
        machine="mpsc",
    ),
    Mutant(
        name="who_asks_for_a_close_that_was_is_not_told",
        file=SENDER,
        before="            if channel.is_shut:  # by now, or for long\n",
        after="            if not channel:\n",
        machine="mpsc",
    ),
    Mutant(
        name="a_sender_that_is_closed_turns_everybody_away",
        file=SENDER,
        before="[*self._standing.refuse_all(CLOSED_SENDER), ",
        after="[*channel.sending.refuse_all(CLOSED_SENDER), ",
        machine="mpsc",
    ),
    Mutant(
        name="who_waits_by_a_closed_sender_waits_for_ever",
        file=SENDER,
        before="woken = [*self._standing.refuse_all(CLOSED_SENDER), *channel.promise_slot()]",
        after="woken = channel.promise_slot()",
        machine="mpsc",
    ),
    Mutant(
        name="the_last_sender_that_is_closed_tells_nobody",
        file=SENDER,
        before="woken = [*self._standing.refuse_all(CLOSED_SENDER), *channel.promise_slot()]",
        after="woken = self._standing.refuse_all(CLOSED_SENDER)",
        machine="mpsc",
    ),
    Mutant(
        name="a_receiver_that_was_woken_for_no_reason_takes_an_item",
        file=RECEIVER,
        before="            while waiter.state is WAITING:\n",
        after="            if waiter.state is WAITING:\n",
        machine="mpsc",
    ),
    Mutant(
        name="a_received_value_leaves_its_slot_taken",
        file=RECEIVER,
        before="            waiter.state = TAKEN\n",
        after="            waiter.state = GONE\n",
        machine="mpsc",
    ),
    Mutant(
        name="a_slot_that_was_taken_without_the_lock_is_not_seen_by_one_who_tries",
        file=SENDER,
        before="        channel.count_taken()\n        if",
        after="        if",
        machine="mpsc",
    ),
    Mutant(
        name="a_slot_is_counted_twice_when_its_waiter_serves_again",
        file=CHANNEL,
        before="            self.own.state = GONE\n            self.free += 1\n",
        after="            self.free += 1\n",
        machine="mpsc",
    ),
    Mutant(
        name="one_who_wants_two_slots_is_promised_them_when_one_is_free",
        file=CHANNEL,
        before="first.slots <= self.free:",
        after="self.free > 0:",
        machine="mpsc",
    ),
    Mutant(
        name="one_who_wants_two_slots_gives_one_back_when_it_is_cancelled",
        file=CHANNEL,
        before="self.release(waiter.slots) if granted",
        after="self.release() if granted",
        machine="mpsc",
    ),
    Mutant(
        name="one_who_wants_one_slot_is_not_told_when_one_who_wants_two_leaves",
        file=CHANNEL,
        before="if granted else self.promise_slot()",
        after="if granted else ()",
        machine="mpsc",
    ),
    Mutant(
        name="one_who_comes_now_overtakes_one_who_waits_for_two_slots",
        file=SENDER,
        before="            if channel.free > 0 and channel.sending.first is None:\n",
        after="            if channel.free > 0:\n",
        machine="mpsc",
    ),
)
