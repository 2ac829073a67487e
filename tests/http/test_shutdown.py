"""A graceful shutdown: nobody new, idle ones end soon, what is in flight is finished in time."""

from __future__ import annotations

from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import MOMENT, hello, read_all, serving
from tests.http.responses import Answer, answers_in
from zokio.http import Request, Response, serve
from zokio.net import TcpStream
from zokio.time import now

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def slow(request: Request) -> Response:
    await zokio.sleep(5)
    return Response(body=b"done")


# Any: the limits are those of `serve`, which looks at them.
def stopped_after(sent: bytes, **limits: Any) -> tuple[list[Answer], float]:
    """What a client gets that has sent this when the server is stopped, and how long that takes."""

    async def main() -> tuple[list[Answer], float]:
        stop = zokio.CancellationToken()
        async with serving(slow, stop=stop, **limits) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(sent)
                await zokio.sleep(MOMENT)
                begun = now()
                stop.cancel()
                found = answers_in(await read_all(client))
        return found, round(now() - begun, 6)

    return run_simulated(main())


def test_what_is_in_flight_is_finished_and_is_the_last() -> None:
    found, seconds = stopped_after(GET * 2, grace=30)
    assert [answer.body for answer in found] == [b"done"]
    assert found[0].headers["connection"] == "close"
    assert seconds < 6


def test_an_idle_connection_ends_after_a_moment() -> None:
    assert stopped_after(b"", grace=30) == ([], 0.01)


@pytest.mark.parametrize("connected_before", [0, MOMENT])
@pytest.mark.parametrize("asked", [b"", GET])
def test_who_asks_before_it_could_know_is_answered(asked: bytes, connected_before: float) -> None:
    """Whether it was accepted or not, and whether it has asked before or not."""

    async def main() -> list[Answer]:
        stop = zokio.CancellationToken()
        async with serving(hello, stop=stop) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(asked)
                await zokio.sleep(connected_before)
                await client.write_all(GET)
                stop.cancel()
                return answers_in(await read_all(client))

    answers = run_simulated(main())
    in_two_pieces = asked and connected_before
    assert [answer.body for answer in answers] == [b"hello"] * (2 if in_two_pieces else 1)
    assert answers[-1].headers["connection"] == "close", "what was asked behind it was not heard"


def test_who_is_slower_than_that_is_not_waited_for() -> None:
    async def main() -> tuple[bytes, float]:
        stop = zokio.CancellationToken()
        async with serving(hello, stop=stop) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await zokio.sleep(1)
                stop.cancel()
                await zokio.sleep(2 * MOMENT)
                return await read_all(client), now()

    assert run_simulated(main()) == (b"", 1 + 2 * MOMENT)


def test_a_head_that_has_begun_may_come_to_its_end_and_no_longer() -> None:
    found, seconds = stopped_after(GET[:-2], grace=30, header_timeout=3, linger=0)
    assert [answer.status for answer in found] == [408]
    assert seconds < 4


def test_what_is_not_finished_in_time_is_cancelled() -> None:
    found, seconds = stopped_after(GET, grace=2)
    assert found == []
    assert 2 <= seconds < 3


def test_nobody_new_is_accepted() -> None:
    async def main() -> None:
        stop = zokio.CancellationToken()
        async with serving(slow, stop=stop) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(GET)
                await zokio.sleep(MOMENT)
                stop.cancel()
                await zokio.sleep(2 * MOMENT)
                with pytest.raises(ConnectionRefusedError):
                    await TcpStream.connect(*address)
                assert answers_in(await read_all(client))[0].status == 200

    run_simulated(main())


def test_a_cancelled_server_cancels_its_handlers_and_closes_everything() -> None:
    cleaned = []

    async def careful(request: Request) -> Response:
        try:
            await zokio.sleep(1_000)
        finally:
            cleaned.append(request.target)
        return Response()

    async def main() -> bytes:
        bound: list[tuple[str, int]] = []
        async with zokio.TaskGroup() as group:
            group.spawn(serve(careful, "127.0.0.1", 0, ready=bound.append))
            while not bound:
                await zokio.yield_now()
            client = await TcpStream.connect(*bound[0])
            await client.write_all(GET)
            await zokio.sleep(MOMENT)
            group.cancel_scope.cancel()
        async with client:
            return await read_all(client)

    assert run_simulated(main()) == b""
    assert cleaned == ["/"]


def test_a_full_server_lets_the_next_one_wait() -> None:
    async def main() -> None:
        async with serving(hello, max_connections=1) as address:
            first = await TcpStream.connect(*address)
            second = await TcpStream.connect(*address)
            async with second:
                await second.write_all(GET)
                await zokio.sleep(MOMENT)
                with zokio.move_on_after(MOMENT) as waiting:
                    await second.read(1)
                assert waiting.cancelled_caught
                first.close()
                assert (await second.read(65_536)).startswith(b"HTTP/1.1 200")

    run_simulated(main())


def test_limits_that_are_none_are_refused() -> None:
    async def main(**limits: Any) -> None:
        await serve(hello, "127.0.0.1", 0, **limits)

    for wrong in ({"max_head": 1}, {"grace": -1}, {"no_such_limit": 1}, {"max_body": "much"}):
        with pytest.raises(zokio.UsageError):
            run_simulated(main(**wrong))
