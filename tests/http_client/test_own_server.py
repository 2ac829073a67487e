"""The client against our own server on the simulated network: what one says the other hears."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import serving
from zokio.errors import EndedError, RefusedError
from zokio.http import Client, Request, Response

PARTS = st.lists(st.binary(max_size=300), max_size=5)
BODIES = st.one_of(st.binary(max_size=2_000), PARTS)
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
VALUES = st.text("abc ,;=\"'\xe9", max_size=12).map(str.strip)


async def given_in_parts(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
        await zokio.yield_now()


def in_one(body: bytes | list[bytes]) -> bytes:
    return body if isinstance(body, bytes) else b"".join(body)


def connection() -> int:
    """Which one the handler serves: each has a task of its own."""
    return zokio.current_task().id


def url(address: tuple[str, int], path: str = "/") -> str:
    return f"http://{address[0]}:{address[1]}{path}"


@given(st.lists(st.tuples(METHODS, BODIES, BODIES, VALUES), min_size=1, max_size=4))
def test_whatever_is_asked_and_answered_arrives_over_one_connection(
    drawn: list[tuple[str, bytes | list[bytes], bytes | list[bytes], str]],
) -> None:
    seen: list[tuple[str, bytes, str, int]] = []

    async def handle(request: Request) -> Response:
        body = await request.body.read()
        seen.append((request.method, body, request.headers["x-drawn"], connection()))
        answer = drawn[len(seen) - 1][2]
        return Response(body=answer if isinstance(answer, bytes) else given_in_parts(answer))

    async def main() -> None:
        async with serving(handle) as address, Client(proxies={}) as client:
            for method, sent, wanted, value in drawn:
                body = sent if isinstance(sent, bytes) else given_in_parts(sent)
                headers = {"x-drawn": value}
                response = await client.request(method, url(address), body=body, headers=headers)
                expected = b"" if method == "HEAD" else in_one(wanted)
                assert (response.status, await response.read()) == (200, expected)
            assert (client.pool.open, client.pool.idle) == (1, 1)

    run_simulated(main())
    assert [each[:3] for each in seen] == [
        (method, in_one(sent), value) for method, sent, _, value in drawn
    ]
    assert len({each[3] for each in seen}) == 1


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_that_the_server_refuses_is_answered(is_chunked: bool) -> None:
    async def handle(request: Request) -> Response:
        return Response(body=await request.body.read())

    async def main() -> None:
        async with serving(handle, max_body=1_000) as address, Client(proxies={}) as client:
            large = bytes(2_000_000)
            body = given_in_parts([large] * 2) if is_chunked else large
            response = await client.post(url(address), body=body)
            assert response.status == 413
            assert client.pool.open == 0
            assert (await client.post(url(address), body=b"small")).status == 200

    run_simulated(main())


def test_a_body_that_fails_on_the_server_is_no_whole_body() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"some"
        raise ZeroDivisionError

    async def handle(request: Request) -> Response:
        return Response(body=failing())

    async def main() -> None:
        async with serving(handle) as address, Client(proxies={}) as client:
            with pytest.raises(EndedError, match="in the middle"):
                await client.get(url(address))
            assert client.pool.open == 0

    run_simulated(main())


def test_a_server_that_stops_finishes_what_is_asked_and_keeps_nothing() -> None:
    stop = zokio.CancellationToken()

    async def handle(request: Request) -> Response:
        stop.cancel()
        await zokio.sleep(1)
        return Response(body=given_in_parts([b"to", b" the ", b"end"]))

    async def main() -> None:
        async with Client(proxies={}) as client:
            async with serving(handle, stop=stop) as address:
                assert await (await client.get(url(address))).read() == b"to the end"
                assert client.pool.open == 0
            with pytest.raises(RefusedError):
                await client.get(url(address))
            assert client.pool.open == 0

    run_simulated(main())


def test_a_connection_that_was_idle_for_too_long_is_not_used_again() -> None:
    async def handle(request: Request) -> Response:
        return Response(body=str(connection()))

    async def main() -> None:
        async with serving(handle, idle_timeout=5) as address, Client(proxies={}) as client:
            first = await client.get(url(address))
            await zokio.sleep(6)
            second = await client.post(url(address))  # which is sent once only
            assert await first.read() != await second.read()
            assert client.pool.open == 1

    run_simulated(main())
