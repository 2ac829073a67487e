"""Channel: the stream of a connection with a deadline for every wait, and where the connection is.

What `connection.py` says in requests and responses goes through here in bytes.
"""

from __future__ import annotations

from collections.abc import Awaitable
from enum import Enum
from typing import Final

from zokio.core.suspend import AT_ONCE, suspend
from zokio.env.clock import SECOND_NS
from zokio.http.deadline import Deadline
from zokio.http.service import Service
from zokio.http.stream import Stream

READ_BYTES: Final = 65_536
WRITE_BYTES: Final = 262_144
"""How much has to be written within one write timeout."""
LINGER_BYTES: Final = 1 << 20
"""How much is read and dropped at the end, at the most."""


class Phase(Enum):
    """Where a connection is; see the head of `connection.py`."""

    IDLE = "idle"
    HEAD = "head"
    HANDLING = "handling"
    BODY = "body"
    WRITING = "writing"
    DRAINING = "draining"
    LINGERING = "lingering"
    UPGRADED = "upgraded"
    CLOSED = "closed"


# Names of their own: looking one up in the class costs a request a tenth of its parsing.
IDLE: Final = Phase.IDLE
HEAD: Final = Phase.HEAD
HANDLING: Final = Phase.HANDLING
BODY: Final = Phase.BODY
WRITING: Final = Phase.WRITING
DRAINING: Final = Phase.DRAINING
LINGERING: Final = Phase.LINGERING
UPGRADED: Final = Phase.UPGRADED
CLOSED: Final = Phase.CLOSED


class Channel:
    """Reads into `buffer`, writes, and ends the connection gently."""

    __slots__ = ("buffer", "credit_ns", "deadline", "phase", "service", "stream")

    def __init__(self, stream: Stream, service: Service) -> None:
        self.stream = stream
        self.service = service
        self.deadline = Deadline()
        self.buffer = b""
        """What was read and not taken yet."""
        self.phase = IDLE
        self.credit_ns = service.body_ns
        """How long the body of this request may keep us waiting; every byte earns some of it."""

    async def receive(self, phase: Phase) -> bool:
        """Read more of a body; False at the end of the stream."""
        before, self.phase = self.phase, phase
        began_ns = self.service.now_ns()
        self.deadline.arm(self.credit_ns)
        try:
            data = await self.stream.read(READ_BYTES)
        except BaseException:
            self.deadline.disarm()
            raise
        if not self.deadline.disarm():
            await self.deadline.lost()
        self.phase = before
        waited_ns = self.service.now_ns() - began_ns
        earned_ns = len(data) * SECOND_NS // self.service.limits.min_body_rate
        self.credit_ns = min(self.service.body_ns, self.credit_ns - waited_ns + earned_ns)
        self.buffer += data
        return bool(data)

    async def until_ended(self) -> None:
        """Wait until the client has ended. A next request that comes meanwhile is kept."""
        while len(self.buffer) < READ_BYTES:
            data = await self.stream.read(READ_BYTES)
            if not data:
                return
            self.buffer += data
        while True:  # it may have ended behind what nobody has read
            await suspend()

    async def write(self, data: bytes) -> None:
        """Write all of it; a client has the write timeout for each WRITE_BYTES."""
        if len(data) <= WRITE_BYTES:
            written = self.stream.write_all(data)
            if written is not AT_ONCE:
                await self.until_written(written)
            return
        rest = memoryview(data)
        while rest:
            await self.until_written(self.stream.write_all(rest[:WRITE_BYTES]))
            rest = rest[WRITE_BYTES:]

    async def until_written(self, written: Awaitable[object]) -> None:
        """Wait for a write, as long as the client may take for it."""
        before, self.phase = self.phase, WRITING
        self.deadline.arm(self.service.write_ns)
        try:
            await written
        except BaseException:
            self.deadline.disarm()
            raise
        if not self.deadline.disarm():
            await self.deadline.lost()
        self.phase = before

    async def linger(self) -> None:
        """Shut the write side, and read until the client has ended: a close would reset it, and the
        reset could overtake the answer."""
        self.phase = LINGERING
        self.buffer = b""
        await self.stream.shutdown_write()
        self.deadline.arm(self.service.linger_ns)
        left = LINGER_BYTES
        while left > 0 and (data := await self.stream.read(READ_BYTES)):
            left -= len(data)
        self.deadline.disarm()
