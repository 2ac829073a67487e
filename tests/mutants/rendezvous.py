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
        before='it now."""\n        return self.last_covered()',
        after='it now."""\n        return []',
        machine="rendezvous",
    ),
    Mutant(
        name="who_comes_now_overtakes_who_waits",
        file=PLACE,
        before="            return self.receiving.length < self.offers.length",
        after="            return self.offers.length > 0",
        machine="rendezvous",
    ),
    Mutant(
        name="an_offer_wakes_the_first_only",
        file=PLACE,
        before="        for _ in range(count - 1):",
        after="        for _ in range(0):",
        machine="rendezvous",
    ),
    Mutant(
        name="who_was_woken_for_no_reason_stands_in_line_no_more",
        file=PLACE,
        before="        return None, []",
        after="        if waiter is not None:\n            waiter.grant(None, GONE)\n"
        "        return None, []",
        machine="rendezvous",
    ),
    Mutant(
        name="a_close_leaves_the_senders_waiting",
        file=RENDEZVOUS,
        before="woken = [*place.turn_away(place, SHUT), *place.end_if_over()]",
        after="woken = place.end_if_over()",
        machine="rendezvous",
    ),
    Mutant(
        name="a_close_refuses_what_was_sent_without_waiting",
        file=PLACE,
        before="(handle is self and offer.handle is not None)",
        after="handle is self",
        machine="rendezvous",
    ),
    Mutant(
        name="the_last_value_leaves_the_others_waiting_for_more",
        file=PLACE,
        before="        return offer, [offer, *self.end_if_over()]",
        after="        return offer, [offer]",
        machine="rendezvous",
    ),
)
