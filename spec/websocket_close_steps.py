"""The variables and steps of a WebSocket's close; what they model: see `websocket_close.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zokio.model import Machine, action, put

USER, STOP, ANSWER = 0, 1, 2
"""Who writes a close frame: a task of the user, the shutdown, the answer to the peer's."""
CODES = (3000, 1001, 4000)
"""With this code; an answer has the peer's."""
PEER, BROKEN = CODES[ANSWER], 1006
AWAY, QUEUED, WAITS = "away", "queued", "waits"
OPEN, ENDED, CUT = "open", "ended", "cut"
DATA, PING, CLOSE = "data", "ping", "close"


class State(NamedTuple):
    """The variables; see the head of `websocket_close.py`."""

    sending: bool = False
    at: tuple[str, ...] = (AWAY, AWAY)
    queue: tuple[int, ...] = ()
    stopped: bool = False
    ours: tuple[int, ...] = ()
    last: str = ""
    theirs: bool = False
    link: str = OPEN
    told: int = 0
    over: bool = False
    heard: bool = False
    asked: bool = False
    raised: int = 0


EVERYTHING = State._fields


class WebSocketCloseSteps(Machine[State]):
    """The steps; `websocket_close.py` says what has to hold."""

    def initial(self) -> Iterable[State]:
        return [State()]

    # The user

    @action(writes=EVERYTHING, fair=False)
    def send(self, state: State) -> State:
        """A task sends more than the peer's buffer holds."""
        if state.ours or state.theirs or state.link == CUT:
            return state._replace(raised=state.told)
        return state._replace(sending=True, last=DATA, raised=0)

    @send.guard
    def can_send(self, state: State) -> bool:
        return not state.sending

    @action(writes=EVERYTHING, fair=False)
    def cancel_send(self, state: State) -> State:
        """In the middle of its frame, behind which nothing could follow."""
        return self.cut(state._replace(raised=0))

    @cancel_send.guard
    def can_cancel_send(self, state: State) -> bool:
        return state.sending

    @action(writes=EVERYTHING, fair=False)
    def close(self, state: State) -> State:
        """A task closes it."""
        return self.begin_close(state._replace(raised=0), USER)

    @close.guard
    def can_close(self, state: State) -> bool:
        return state.at[USER] == AWAY

    @action(writes=("at", "queue", "raised"), fair=False)
    def cancel_close(self, state: State) -> State:
        """That task is cancelled; if the close was sent, it stays so."""
        queue = tuple(who for who in state.queue if who != USER)
        return state._replace(at=put(state.at, USER, AWAY), queue=queue, raised=0)

    @cancel_close.guard
    def can_cancel_close(self, state: State) -> bool:
        return state.at[USER] != AWAY

    @action(writes=EVERYTHING, fair=False)
    def shut_down(self, state: State) -> State:
        """The server stops gracefully, and closes it."""
        return self.begin_close(state._replace(stopped=True, raised=0), STOP)

    @shut_down.guard
    def can_shut_down(self, state: State) -> bool:
        return not state.stopped

    # The peer

    @action(writes=EVERYTHING, fair=False)
    def peer_reads(self, state: State) -> State:
        """It reads all there is: the frame goes out, and who waits for the lock has its turn."""
        return self.take_turns(state._replace(sending=False, raised=0))

    @peer_reads.guard
    def can_peer_read(self, state: State) -> bool:
        return state.sending

    @action(writes=EVERYTHING, fair=False)
    def peer_closes(self, state: State) -> State:
        """Its close comes, first or as an answer."""
        state = state._replace(theirs=True, heard=True, raised=0)
        if state.ours:
            return self.end(state)
        state = state._replace(told=PEER, queue=(*state.queue, ANSWER))
        return state if state.sending else self.take_turns(state)

    @peer_closes.guard
    def can_peer_close(self, state: State) -> bool:
        return self.is_listened_to(state)

    @action(writes=EVERYTHING, fair=False)
    def peer_ends(self, state: State) -> State:
        """Its side of the connection ends, after a close or without one."""
        state = state._replace(link=ENDED, raised=0)
        return state if ANSWER in state.queue else self.end(self.note(state, BROKEN))

    @peer_ends.guard
    def can_peer_end(self, state: State) -> bool:
        return state.link == OPEN and not state.over

    @action(writes=("heard", "raised"), fair=False)
    def peer_pongs(self, state: State) -> State:
        """Something comes that shows that it is alive."""
        return state._replace(heard=True, raised=0)

    @peer_pongs.guard
    def can_peer_pong(self, state: State) -> bool:
        return self.is_listened_to(state)

    def is_listened_to(self, state: State) -> bool:
        """Whether the peer can send, and is read from."""
        return state.link == OPEN and not state.theirs and not state.over

    # Time

    @action(writes=EVERYTHING)
    def time_passes(self, state: State) -> State:
        """More than may be waited for a write, for an answer to a close, and between two pings."""
        state = state._replace(raised=0)
        if state.sending:
            cut = self.cut(state)
            return cut._replace(raised=cut.told)
        if state.at != (AWAY, AWAY) or (state.asked and not state.heard):
            return self.cut(state)
        if state.heard:
            return state._replace(heard=False, asked=False)
        pinged = state if state.ours else state._replace(last=PING)
        return pinged._replace(asked=True)

    @time_passes.guard
    def can_time_pass(self, state: State) -> bool:
        return not state.over or state.sending

    # What follows at once

    def note(self, state: State, code: int) -> State:
        """It has ended so; the first end is the one that is told."""
        return state._replace(told=state.told or code)

    def begin_close(self, state: State, who: int) -> State:
        """Ask for the lock, which only a frame under way holds."""
        state = state._replace(queue=(*state.queue, who), at=put(state.at, who, QUEUED))
        return state if state.sending else self.take_turns(state)

    def take_turns(self, state: State) -> State:
        """Whoever waits for the lock writes, one after another, or finds that all was said."""
        for who in state.queue:
            if who == ANSWER or not (state.ours or state.told):
                state = self.note(state, CODES[who])
                state = state._replace(ours=(*state.ours, CODES[who]), last=CLOSE)
            if who == ANSWER:
                state = state._replace(over=True)
            else:
                state = state._replace(at=put(state.at, who, WAITS))
        state = state._replace(queue=())
        return self.end(state) if state.over else state

    def end(self, state: State) -> State:
        """Nothing more is read, and whoever waits for that goes on."""
        at = tuple(AWAY if each == WAITS else each for each in state.at)
        return state._replace(over=True, at=at, heard=False, asked=False)

    def cut(self, state: State) -> State:
        """The connection is broken off, and nobody waits for anything."""
        state = self.note(state, BROKEN)._replace(sending=False, queue=(), link=CUT)
        return self.end(state._replace(at=(AWAY, AWAY)))
