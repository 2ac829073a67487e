"""A second task that comes while the first is in the middle of a call to the system.

On several workers it can, for such a call lets other threads run. Here it comes from inside of that
call, so that every run takes the same way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, NoReturn, cast

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.errors import BusyError
from zokio.net import TcpStream
from zokio.reactor.contract import Socket

Operation = Callable[[TcpStream], Awaitable[object]]
WRITES: dict[str, Operation] = {
    "write_all": lambda stream: stream.write_all(b"first"),
    "write_all of a view": lambda stream: stream.write_all(memoryview(b"first")),
    "write_vectored": lambda stream: stream.write_vectored([b"fi", b"rst"]),
    "send_file": lambda stream: stream.send_file(BytesIO(b"first")),
}
READS: dict[str, Operation] = {
    "read": lambda stream: stream.read(9),
    "read_exact": lambda stream: stream.read_exact(9),
    "peek": lambda stream: stream.peek(9),
}


class Interrupted:
    """A socket which does something else before it does what it is asked for."""

    def __init__(self, sock: Socket, meanwhile: Callable[[], None]) -> None:
        self.sock = sock
        self.meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:  # Any: of a socket
        if name in ("send", "sendmsg", "recv"):
            self.meanwhile()
        return getattr(self.sock, name)


def begin(operation: Awaitable[object]) -> None:
    """As far as it comes without waiting."""
    operation.__await__().__next__()


@pytest.mark.parametrize("second", WRITES)
@pytest.mark.parametrize("first", WRITES)
def test_who_comes_while_another_sends_is_refused_and_mixes_nothing_in(
    first: str, second: str
) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            refused = []

            def intrude() -> None:
                with pytest.raises(BusyError):
                    begin(WRITES[second](client))
                refused.append(second)

            real = client._socket
            client._socket = cast("Socket", Interrupted(real, intrude))
            await WRITES[first](client)
            assert refused
            assert await server.read_exact(5) == b"first"
            client._socket = real
            await WRITES[second](client)
            assert await server.read_exact(5) == b"first"

    zokio.run(main())


@pytest.mark.parametrize("read", READS)
def test_who_is_about_to_wait_where_another_reads_by_now_leaves_it_its_place(read: str) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read(9))
            while server._registration.reader is None:
                await zokio.yield_now()
            place = server._registration
            task, place.reader = place.reader, None
            place.readable = True

            def come_back() -> NoReturn:
                place.reader = task
                raise BlockingIOError

            real = server._socket
            server._socket = cast("Socket", Interrupted(real, come_back))
            with pytest.raises(BusyError):
                await READS[read](server)
            assert place.reader is task
            server._socket = real
            await client.write_all(b"for both")
            assert await reading == b"for both"

    zokio.run(main())
