"""Planted bugs in the rendezvous channel."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

PLACE = "zokio/sync/place.py"
RENDEZVOUS = "zokio/sync/rendezvous.py"

MUTANTS = (
    Mutant(
        name="a_send_whose_value_was_taken_ends_as_cancelled",
        file=RENDEZVOUS,
        before="            if not offer.is_taken:\n                raise",
        after="            raise",
        machine="rendezvous",
    ),
    Mutant(
        name="a_cancelled_send_returns_as_if_it_had_sent",
        file=PLACE,
        before="        offer.is_taken = granted\n",
        after="        offer.is_taken = True\n",
        machine="rendezvous",
    ),
    Mutant(
        name="a_cancelled_receiver_keeps_its_offer",
        file=PLACE,
        before="        self.count_out(waiter)\n        return self.settle()",
        after="        self.count_out(waiter)\n        return []",
        machine="rendezvous",
    ),
    Mutant(
        name="who_comes_now_overtakes_who_waits",
        file=PLACE,
        before="                is_covered = self.receiving.length < self.offers.length",
        after="                is_covered = True",
        machine="rendezvous",
    ),
    Mutant(
        name="an_offer_wakes_the_first_only",
        file=PLACE,
        before="            following = self.receiving.first if last is None else last.next",
        after="            following = self.receiving.first",
        machine="rendezvous",
    ),
    Mutant(
        name="who_was_woken_for_no_reason_stands_in_line_no_more",
        file=PLACE,
        before="        return None, woken",
        after="        if waiter is not None:\n            waiter.grant(None, GONE)\n"
        "        return None, woken",
        machine="rendezvous",
    ),
    Mutant(
        name="a_close_leaves_the_senders_waiting",
        file=RENDEZVOUS,
        before="woken = [*place.turn_away(SHUT), *place.settle(), *place.end_if_over()]",
        after="woken = place.end_if_over()",
        machine="rendezvous",
    ),
    Mutant(
        name="a_close_refuses_what_was_sent_without_waiting",
        file=PLACE,
        before="            if not offer.is_left and offer.refuse(why):",
        after="            if offer.refuse(why):",
        machine="rendezvous",
    ),
    Mutant(
        name="the_last_value_leaves_the_others_waiting_for_more",
        file=PLACE,
        before="*self.settle(), *self.end_if_over()]\n        return None",
        after="*self.settle()]\n        return None",
        machine="rendezvous",
    ),
    Mutant(
        name="who_has_left_is_counted_among_the_covered",
        file=PLACE,
        before="            waiter.is_covered = False\n            self.covered -= 1\n",
        after="            waiter.is_covered = False\n",
        machine="rendezvous",
    ),
    Mutant(
        name="one_that_has_left_is_taken_for_the_last_that_is_covered",
        file=PLACE,
        before="            if last is not None and last.state is not WAITING:  # it has left",
        after="            if False and last is not None:",
        machine="rendezvous",
    ),
)
