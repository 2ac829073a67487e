"""A TLS stream: one task reads and one writes, and either may need both directions of the socket.

Modelled: reading, writing one record at a time, a cancellation of whoever waits, wakes for no
reason, the close; a peer that sends, does not read, or asks for a change of keys (a renegotiation),
without which nothing can be written until it has had its answer and ended it; a socket that takes
`room` messages until the peer reads them, and events for the direction that has changed only.
Left out: what the messages say, ends and failures, which are a matter of one task; the handshake,
which is a task that reads and also waits until all was sent; threads that come in between the
steps, for those hold a lock.

Variables:
    waits       by side: whether its task waits
    needs       by side: whether it needs input, and room
    told        by side: the other one has moved something that it needs, or left a place
    owed        by side: its task was woken
    cancelling  by side: its task is being cancelled
    places      by direction: which side is woken by an event
    ready       by direction: the flag of the registration
    fed         what the engine was fed and has not looked at
    pending     what is to be sent, in order
    changing    a change of keys is under way
    wire        what the socket has received
    sent        what the peer has not read
    peer        how far the peer is with a change of keys
    closed      the stream is closed

Facts: `places` and `needs` name sides that wait. A side that writes and needs no input has
encrypted its record, and waits until it was sent.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .tls_stream_steps import (
    DATA,
    INPUT,
    NOBODY,
    READER,
    ROOM,
    WRITER,
    State,
    TlsStreamSteps,
)

SIDES = (READER, WRITER)


class TlsStreamMachine(TlsStreamSteps):
    """See the head of this file."""

    # Safety

    @always
    def nobody_sleeps_on_what_is_there(self, state: State) -> bool:
        return all(
            state.owed[side]
            for side in SIDES
            if state.waits[side] and self.can_be_woken(state, side)
        )

    def can_be_woken(self, state: State, side: int) -> bool:
        """Whether the side is due, and no other that is woken will tell it."""
        return self.is_due(state, side) and not (state.waits[1 - side] and state.owed[1 - side])

    @always
    def what_is_needed_is_watched(self, state: State) -> bool:
        return all(
            not state.needs[side][direction] or state.places[direction] != NOBODY
            for side in SIDES
            for direction in (INPUT, ROOM)
            if state.waits[side] and not state.owed[side] and not self.is_due(state, side)
        )

    @always
    def only_who_waits_stands_in_a_place(self, state: State) -> bool:
        return all(
            holder == NOBODY or (state.waits[holder] and state.needs[holder][direction])
            for direction, holder in enumerate(state.places)
        )

    @always
    def who_reads_never_waits_for_room_alone(self, state: State) -> bool:
        return not state.waits[READER] or state.needs[READER][INPUT]

    @always
    def who_does_not_wait_is_owed_nothing(self, state: State) -> bool:
        return all(
            state.waits[side] or not (state.owed[side] or state.cancelling[side]) for side in SIDES
        )

    @always
    def what_is_pending_is_sent_by_who_waits(self, state: State) -> bool:
        return not state.pending or not any(state.waits) or self.is_cared_for(state)

    def is_cared_for(self, state: State) -> bool:
        """Whether somebody who waits will send what is pending."""
        return any(
            state.owed[side] or state.needs[side][ROOM] or self.is_due(state, side)
            for side in SIDES
            if state.waits[side]
        )

    # Progress

    def has_data_to_read(self, state: State) -> bool:
        """Whether a task waits to read, and data has come."""
        return state.waits[READER] and DATA in state.wire + state.fed

    @eventually(after="has_data_to_read")
    def who_reads_gets_what_has_come_though_the_peer_does_not_read(self, state: State) -> bool:
        return not state.waits[READER]

    def has_room_to_write(self, state: State) -> bool:
        """Whether a task waits to write what there is room for."""
        room = self.room - len(state.sent)
        return state.waits[WRITER] and len(state.pending) <= room and not state.changing

    @eventually(after="has_room_to_write")
    def who_writes_ends_when_there_is_room(self, state: State) -> bool:
        return not state.waits[WRITER] or not self.has_room_to_write(state)

    def waits_on_a_closed_stream(self, state: State, side: int) -> bool:
        """Whether the side waits and the stream is closed."""
        return state.closed and state.waits[side]

    @eventually(after="waits_on_a_closed_stream", of="side")
    def who_waits_hears_of_the_close(self, state: State, side: int) -> bool:
        return not state.waits[side]

    # Reachability

    @sometimes
    def who_reads_waits_for_room_as_well(self, state: State) -> bool:
        return state.waits[READER] and state.places == (READER, READER)

    @sometimes
    def who_writes_waits_for_input(self, state: State) -> bool:
        return state.waits[WRITER] and state.places[INPUT] == WRITER

    @sometimes
    def both_need_input_and_one_is_told_by_the_other(self, state: State) -> bool:
        both = all(state.waits) and state.needs[READER][INPUT] and state.needs[WRITER][INPUT]
        return both and any(state.told)

    @sometimes
    def a_cancelled_write_has_left_something(self, state: State) -> bool:
        return not any(state.waits) and bool(state.pending)

    # Canaries

    @always(canary="nobody_sleeps_on_what_is_there")
    def nobody_is_due(self, state: State) -> bool:
        return not any(self.is_due(state, side) for side in SIDES if state.waits[side])

    @always(canary="what_is_needed_is_watched")
    def who_needs_input_is_in_its_place(self, state: State) -> bool:
        return all(
            not state.needs[side][INPUT] or state.places[INPUT] == side
            for side in SIDES
            if state.waits[side]
        )

    @always(canary="only_who_waits_stands_in_a_place")
    def nobody_stands_in_a_place(self, state: State) -> bool:
        return state.places == (NOBODY, NOBODY)

    @always(canary="who_reads_never_waits_for_room_alone")
    def who_reads_never_waits_for_room(self, state: State) -> bool:
        return not state.waits[READER] or not state.needs[READER][ROOM]

    @always(canary="who_does_not_wait_is_owed_nothing")
    def nobody_is_owed_anything(self, state: State) -> bool:
        return not any(state.owed)

    @always(canary="what_is_pending_is_sent_by_who_waits")
    def nothing_is_pending_while_somebody_waits(self, state: State) -> bool:
        return not state.pending or not any(state.waits)

    def reads(self, state: State) -> bool:
        """Whether a task waits to read."""
        return state.waits[READER]

    @eventually(after="reads", canary="who_reads_gets_what_has_come_though_the_peer_does_not_read")
    def who_reads_gets_something(self, state: State) -> bool:
        return not state.waits[READER]

    def writes(self, state: State) -> bool:
        """Whether a task waits to write."""
        return state.waits[WRITER]

    @eventually(after="writes", canary="who_writes_ends_when_there_is_room")
    def who_writes_ends(self, state: State) -> bool:
        return not state.waits[WRITER]

    def waits_for_something(self, state: State, side: int) -> bool:
        """Whether the side waits."""
        return state.waits[side]

    @eventually(after="waits_for_something", of="side", canary="who_waits_hears_of_the_close")
    def who_waits_hears_something(self, state: State, side: int) -> bool:
        return not state.waits[side]


CONFIGURATIONS = (TlsStreamMachine(room=1), TlsStreamMachine(room=2))
"""With room for two, a part of what is pending may be sent."""
