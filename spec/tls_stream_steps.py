"""The variables and steps of the TLS stream's machine; what they model: see `tls_stream.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

READER, WRITER = 0, 1
INPUT, ROOM = 0, 1
NOBODY = -1
Pair = tuple[bool, ...]
NO: Pair = (False, False)
DATA, ASK, DONE = "data", "ask", "done"
RECORD, ANSWER = "record", "answer"
QUIET, ASKED, ANSWERED = "quiet", "asked", "answered"

WAITING = ("waits", "needs", "told", "owed", "places")
MOVING = ("ready", "fed", "pending", "changing", "wire", "sent")


class State(NamedTuple):
    """The variables; see the head of `tls_stream.py`."""

    waits: Pair
    needs: tuple[Pair, ...]
    told: Pair
    owed: Pair
    cancelling: Pair
    places: tuple[int, ...]
    ready: Pair
    fed: tuple[str, ...]
    pending: tuple[str, ...]
    changing: bool
    wire: tuple[str, ...]
    sent: tuple[str, ...]
    peer: str
    closed: bool


class TlsStreamSteps(Machine[State]):
    """The steps; `tls_stream.py` says what has to hold."""

    room: int = 1
    wire_max: int = 2
    pending_max: int = 2

    def initial(self) -> Iterable[State]:
        return [
            State(
                waits=NO,
                needs=(NO, NO),
                told=NO,
                owed=NO,
                cancelling=NO,
                places=(NOBODY, NOBODY),
                ready=(False, True),
                fed=(),
                pending=(),
                changing=False,
                wire=(),
                sent=(),
                peer=QUIET,
                closed=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"side": (READER, WRITER)}

    # The two tasks

    @action(writes=(*WAITING, *MOVING), fair=False)
    def begin(self, state: State, side: int) -> State:
        """The task reads, or writes one record."""
        return self.attempt(state, side)

    @begin.guard
    def can_begin(self, state: State, side: int) -> bool:
        has_room = side == READER or len(state.pending) < self.pending_max
        return not state.waits[side] and not state.closed and has_room

    @action(writes=(*WAITING, "cancelling", *MOVING))
    def poll(self, state: State, side: int) -> State:
        """The task runs that was woken: it looks, and leaves, or goes on, or waits on."""
        state = state._replace(owed=put(state.owed, side, False))
        if state.cancelling[side]:
            return self.leave(state, side, hands_on=bool(state.pending))
        if not self.is_due(state, side):
            return state
        has_written = not state.needs[side][INPUT]
        state = self.leave(state, side)
        return state if state.closed else self.attempt(state, side, has_written=has_written)

    @poll.guard
    def can_poll(self, state: State, side: int) -> bool:
        return state.owed[side]

    @action(writes=("cancelling", "owed"), fair=False)
    def cancel(self, state: State, side: int) -> State:
        """A task that waits is cancelled."""
        return state._replace(
            cancelling=put(state.cancelling, side, True), owed=put(state.owed, side, True)
        )

    @cancel.guard
    def can_cancel(self, state: State, side: int) -> bool:
        return state.waits[side] and not state.cancelling[side]

    @action(writes=("owed",), fair=False)
    def wake_for_no_reason(self, state: State, side: int) -> State:
        """Somebody wakes a task that waits."""
        return state._replace(owed=put(state.owed, side, True))

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: State, side: int) -> bool:
        return state.waits[side] and not state.owed[side]

    @action(writes=("closed", "ready", "places", "owed"), fair=False)
    def close(self, state: State) -> State:
        """The stream is closed: who stands in a place is woken."""
        owed = tuple(state.owed[side] or side in state.places for side in (READER, WRITER))
        return state._replace(closed=True, ready=(True, True), places=(NOBODY, NOBODY), owed=owed)

    @close.guard
    def can_close(self, state: State) -> bool:
        return not state.closed

    # The peer and the network

    @action(writes=("wire", "ready", "owed"), fair=False)
    def peer_sends(self, state: State) -> State:
        """Application data."""
        return self.arrive(state, DATA)

    @peer_sends.guard
    def can_peer_send(self, state: State) -> bool:
        return self.can_arrive(state) and state.peer == QUIET

    @action(writes=("peer", "wire", "ready", "owed"), fair=False)
    def peer_asks(self, state: State) -> State:
        """The peer begins a change of keys, which needs an answer."""
        return self.arrive(state._replace(peer=ASKED), ASK)

    @peer_asks.guard
    def can_peer_ask(self, state: State) -> bool:
        return self.can_arrive(state) and state.peer == QUIET

    @action(writes=("peer", "wire", "ready", "owed"), fair=False)
    def peer_finishes(self, state: State) -> State:
        """The peer has the answer, and ends the change."""
        return self.arrive(state._replace(peer=QUIET), DONE)

    @peer_finishes.guard
    def can_peer_finish(self, state: State) -> bool:
        return self.can_arrive(state) and state.peer == ANSWERED

    @action(writes=("sent", "peer", "ready", "owed"), fair=False)
    def peer_reads(self, state: State) -> State:
        """The peer takes all that was sent."""
        peer = ANSWERED if ANSWER in state.sent else state.peer
        was_full = len(state.sent) == self.room
        state = state._replace(sent=(), peer=peer)
        return self.event(state, ROOM) if was_full else state

    @peer_reads.guard
    def can_peer_read(self, state: State) -> bool:
        return bool(state.sent) and not state.closed

    def can_arrive(self, state: State) -> bool:
        """Whether the socket can receive more."""
        return len(state.wire) < self.wire_max and not state.closed

    def arrive(self, state: State, what: str) -> State:
        """A message has come."""
        return self.event(state._replace(wire=(*state.wire, what)), INPUT)

    def event(self, state: State, direction: int) -> State:
        """The flag goes up; who stands in the place is woken."""
        side = state.places[direction]
        owed = state.owed if side == NOBODY else put(state.owed, side, True)
        return state._replace(ready=put(state.ready, direction, True), owed=owed)

    # What the stream does, each in one step

    def attempt(self, state: State, side: int, *, has_written: bool = False) -> State:
        """Step, receive and step, send; wait if that is not enough."""
        state, is_done = (state, True) if has_written else self.step(state, side)
        has_received = False
        if not is_done and state.ready[INPUT]:
            has_received = bool(state.wire)
            state = state._replace(
                ready=put(state.ready, INPUT, False), fed=state.fed + state.wire, wire=()
            )
            state, is_done = self.step(state, side)
        before = len(state.sent)
        state = self.send(state)
        state = self.tell(state, 1 - side, (has_received, len(state.sent) > before))
        if not is_done:
            return self.stand(state, side, needs_input=True)
        if side == WRITER and state.pending:
            return self.stand(state, side, needs_input=False)
        return state

    def step(self, state: State, side: int) -> tuple[State, bool]:
        """The engine goes on as far as it can; whether the operation has what it wants of it."""
        while (side == READER or state.changing) and state.fed and state.fed[0] != DATA:
            message, fed = state.fed[0], state.fed[1:]
            answer = (ANSWER,) if message == ASK else ()
            state = state._replace(fed=fed, changing=message == ASK, pending=state.pending + answer)
        if side == READER:
            return state._replace(fed=state.fed[1:]), bool(state.fed)
        if state.changing:
            return state, False
        return state._replace(pending=(*state.pending, RECORD)), True

    def send(self, state: State) -> State:
        """Send what there is room for."""
        if not state.pending or not state.ready[ROOM]:
            return state
        number = min(self.room - len(state.sent), len(state.pending))
        return state._replace(
            sent=state.sent + state.pending[:number],
            pending=state.pending[number:],
            ready=put(state.ready, ROOM, number == len(state.pending)),
        )

    def stand(self, state: State, side: int, *, needs_input: bool) -> State:
        """Wait, in the places that are free."""
        needs = (needs_input, bool(state.pending))
        places = tuple(
            side if needed and holder == NOBODY else holder
            for needed, holder in zip(needs, state.places, strict=True)
        )
        return state._replace(
            waits=put(state.waits, side, True),
            needs=put(state.needs, side, needs),
            told=put(state.told, side, False),
            places=places,
        )

    def leave(self, state: State, side: int, *, hands_on: bool = False) -> State:
        """Wait no more, and tell the other one of the places that are free, or of what is left."""
        freed = (state.places[INPUT] == side, state.places[ROOM] == side)
        places = tuple(
            NOBODY if free else holder for free, holder in zip(freed, state.places, strict=True)
        )
        state = state._replace(
            waits=put(state.waits, side, False),
            needs=put(state.needs, side, (False, False)),
            told=put(state.told, side, False),
            cancelling=put(state.cancelling, side, False),
            places=places,
        )
        return self.tell(state, 1 - side, (True, True) if hands_on or state.closed else freed)

    def tell(self, state: State, side: int, news: Pair) -> State:
        """Something has changed in these directions: wake the side if it needs one of them."""
        needs = state.needs[side]
        if not state.waits[side] or not any(a and b for a, b in zip(needs, news, strict=True)):
            return state
        return state._replace(told=put(state.told, side, True), owed=put(state.owed, side, True))

    def is_due(self, state: State, side: int) -> bool:
        """Whether what the side waits for may be there."""
        needs = zip(state.needs[side], state.ready, strict=True)
        return state.told[side] or state.closed or any(need and ready for need, ready in needs)
