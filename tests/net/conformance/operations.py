"""What can be done with a stream, or with the half of one, by name."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, TypeAlias

from zokio.net.buffered import Buffered
from zokio.net.bulk_writes import BulkWrites

Read: TypeAlias = Callable[[Buffered], Awaitable[bytes]]
Write: TypeAlias = Callable[[Any], Awaitable[Any]]  # Any: a stream that has it; what it returns

LOTS = bytes(range(251)) * (1 << 16)
"""16 MB, more than any buffer holds."""


async def send_real_file(side: BulkWrites) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(LOTS)
        file.flush()
        assert await side.send_file(file) == len(LOTS)


READS: dict[str, Read] = {
    "read": lambda side: side.read(10),
    "read_exact": lambda side: side.read_exact(10),
    "read_until": lambda side: side.read_until(b"\n"),
    "peek": lambda side: side.peek(10),
}
"""Each waits when nothing has come."""

STREAM_WRITES: dict[str, Write] = {
    "write_all": lambda side: side.write_all(LOTS),
    "write_all of a view": lambda side: side.write_all(memoryview(LOTS)),
}
"""What every stream has. Each writes LOTS, and waits when nobody reads."""

WRITES: dict[str, Write] = STREAM_WRITES | {
    "write_vectored": lambda side: side.write_vectored([LOTS[:7], b"", LOTS[7:99], LOTS[99:]]),
    "send_file": send_real_file,
    "send_file from memory": lambda side: side.send_file(BytesIO(LOTS)),
}
"""What a stream has that is a socket."""


async def read_all(side: Buffered) -> bytes:
    """Everything to the end of the stream."""
    received = bytearray()
    while data := await side.read(1 << 20):
        received += data
    return bytes(received)
