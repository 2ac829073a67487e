"""Planted bugs in the TlsStream: in who waits where, and who tells whom."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

EXCHANGE = "zokio/net/tls/exchange.py"
SIDES = "zokio/net/tls/sides.py"

MUTANTS = (
    Mutant(
        name="who_leaves_a_place_does_not_tell_the_other",
        file=SIDES,
        before="        return other.tell(has_input=frees_input or hands_on,",
        after="        return None and other.tell(has_input=hands_on,",
        machine="tls_stream",
    ),
    Mutant(
        name="a_close_is_told_to_one_of_two_that_wait_for_the_same",
        file=EXCHANGE,
        before="registration.closed or (not goes_on and self._owes())",
        after="not goes_on and self._owes()",
        machine="tls_stream",
    ),
    Mutant(
        name="what_a_cancelled_write_has_left_is_sent_by_nobody",
        file=EXCHANGE,
        before="registration.closed or (not goes_on and self._owes())",
        after="registration.closed",
        machine="tls_stream",
    ),
    Mutant(
        name="what_was_received_is_not_told_to_the_other",
        file=EXCHANGE,
        before=".tell(has_input=has_received, has_room=self._send())",
        after=".tell(has_input=False, has_room=self._send())",
        machine="tls_stream",
    ),
    Mutant(
        name="who_reads_does_not_wait_for_room",
        file=EXCHANGE,
        before="needs_input=needs_input, needs_room=self._owes())",
        after="needs_input=needs_input, needs_room=self._owes() and not needs_input)",
        machine="tls_stream",
    ),
    Mutant(
        name="who_comes_second_takes_the_place_of_the_first",
        file=SIDES,
        before="        if needs_input and registration.reader is None:",
        after="        if needs_input:",
        machine="tls_stream",
    ),
    Mutant(
        name="the_rest_of_a_short_send_is_lost",
        file=EXCHANGE,
        before="            self._unsent = self._unsent[sent:]",
        after='            self._unsent = b""',
        machine="tls_stream",
    ),
    Mutant(
        name="a_write_ends_before_its_record_was_sent",
        file=EXCHANGE,
        before="            owes = self._owes()\n",
        after="            owes = False\n",
        machine="tls_stream",
    ),
    Mutant(
        name="a_cancelled_task_stays_in_its_place",
        file=SIDES,
        before="        if frees_input:\n            registration.reader = None",
        after="        if frees_input and other.task:\n            registration.reader = None",
        machine="tls_stream",
    ),
)
