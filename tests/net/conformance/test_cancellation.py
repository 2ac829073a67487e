"""Every stream: cancelled at any suspension point, nothing is lost that was not handed over.

Every operation is cancelled when it suspends for the first time, for the second, and so on, until
it suspends no more often. The budget makes what could complete at once yield first, and the reactor
is visited after every poll, so that what is sent in pieces comes in pieces.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.net.conformance.kinds import AnyWorld, Stream
from tests.net.conformance.operations import LOTS, WRITES, Read, read_all
from zokio.net.buffered import Buffered

pytestmark = pytest.mark.one_thread  # how often it suspends depends on whose turn it is

MESSAGE = b"one,two,three,"
ATTEMPTS_MAX = 8


async def read_three(side: Buffered) -> bytes:
    return await side.read(3)


COLLECTING: dict[str, Read] = {
    "read": read_three,
    "read_exact": lambda side: side.read_exact(len(MESSAGE)),
    "read_until": lambda side: side.read_until(b","),
    "peek": lambda side: side.peek(3),
}


async def send_slowly(stream: Stream) -> None:
    for byte in MESSAGE:
        await stream.write_all(bytes([byte]))
        await zokio.sleep(0)
    await stream.shutdown_write()


def cancel_everywhere(world: AnyWorld, attempt: Callable[[int], Awaitable[bool]]) -> int:
    """Cancel at the first suspension, the second, and so on; at how many it was tried."""

    async def main() -> int:
        for number in count(1):
            if number == ATTEMPTS_MAX or not await attempt(number):
                return number
        raise AssertionError

    attempts: int = world.run(main(), budget=1, event_interval=1)
    return attempts


@pytest.mark.parametrize("name", COLLECTING)
def test_a_read_that_is_cancelled_anywhere_keeps_what_had_come(world: AnyWorld, name: str) -> None:
    async def attempt(number: int) -> bool:
        async with world.streams() as (client, server):
            sending = zokio.spawn(send_slowly(client))
            received = b""
            was_ever_cancelled = False
            while len(received) < len(MESSAGE):
                was_cancelled, value = await cancelled_at(number, COLLECTING[name](server))
                if was_cancelled:
                    was_ever_cancelled = True
                    value = await COLLECTING[name](server)
                assert value
                assert MESSAGE.startswith(received + value)
                received += await server.read_exact(len(value)) if name == "peek" else value
            await sending
            assert await server.read(9) == b""
            return was_ever_cancelled

    assert cancel_everywhere(world, attempt) > (3 if name in ("read_exact", "read_until") else 1)


def test_a_write_that_is_cancelled_anywhere_has_sent_a_part_and_lets_others_write(
    world: AnyWorld, write: str
) -> None:
    async def attempt(number: int) -> bool:
        async with world.streams() as (client, server):
            reading = zokio.spawn(read_all(server))
            was_cancelled, _ = await cancelled_at(number, WRITES[write](client))
            await client.write_all(b"the end")
            client.close()
            received = await reading
            part = received.removesuffix(b"the end")
            assert len(received) == len(part) + 7
            assert LOTS.startswith(part)
            assert was_cancelled or part == LOTS
            return was_cancelled

    assert cancel_everywhere(world, attempt) > 1
