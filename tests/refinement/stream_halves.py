"""The machine of a split stream on real halves, over the simulated network.

A piece of the machine is a whole buffer of the network, a byte that arrives is one byte.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from spec.stream_halves_steps import (
    AWAY,
    BROKEN,
    BUSY,
    CANCELLED,
    CLOSED,
    DONE,
    ENDED,
    FIN,
    INTRUDER,
    NOTHING,
    OPEN,
    PIECE,
    READER,
    RESET,
    SIDES,
    SLEEPS,
    WRITER,
    State,
)
from tests.helpers.connected_pair import simulated_pair
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.errors import BrokenError, BusyError, Cancelled, ClosedError
from zokio.net import TcpStream
from zokio.net.given_away import GivenAway
from zokio.reactor.contract import Socket
from zokio.reactor.simulated_socket import BUFFER_BYTES


class CountedSocket:
    """A socket which counts what it sends, and what may be done once only."""

    def __init__(self, inner: Socket) -> None:
        self.inner = inner
        self.sent_bytes = 0
        self.ends = 0
        self.closings = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def send(self, data: bytes | bytearray | memoryview) -> int:
        sent = self.inner.send(data)
        self.sent_bytes += sent
        return sent

    def shutdown(self, how: int) -> None:
        self.ends += 1
        self.inner.shutdown(how)

    def close(self) -> None:
        self.closings += 1
        self.inner.close()


class StreamHalvesAdapter(WaitingAdapter):
    """A stream that was split, two tasks that use a half each, and a third that comes between."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], pieces: int) -> None:
        super().__init__(make_reactor, 3)
        self.pieces = pieces

    def start(self, state: State) -> None:
        self.begin_tasks(NotedQueue())
        self.outcome = NOTHING
        self.peer = OPEN
        self.has_heard_the_end = False
        self.sent_before = 0
        with self.runtime.entered():
            self.pair = simulated_pair(self.runtime.reactor)
            self.socket = CountedSocket(self.pair.ours)
            self.stream = TcpStream(cast("Socket", self.socket))
            self.registration = self.stream._registration
            self.reader, self.writer = self.stream.split()
        self.visit()

    # Actions

    def begin(self, side: int) -> None:
        self.sent_before = self.sent_before if side == READER else self.socket.sent_bytes
        self.use(side, side)

    def intrude(self, side: int) -> None:
        self.use(INTRUDER, side)

    def use(self, task: int, side: int) -> None:
        """Have the task read or write."""
        data = bytes(self.pieces * BUFFER_BYTES)
        reader, writer = self.reader, self.writer
        self.outcome = NOTHING
        self.tell(
            task,
            lambda: self.noted(
                task, (lambda: reader.read(1)) if side == READER else lambda: writer.write_all(data)
            ),
        )

    async def noted(self, task: int, operation: Callable[[], Awaitable[bytes | None]]) -> None:
        """Note how the operation ends."""
        try:
            data = await operation()
            self.outcome = task, ENDED if data == b"" else DONE
        except ClosedError:
            self.outcome = task, CLOSED
        except BusyError:
            self.outcome = task, BUSY
        except BrokenError:
            self.outcome = task, RESET if task == READER else BROKEN
        except Cancelled:
            self.outcome = task, CANCELLED
            raise

    def poll(self, task: int) -> None:
        self.outcome = NOTHING
        self.step(task)

    def cancel(self, task: int) -> None:
        self.outcome = NOTHING
        super().cancel(task)

    def wake_for_no_reason(self, task: int) -> None:
        self.outcome = NOTHING
        self.wake(task)

    def close(self, side: int) -> None:
        self.outcome = NOTHING
        with self.runtime.entered():
            (self.reader, self.writer)[side].close()

    def close_the_stream(self) -> None:
        self.outcome = NOTHING
        with self.runtime.entered():
            self.stream.close()

    def peer_sends(self) -> None:
        self.pair.send(b"x")
        self.visit()

    def peer_ends(self) -> None:
        self.peer = ENDED
        self.pair.end()
        self.visit()

    def peer_resets(self) -> None:
        self.peer = RESET
        self.pair.reset()
        self.visit()

    def peer_reads(self) -> None:
        self.has_heard_the_end = self.pair._theirs.has_ended()
        try:
            self.pair.drain()
        except ConnectionResetError:
            pass  # the socket was closed with something unread, which the machine leaves out
        self.visit()

    def visit(self) -> None:
        """What has happened reaches the registration."""
        self.outcome = NOTHING
        with self.runtime.entered():
            self.runtime.turn(may_wait=False)

    # What the runtime's state means

    def abstraction(self) -> State:
        ours, is_closed = self.pair._ours, self.socket.closings > 0
        return State(
            has=self.has(),
            at=tuple(AWAY if self.puppets[side].scope is None else SLEEPS for side in SIDES),
            rest=self.rest(),
            owed=tuple(self.tasks[side] in self.runtime.queue.ready for side in SIDES),
            cancelling=self.cancelling(),
            ready=(self.registration.readable, self.registration.writable),
            inbox=not is_closed and bool(ours._received),
            wire=self.wire(),
            peer=self.peer,
            error=not is_closed and bool(ours._error),
            ends=self.socket.ends,
            closings=self.socket.closings,
            outcome=self.outcome,
        )

    def has(self) -> tuple[bool, ...]:
        """By side: whether the half was not closed."""
        halves = (self.reader, self.writer)
        return tuple(not isinstance(half._socket, GivenAway) for half in halves)

    def cancelling(self) -> tuple[bool, ...]:
        scopes = [self.puppets[side].scope for side in SIDES]
        return tuple(scope is not None and scope.cancel_called for scope in scopes)

    def rest(self) -> int:
        """How many pieces a write that goes on has not sent."""
        if self.puppets[WRITER].scope is None:
            return 0
        return self.pieces - (self.socket.sent_bytes - self.sent_before) // BUFFER_BYTES

    def wire(self) -> tuple[str, ...]:
        """What the peer has not read."""
        theirs = self.pair._theirs
        if self.peer == RESET:
            return ()
        is_over = theirs.has_ended() and not self.has_heard_the_end
        return (PIECE,) * (len(theirs._received) // BUFFER_BYTES) + (FIN,) * is_over

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.registration.check_invariants()
        assert self.reader._split._halves_open == sum(self.has()), (
            "a half was counted twice, or not at all"
        )

    def stop(self) -> None:
        super().stop()
        self.pair.close_theirs()
