"""The variables and steps of a split stream's machine; what they model: see `stream_halves.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

READER, WRITER, INTRUDER = 0, 1, 2
SIDES = (READER, WRITER)
Pair = tuple[bool, ...]
NO: Pair = (False, False)
YES: Pair = (True, True)

AWAY, LOOKS, TRIES, TOUCHES, STANDS, SLEEPS = (
    "away",
    "looks",
    "tries",
    "touches",
    "stands",
    "sleeps",
)
LEAVE, RAISE, WAKE, END, COUNT = "leave", "raise", "wake", "end", "count"
OPEN, ENDED, RESET = "open", "ended", "reset"
PIECE, FIN = "piece", "fin"
DONE, CLOSED, BROKEN, BUSY, CANCELLED = "done", "closed", "broken", "busy", "cancelled"
NOTHING = (-1, "")

Closing = tuple[tuple[str, int], ...]


class State(NamedTuple):
    """The variables; see the head of `stream_halves.py`."""

    has: Pair = YES
    at: tuple[str, ...] = (AWAY, AWAY)
    rest: int = 0
    owed: Pair = NO
    cancelling: Pair = NO
    ready: Pair = (False, True)
    closing: Closing = ()
    inbox: bool = False
    wire: tuple[str, ...] = ()
    peer: str = OPEN
    error: bool = False
    ends: int = 0
    closings: int = 0
    outcome: tuple[int, str] = NOTHING


EVERYTHING = State._fields


class StreamHalvesSteps(Machine[State]):
    """The steps; `stream_halves.py` says what has to hold."""

    pieces: int = 2
    room: int = 1

    order = (LEAVE, RAISE, WAKE, END, COUNT)
    """What a close does, in which order."""

    def initial(self) -> Iterable[State]:
        return [State()]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"side": SIDES}

    # The tasks

    @action(writes=EVERYTHING, fair=False)
    def begin(self, state: State, side: int) -> State:
        """The task of this half reads, or writes so many pieces."""
        state = state._replace(outcome=NOTHING)
        if not state.has[side]:
            return self.finish(state, side, CLOSED)
        rest = self.pieces if side == WRITER else state.rest
        return self.settle(state._replace(at=put(state.at, side, LOOKS), rest=rest), side)

    @begin.guard
    def can_begin(self, state: State, side: int) -> bool:
        return state.at[side] == AWAY

    @action(writes=("outcome",), fair=False)
    def intrude(self, state: State, side: int) -> State:
        """A second task uses a half in which another one has its place."""
        return state._replace(outcome=(INTRUDER, BUSY if state.has[side] else CLOSED))

    @intrude.guard
    def can_intrude(self, state: State, side: int) -> bool:
        return self.is_taken(state, side)

    def is_taken(self, state: State, side: int) -> bool:
        """Whether whoever comes finds another task there."""
        return state.at[side] == SLEEPS

    @action(writes=EVERYTHING)
    def poll(self, state: State, side: int) -> State:
        """The task runs that was woken."""
        state = state._replace(owed=put(state.owed, side, False), outcome=NOTHING)
        if state.cancelling[side]:
            return self.finish(state, side, CANCELLED)
        return self.settle(state._replace(at=put(state.at, side, STANDS)), side)

    @poll.guard
    def can_poll(self, state: State, side: int) -> bool:
        return state.at[side] == SLEEPS and state.owed[side]

    @action(writes=("cancelling", "owed", "outcome"), fair=False)
    def cancel(self, state: State, side: int) -> State:
        """A task that waits is cancelled."""
        cancelling = put(state.cancelling, side, True)
        return self.wake(state._replace(cancelling=cancelling, outcome=NOTHING), side)

    @cancel.guard
    def can_cancel(self, state: State, side: int) -> bool:
        return state.at[side] == SLEEPS and not state.cancelling[side]

    @action(writes=("owed", "outcome"), fair=False)
    def wake_for_no_reason(self, state: State, side: int) -> State:
        """Somebody wakes a task that waits."""
        return self.wake(state._replace(outcome=NOTHING), side)

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: State, side: int) -> bool:
        return state.at[side] == SLEEPS and not state.owed[side]

    # Closing

    @action(writes=EVERYTHING, fair=False)
    def close(self, state: State, side: int) -> State:
        """One half is closed. Once more does nothing."""
        return self.begin_to_close(state, (side,))

    @close.guard
    def can_close(self, state: State, side: int) -> bool:
        return not state.closing

    @action(writes=EVERYTHING, fair=False)
    def close_the_stream(self, state: State) -> State:
        """The stream that was split is closed, and with it both halves."""
        return self.begin_to_close(state, SIDES)

    @close_the_stream.guard
    def can_close_the_stream(self, state: State) -> bool:
        return not state.closing

    # The peer

    @action(writes=("inbox", "ready", "owed", "outcome"), fair=False)
    def peer_sends(self, state: State) -> State:
        """One byte arrives."""
        return self.event(state._replace(inbox=True), READER)

    @peer_sends.guard
    def can_peer_send(self, state: State) -> bool:
        return state.peer == OPEN and not state.inbox and not state.closings

    @action(writes=("peer", "ready", "owed", "outcome"), fair=False)
    def peer_ends(self, state: State) -> State:
        """It writes no more, and goes on reading."""
        return self.event(state._replace(peer=ENDED), READER)

    @peer_ends.guard
    def can_peer_end(self, state: State) -> bool:
        return state.peer == OPEN and not state.closings

    @action(writes=("peer", "error", "wire", "ready", "owed", "outcome"), fair=False)
    def peer_resets(self, state: State) -> State:
        """It is gone. What had arrived can still be read; what was on its way is forgotten."""
        state = self.event(state._replace(peer=RESET, error=True, wire=()), READER)
        return self.event(state, WRITER)

    @peer_resets.guard
    def can_peer_reset(self, state: State) -> bool:
        return state.peer == OPEN and not state.closings

    @action(writes=("wire", "ready", "owed", "outcome"), fair=False)
    def peer_reads(self, state: State) -> State:
        """It takes all that was sent."""
        was_full = state.wire.count(PIECE) == self.room
        state = state._replace(wire=(), outcome=NOTHING)
        return self.event(state, WRITER) if was_full and not state.closings else state

    @peer_reads.guard
    def can_peer_read(self, state: State) -> bool:
        return bool(state.wire)

    def event(self, state: State, side: int) -> State:
        """The flag goes up; who stands there is woken."""
        state = state._replace(ready=put(state.ready, side, True), outcome=NOTHING)
        return self.wake(state, side) if state.at[side] in (STANDS, SLEEPS) else state

    # What a task does in its half, one step at a time

    def settle(self, state: State, side: int) -> State:
        """As far as the task comes before anybody else does something: until it sleeps or ends."""
        while state.at[side] not in (AWAY, SLEEPS):
            state = self.go(state, side)
        return state

    def go(self, state: State, side: int) -> State:
        """One step of a task that runs."""
        at = state.at[side]
        if at == TOUCHES:
            return self.touch(state, side)
        if at == TRIES:  # which socket does the half have?
            if not state.has[side]:
                return self.finish(state, side, CLOSED)
            return state._replace(at=put(state.at, side, TOUCHES))
        if state.ready[
            side
        ]:  # it looks, with or without a place: the flag goes down before it tries
            ready = put(state.ready, side, False)
            return state._replace(ready=ready, at=put(state.at, side, TRIES))
        return state._replace(at=put(state.at, side, STANDS if at == LOOKS else SLEEPS))

    def touch(self, state: State, side: int) -> State:
        """Read from the socket that it had, or write to it."""
        if state.closings or (side == WRITER and state.ends):
            return self.finish(state, side, BROKEN if state.has[side] else CLOSED)
        return self.receive(state) if side == READER else self.send(state)

    def receive(self, state: State) -> State:
        """Take what is there, in this order: bytes, a reset, the end."""
        if state.inbox:
            return self.finish(state._replace(inbox=False), READER, DONE)
        if state.error:
            return self.finish(state._replace(error=False), READER, RESET)
        if state.peer != OPEN:
            return self.finish(state, READER, ENDED)
        return state._replace(at=put(state.at, READER, LOOKS))

    def send(self, state: State) -> State:
        """Send what there is room for."""
        if state.peer == RESET:
            return self.finish(state._replace(error=False), WRITER, BROKEN)
        number = min(self.room - state.wire.count(PIECE), state.rest)
        state = state._replace(rest=state.rest - number, wire=state.wire + (PIECE,) * number)
        if not state.rest:
            return self.finish(state, WRITER, DONE)
        return state._replace(at=put(state.at, WRITER, LOOKS))

    def finish(self, state: State, side: int, outcome: str) -> State:
        """The operation has ended. Cancelled, it has not touched the flag."""
        is_ready = state.ready[side] if outcome == CANCELLED else True
        return state._replace(
            at=put(state.at, side, AWAY),
            rest=0 if side == WRITER else state.rest,
            owed=put(state.owed, side, False),
            cancelling=put(state.cancelling, side, False),
            ready=put(state.ready, side, is_ready),
            outcome=(side, outcome),
        )

    def wake(self, state: State, side: int) -> State:
        """The task is owed a poll."""
        return state._replace(owed=put(state.owed, side, True))

    # What a close does, one step at a time

    def begin_to_close(self, state: State, sides: Sequence[int]) -> State:
        """Those halves among `sides` that are open."""
        steps = tuple(
            (step, side)
            for side in sides
            if state.has[side]
            for step in self.order
            if step != END or side == WRITER
        )
        return self.carry_out(state._replace(closing=steps, outcome=NOTHING))

    def carry_out(self, state: State) -> State:
        """All steps of a close, if nobody can come in between."""
        while state.closing:
            state = self.close_on(state)
        return state

    def close_on(self, state: State) -> State:
        """The next step of a close."""
        step, side = state.closing[0]
        state = state._replace(closing=state.closing[1:])
        if step == LEAVE:
            return state._replace(has=put(state.has, side, False))
        if step == RAISE:
            return state._replace(ready=put(state.ready, side, True))
        if step == WAKE:
            stands = state.at[side] in (STANDS, SLEEPS)
            return self.wake(state, side) if stands else state
        if step == END:
            end = () if state.peer == RESET else (FIN,)
            return state._replace(ends=state.ends + 1, wire=state.wire + end)
        if any(state.has):
            return state
        return state._replace(closings=state.closings + 1, inbox=False, error=False)
