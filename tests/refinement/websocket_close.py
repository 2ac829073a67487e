"""The machine of a WebSocket's close on the real one, over a simulated socket in virtual time.

A step of the machine is taken until every task waits. The peer is played here, in frames; what it
has got of ours is read from the bytes. The user's message is one byte more than the buffer of the
network: it goes out when the peer reads, and not before.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Coroutine

from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Pong

from spec.websocket_close_steps import (
    ANSWER,
    AWAY,
    CLOSE,
    CODES,
    CUT,
    DATA,
    ENDED,
    OPEN,
    PEER,
    PING,
    QUEUED,
    STOP,
    USER,
    WAITS,
    State,
)
from tests.helpers.connected_pair import SimulatedPair, simulated_pair
from tests.helpers.stage import Stage
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from zokio.core.task import Task
from zokio.http.limits import Limits
from zokio.http.upgrade import Upgraded
from zokio.http.websocket.closing import WebSocketClosed
from zokio.http.websocket.socket import Settings, WebSocket
from zokio.net.tcp_stream import TcpStream
from zokio.reactor.simulated_socket import BUFFER_BYTES
from zokio.runtime.group import TaskGroup
from zokio.runtime.scope import CancelScope
from zokio.sync.event import Event

MESSAGE = bytes(BUFFER_BYTES + 1)
LONG_NS = 1_000 * 10**9
"""More than any time that the WebSocket waits for."""
NAMES = {USER: "close", STOP: "WebSocket shutdown", ANSWER: "WebSocket reader"}
"""Of the tasks."""
CLOSERS = {name: who for who, name in NAMES.items()}
KINDS = {2: DATA, 8: CLOSE, 9: PING}


def frames_in(data: bytes) -> list[tuple[str, bytes]]:
    """The frames of a server, the last one maybe in part: kind and what they carry."""
    found = []
    while data:
        size, begin = data[1] & 0x7F, 2
        if size == 127:
            size, begin = struct.unpack("!Q", data[2:10])[0], 10
        found.append((KINDS[data[0] & 0x0F], data[begin : begin + size]))
        data = data[begin + size :]
    return found


class WebSocketCloseAdapter:
    """See `zokio.model.Adapter`, and the head of this file."""

    def start(self, state: State) -> None:
        self.stage = Stage(VIRTUAL_REACTORS["simulated"])
        self.drained = b""
        self.client = Connection(ConnectionType.CLIENT)
        self.theirs, self.ended, self.raised = False, False, 0
        self.scopes: dict[str, CancelScope] = {}
        self.stage.call(self._connect)
        self._settle()

    def _connect(self) -> None:
        self.pair: SimulatedPair = simulated_pair(self.stage.runtime.reactor)
        self.upgraded = Upgraded(TcpStream(self.pair.ours), b"", Limits())
        settings = Settings(max_message=1_000, ping_interval=20, close_timeout=5)
        self.ws = WebSocket(self.upgraded, Connection(ConnectionType.SERVER), settings, None)
        self.stage.runtime.spawn(self.ws.run(self._talk))

    async def _talk(self, ws: WebSocket) -> None:
        async with TaskGroup() as self.tasks:
            await Event().wait()

    def _settle(self) -> None:
        """Until every task waits."""
        self.stage.take_in()
        while self.stage.runtime.queue.ready:
            self.stage.poll(self.stage.runtime.queue.ready[0])
            self.stage.take_in()

    # The user

    def send(self) -> None:
        self._begin("send", self._send())

    async def _send(self) -> None:
        try:
            await self.ws.send(MESSAGE)
        except WebSocketClosed as closed:
            self.raised = closed.code

    def close(self) -> None:
        self._begin("close", self.ws.close(CODES[USER]))

    def _begin(self, name: str, operation: Coroutine[object, None, None]) -> None:
        self._do(lambda: self.tasks.spawn(self._scoped(name, operation), name=name))

    async def _scoped(self, name: str, operation: Coroutine[object, None, None]) -> None:
        with CancelScope() as self.scopes[name]:
            await operation
        del self.scopes[name]

    def cancel_send(self) -> None:
        self._do(self.scopes["send"].cancel)

    def cancel_close(self) -> None:
        self._do(self.scopes["close"].cancel)

    def shut_down(self) -> None:
        self._do(self.upgraded.stopping.cancel)

    def _do(self, function: Callable[[], object]) -> None:
        self.raised = 0
        self.stage.call(function)
        self._settle()

    # The peer, and time

    def peer_reads(self) -> None:
        self.drained += self.pair._theirs._received
        self._do(self.pair.drain)

    def peer_closes(self) -> None:
        self.theirs = True
        self._peer_sends(CloseConnection(PEER))

    def peer_pongs(self) -> None:
        self._peer_sends(Pong())

    def _peer_sends(self, event: CloseConnection | Pong) -> None:
        data = self.client.send(event)
        self._do(lambda: self.pair.send(data))

    def peer_ends(self) -> None:
        self.ended = True
        self._do(self.pair.end)

    def time_passes(self) -> None:
        self._do(lambda: self.stage.reactor.clock.advance(LONG_NS))

    # What the state of the real one means

    def abstraction(self) -> State:
        frames = frames_in(bytes(self.drained + self.pair._theirs._received))
        queue, is_over = self._queue(), self.ws._over.is_set()
        end = self.ws._writer._end
        return State(
            sending="send" in self.scopes,
            at=tuple(self._at(who, queue) for who in (USER, STOP)),
            queue=queue,
            stopped=self.upgraded.stopping.is_cancelled(),
            ours=tuple(int.from_bytes(data[:2]) for kind, data in frames if kind == CLOSE),
            last=frames[-1][0] if frames else "",
            theirs=self.theirs,
            link=CUT if self.pair.ours.fileno() == -1 else ENDED if self.ended else OPEN,
            told=0 if end is None else end[0],
            over=is_over,
            heard=self.ws._heard and not is_over,
            asked=self.ws._is_asked and not is_over,
            raised=self.raised,
        )

    def _queue(self) -> tuple[int, ...]:
        """Who waits for the lock of the writer."""
        found = []
        turn = self.ws._writer._lock._queue.first
        while turn is not None:
            assert isinstance(turn.waker, Task)
            found.append(CLOSERS[turn.waker.name])
            turn = turn.next
        return tuple(found)

    def _at(self, who: int, queue: tuple[int, ...]) -> str:
        if who in queue:
            return QUEUED
        closing = {task.name for task in self.stage.runtime.tasks.values()}
        has_begun = who == USER or self.upgraded.stopping.is_cancelled()
        return WAITS if has_begun and NAMES[who] in closing else AWAY

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        assert self.ws._writer._lock.is_locked() == ("send" in self.scopes), "who has the lock?"

    def stop(self) -> None:
        self.stage.stop()
        self.pair.close_theirs()
