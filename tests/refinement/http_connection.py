"""The machine of an HTTP connection on the real one, over a simulated socket in virtual time.

The client is played here, in bytes; what it sees of the answers is all that it knows of them. A
part of a body looks like a request, so that one which is taken for a head is handled.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from spec.http_connection_state import (
    BODY,
    CLOSED,
    CONTINUE,
    DRAINING,
    ENDED,
    EXPECT,
    GRACE,
    HANDLING,
    HEAD,
    IDLE,
    LINGERING,
    ON_THE_CLIENT,
    OPEN,
    OWED,
    PART,
    RESET,
    START,
    STOP,
    TIME,
    UPGRADED,
    WRITING,
    State,
)
from tests.helpers.connected_pair import SimulatedPair, simulated_pair
from tests.helpers.stage import Stage, is_done
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.http.responses import answers_in
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.http.connection import MOMENT_NS, Connection
from zokio.http.http_error import HttpError
from zokio.http.limits import Limits
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.service import Service
from zokio.http.upgrade import Upgrade, Upgraded
from zokio.net.tcp_stream import TcpStream
from zokio.runtime.scope import CancelScope

PART_BYTES = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"
SIZE = len(PART_BYTES)
CUT = 20  # of a head that comes in two pieces
LARGE = (bytes(35_000), bytes(35_000))  # the first one fits into the buffer, both do not
WITH_A_REQUEST = (HANDLING, BODY, WRITING, DRAINING)


def head_of(unit: str, number: int) -> bytes:
    """What the client sends for the head of its request of this number."""
    head = b"GET /%d HTTP/1.1\r\nHost: a\r\n" % number
    match unit:
        case "post":
            head += b"Content-Length: %d\r\n" % SIZE
        case "long":
            head += b"Content-Length: %d\r\n" % (2 * SIZE)
        case "expect":
            head += b"Content-Length: %d\r\nExpect: 100-continue\r\n" % SIZE
        case "bad":
            head += b"Transfer-Encoding : chunked\r\n"
        case "upgrade":
            head += b"Connection: Upgrade\r\nUpgrade: test\r\n"
    return head + b"\r\n"


class HttpConnectionAdapter:
    """See `zokio.model.Adapter`, and the head of this file."""

    def start(self, state: State) -> None:
        self.stage = Stage(VIRTUAL_REACTORS["simulated"])
        self.sent: list[tuple[str, bytes]] = []
        self.heads = 0
        self.due: tuple[str, ...] = ()
        self.peer, self.room = OPEN, True
        self.handled = 0
        self.command = ""
        self.request: Request | None = None
        self.upgraded: Upgraded | None = None
        self.drained = b""
        self.outer = CancelScope()
        self.stage.call(self._connect)
        self.stage.take_in()
        self.stage.poll(self.task)

    def _connect(self) -> None:
        self.pair: SimulatedPair = simulated_pair(self.stage.runtime.reactor)
        self.service = Service(self._handle, Limits(max_drain=SIZE))
        stream = TcpStream(self.pair.ours)
        self.connection = Connection(stream, ("client", 1), self.service)
        handle = self.stage.runtime.spawn(self._serve())
        self.task: Task = self.stage.task_of(handle)

    async def _serve(self) -> None:
        with self.outer:
            await self.connection.run()

    async def _handle(self, request: Request) -> Response | Upgrade:
        """Do what it is told, and wait to be told more."""
        number = self.handled
        assert request.target == f"/{number}", "a body was taken for a head"
        self.handled += 1
        self.request = request
        while True:
            command, self.command = self.command, ""
            headers = {"x-request": str(number)}
            match command:
                case "read":
                    part = await request.body.next_part()
                    assert part and part == PART_BYTES * (len(part) // SIZE)
                case "small":
                    return Response(headers=headers)
                case "large":
                    return Response(body=self._parts(), headers=headers)
                case "upgrade":
                    return Upgrade("test", self._take_over, headers)
                case "error":
                    raise HttpError(500)  # which is not logged
                case _:
                    await suspend()

    async def _take_over(self, upgraded: Upgraded) -> None:
        """Wait until it is told to end."""
        self.upgraded = upgraded
        while self.command != "end":
            await suspend()
        self.command = ""

    async def _parts(self) -> AsyncIterator[bytes]:
        for part in LARGE:
            yield part

    # The client

    def client_sends(self, unit: str) -> None:
        if self.due:
            self.due = self.due[1:]
            data = PART_BYTES if unit == PART else head_of(unit, self.heads - 1)[CUT:]
        else:
            data = head_of(unit, self.heads)
            data = data[:CUT] if unit == START else data
            self.heads, self.due = self.heads + 1, OWED[unit]
        self.sent.append((unit, data))
        self.pair.send(data)
        self.stage.take_in()

    def client_ends(self) -> None:
        self.peer = ENDED
        self.pair.end()
        self.stage.take_in()

    def client_resets(self) -> None:
        self.room = self.has_room()
        self._look()
        self.peer = RESET
        self.pair.reset()
        self.stage.take_in()

    def client_drains(self) -> None:
        self._look()
        self.pair.drain()
        self.stage.take_in()

    def _look(self) -> None:
        """Keep what has come, which is about to be taken away."""
        self.drained += self.pair._theirs._received

    # The server

    def begin_shutdown(self) -> None:
        self.stage.call(self._stop)

    def _stop(self) -> None:
        self.service.stopping = True
        self.connection.stop_if_idle()

    def grace_ends(self) -> None:
        self.stage.call(self.outer.cancel)

    def expire(self) -> None:
        """The timer may fire before, since it is moved lazily."""
        clock, timers = self.stage.reactor.clock, self.stage.runtime.timers
        for instant_ns in (timers.next_deadline_ns(), self.connection.deadline.at_ns):
            assert instant_ns is not None, "there is no timer"
            clock.advance(instant_ns - clock.now_ns())
            self.stage.take_in()

    def handler_reads(self) -> None:
        self._tell("read")

    def handler_answers(self, outcome: str) -> None:
        self._tell(outcome)

    def handler_upgrades(self) -> None:
        self._tell("upgrade")

    def upgraded_ends(self) -> None:
        self._tell("end")

    def _tell(self, command: str) -> None:
        self.command = command
        self.stage.wake(self.task)
        self.stage.poll(self.task)

    def poll(self) -> None:
        self.stage.poll(self.task)

    # What the state of the real one means

    def abstraction(self) -> State:
        at = self.connection.phase.value
        known = State(
            at=at,
            stopping=self.service.stopping,
            peer=self.peer,
            heads=self.heads,
            handled=self.handled,
            answers=self._answers(),
        )
        if at == CLOSED:
            return known
        kind, body, asked = self._request() if at in WITH_A_REQUEST else ("", 0, False)
        return known._replace(
            cause=self._cause(),
            owed=self.stage.is_owed(self.task),
            due=self.due,
            inbox=self._units(0, len(self.pair._ours._received)),
            buffer=self._units(len(self.pair._ours._received), len(self.connection.buffer)),
            request=kind,
            body=body,
            asked=asked,
            room=self.has_room() if at == WRITING else True,
            given=self._given() if at == UPGRADED else (),
            told=at == UPGRADED and self._is_told(),
        )

    def _given(self) -> tuple[str, ...]:
        assert self.upgraded is not None
        return self._units(len(self.pair._ours._received), len(self.upgraded.buffered))

    def _is_told(self) -> bool:
        assert self.upgraded is not None
        return self.upgraded.stopping.is_cancelled()

    def _cause(self) -> str:
        if self.outer.cancel_called:
            return GRACE
        if not self.connection.deadline.scope.cancel_called:
            return ""
        return TIME if self.connection.deadline.has_passed else STOP

    def _request(self) -> tuple[str, int, bool]:
        """The kind of the last request, the parts of its body not taken, and who was told."""
        assert self.request is not None
        kinds = [unit for unit, _ in self.sent if unit not in (PART, START)]
        kind, body = kinds[self.handled - 1], self.request.body
        assert body._left % SIZE == 0
        return kind, body._left // SIZE, kind == EXPECT and not body.awaited

    def _units(self, behind: int, size: int) -> tuple[str, ...]:
        """What was sent that many bytes before the last one, and is so many bytes long."""
        total = sum(len(data) for _, data in self.sent)
        begin, end, found, at = total - behind - size, total - behind, [], 0
        for unit, data in self.sent:
            if begin <= at and at + len(data) <= end:
                found.append(unit)
            at += len(data)
        return tuple(found)

    def has_room(self) -> bool:
        """Whether what is left of a response fits; after a reset nobody knows."""
        return self.room if self.peer == RESET else self.pair.has_room()

    def _answers(self) -> tuple[tuple[int, str], ...]:
        """By number of the request, which a handler's answer says itself."""
        seen = self.drained
        if self.peer != RESET:
            seen += self.pair._theirs._received
        found: list[tuple[int, str]] = []
        number = 0
        for answer in answers_in(bytes(seen)):
            if not answer.is_whole:
                continue
            assert int(answer.headers.get("x-request", number)) == number
            found.append((number, str(answer.status)))
            number += str(answer.status) != CONTINUE
        return tuple(found)

    def check_invariants(self) -> None:
        """Every wait for the client has a deadline, and what is closed leaves nothing."""
        self.stage.runtime.check_invariants()
        connection = self.connection
        connection.deadline.check_invariants()
        at = connection.phase.value
        if at == CLOSED:
            assert is_done(self.task), "it is closed, and its task goes on"
            assert len(self.stage.runtime.timers) == 0, "a timer was left"
            assert self.pair.ours.fileno() == -1, "the socket was left open"
        elif not self._cause():
            assert connection.deadline.is_armed() == (at in ON_THE_CLIENT)
            if at in ON_THE_CLIENT:
                left_ns = connection.deadline.at_ns - self.stage.reactor.now_ns()
                assert left_ns == self._limit_of(at), f"{at} has the wrong deadline"

    def _limit_of(self, at: str) -> int:
        """How long the client may take there; no time passes before it is up."""
        service = self.service
        limits = {
            IDLE: service.idle_ns if self.handled else service.head_ns,
            "told to stop": MOMENT_NS,
            HEAD: service.head_ns,
            WRITING: service.write_ns,
            LINGERING: service.linger_ns,
        }
        where = "told to stop" if at == IDLE and service.stopping else at
        return limits.get(where, service.body_ns)

    def stop(self) -> None:
        self.stage.stop()
