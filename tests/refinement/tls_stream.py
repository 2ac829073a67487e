"""The machine of a TLS stream on a real one, whose socket and engine do what they are told.

A message of the machine is one byte.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable

from spec.tls_stream_steps import (
    ANSWER,
    ANSWERED,
    ASK,
    ASKED,
    DATA,
    DONE,
    NO,
    NOBODY,
    QUIET,
    READER,
    RECORD,
    WRITER,
    Pair,
    State,
)
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.core.task import Task
from zokio.net import TcpStream
from zokio.net.tls.engine import MORE, Engine, Needs
from zokio.net.tls.stream import TlsStream
from zokio.reactor.contract import Reactor
from zokio.reactor.simulated_socket import SimulatedSocket

LETTERS = {DATA: b"d", ASK: b"k", DONE: b"f", RECORD: b"r", ANSWER: b"a"}
NAMES = {letter[0]: name for name, letter in LETTERS.items()}


def names(letters: bytes | bytearray) -> tuple[str, ...]:
    """The messages behind these bytes."""
    return tuple(NAMES[letter] for letter in letters)


class ToldEngine(Engine):
    """An engine for which every byte is a message."""

    def __init__(self) -> None:
        self.fed = bytearray()
        self.pending = bytearray()
        self.changing = False

    def read(self, n: int) -> Needs | bytes:
        self._look(is_reading=True)
        if not self.fed:
            return MORE
        return bytes([self.fed.pop(0)])

    def write(self, data: memoryview) -> Needs | int:
        self._look(is_reading=False)
        if self.changing:
            return MORE
        self.pending += LETTERS[RECORD]
        return len(data)

    def _look(self, *, is_reading: bool) -> None:
        """Look at what comes before the data; a write does so while it cannot go on."""
        while (is_reading or self.changing) and self.fed[:1] in (LETTERS[ASK], LETTERS[DONE]):
            self.changing = self.fed[:1] == LETTERS[ASK]
            if self.changing:
                self.pending += LETTERS[ANSWER]
            del self.fed[0]

    def feed(self, data: bytes) -> None:
        self.fed += data

    def has_output(self) -> bool:
        return bool(self.pending)

    def output(self, n: int) -> bytes:
        data = bytes(self.pending)
        self.pending.clear()
        return data


class ToldSocket(SimulatedSocket):
    """A socket with so much room, whose peer is the test."""

    def __init__(self, reactor: Reactor, room: int) -> None:
        inner = reactor.socket(socket.AF_INET)
        assert isinstance(inner, SimulatedSocket)
        super().__init__(inner._network)
        self.room = room
        self.wire = bytearray()
        self.sent = bytearray()

    def recv(self, size: int, /) -> bytes:
        if not self.wire:
            raise BlockingIOError(errno.EAGAIN, "nothing is there")
        data = bytes(self.wire)
        self.wire.clear()
        return data

    def send(self, data: bytes | bytearray | memoryview, /) -> int:
        number = min(self.room - len(self.sent), len(data))
        if number == 0:
            raise BlockingIOError(errno.EAGAIN, "there is no room")
        self.sent += data[:number]
        return number


class TlsStreamAdapter(WaitingAdapter):
    """A TlsStream that two tasks use."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], room: int) -> None:
        super().__init__(make_reactor, 2)
        self.room = room

    def start(self, state: State) -> None:
        self.begin_tasks(NotedQueue())
        self.engine = ToldEngine()
        self.peer = QUIET
        with self.runtime.entered():
            self.socket = ToldSocket(self.runtime.reactor, self.room)
            self.stream = TlsStream(TcpStream(self.socket), self.engine)
        self.exchange = self.stream._exchange
        self.registration = self.stream._registration

    # Actions

    def begin(self, side: int) -> None:
        stream = self.stream
        self.tell(
            side, (lambda: stream.read(1)) if side == READER else lambda: stream.write_all(b"x")
        )

    def wake_for_no_reason(self, side: int) -> None:
        self.wake(side)

    def close(self) -> None:
        with self.runtime.entered():
            self.stream.abort()

    def peer_sends(self) -> None:
        self.arrive(DATA)

    def peer_asks(self) -> None:
        self.peer = ASKED
        self.arrive(ASK)

    def peer_finishes(self) -> None:
        self.peer = QUIET
        self.arrive(DONE)

    def peer_reads(self) -> None:
        if LETTERS[ANSWER] in self.socket.sent:
            self.peer = ANSWERED
        was_full = len(self.socket.sent) == self.room
        self.socket.sent.clear()
        if was_full:
            self.event(readable=0, writable=1)

    def arrive(self, what: str) -> None:
        self.socket.wire += LETTERS[what]
        self.event(readable=1, writable=0)

    def event(self, *, readable: int, writable: int) -> None:
        batch: list[Task] = []
        self.registration.event(readable, writable, 0, batch)
        with self.runtime.entered():
            for task in batch:
                task.wake()

    # What the runtime's state means

    def abstraction(self) -> State:
        sides = (self.exchange.reading, self.exchange.writing)
        waits = tuple(side.task is not None for side in sides)
        holders = (self.registration.reader, self.registration.writer)
        return State(
            waits=waits,
            needs=tuple((side.needs_input, side.needs_room) if side.task else NO for side in sides),
            told=tuple(side.task is not None and side.is_told for side in sides),
            owed=tuple(task in self.runtime.queue.ready for task in self.tasks),
            cancelling=self.cancelling(),
            places=tuple(NOBODY if task is None else self.tasks.index(task) for task in holders),
            ready=(self.registration.readable, self.registration.writable),
            fed=names(self.engine.fed),
            pending=names(self.exchange._unsent) + names(self.engine.pending),
            changing=self.engine.changing,
            wire=names(self.socket.wire),
            sent=names(self.socket.sent),
            peer=self.peer,
            closed=self.registration.closed,
        )

    def cancelling(self) -> Pair:
        return tuple(
            puppet.scope is not None and puppet.scope.cancel_called for puppet in self.puppets
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.exchange.check_invariants()
        for side, state in ((READER, self.exchange.reading), (WRITER, self.exchange.writing)):
            assert state.task in (None, self.tasks[side]), "a stranger is in the stream"
            assert state.is_busy == (self.puppets[side].scope is not None), "busy, and not used"
