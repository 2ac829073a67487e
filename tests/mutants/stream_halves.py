"""Planted bugs in the halves of a stream: in who closes what, and in who is told."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

HALVES = "zokio/net/halves.py"

MUTANTS = (
    Mutant(
        name="the_first_close_shuts_the_socket",
        file=HALVES,
        before="        if not self._halves_open:\n",
        after="        if self._halves_open:\n",
        machine="stream_halves",
    ),
    Mutant(
        name="the_last_close_leaves_the_socket_open",
        file=HALVES,
        before="        if not self._halves_open:\n",
        after="        if self._halves_open < 0:\n",
        machine="stream_halves",
    ),
    Mutant(
        name="a_half_that_is_closed_twice_counts_for_both",
        file=HALVES,
        before="            if not isinstance(self._socket, GivenAway):\n",
        after="            if self._split._halves_open:\n",
        machine="stream_halves",
    ),
    Mutant(
        name="a_writer_that_closes_does_not_end_the_stream",
        file=HALVES,
        before="            leaving.shutdown(socket.SHUT_WR)\n",
        after="            pass\n",
        machine="stream_halves",
    ),
    Mutant(
        name="a_reader_that_closes_ends_the_stream",
        file=HALVES,
        before="        self._buffer = EMPTY\n        registration.readable = True\n",
        after="        self._split._socket.shutdown(1)\n        registration.readable = True\n",
        machine="stream_halves",
    ),
    Mutant(
        name="who_reads_is_not_woken_by_the_close",
        file=HALVES,
        before="            registration.reader.wake()\n",
        after="            pass\n",
        machine="stream_halves",
    ),
    Mutant(
        name="who_writes_sleeps_on_under_a_flag_that_is_down",
        file=HALVES,
        before="        registration.writable = True\n",
        after="",
        machine="stream_halves",
    ),
    Mutant(
        name="the_close_of_one_half_wakes_the_other",
        file=HALVES,
        before="            registration.reader.wake()\n",
        after="""            registration.reader.wake()
        if registration.writer is not None:
            registration.writer.wake()
""",
        machine="stream_halves",
    ),
    Mutant(
        name="a_half_that_was_closed_keeps_its_place",
        file=HALVES,
        before="""        registration = self._registration
        self._registration = closed_registration(registration.fd)
""",
        after="        registration = self._registration\n",
        machine="stream_halves",
    ),
    Mutant(
        name="a_half_that_was_closed_keeps_its_socket",
        file=HALVES,
        before='        self._socket = cast("Socket", GivenAway("this half',
        after='        cast("Socket", GivenAway("this half',
        machine="stream_halves",
    ),
    Mutant(
        name="the_close_of_the_stream_leaves_the_writer",
        file=HALVES,
        before="        reader.close()\n        writer.close()\n",
        after="        reader.close()\n",
        machine="stream_halves",
    ),
)
