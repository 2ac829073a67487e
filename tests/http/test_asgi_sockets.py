"""ASGI on real sockets: zokio's own client asks an application that gives the body back."""

from __future__ import annotations

import zokio
from tests.http.asgi_apps import body, serving, start, without_lifespan
from zokio.http import Client
from zokio.http.asgi.application import Receive, Scope, Send


async def mirror(scope: Scope, receive: Receive, send: Send) -> None:
    """Each part goes back as it comes."""
    await start(send)
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        await body(send, message["body"], more=more)


def test_a_large_body_goes_through_and_comes_back() -> None:
    sent = bytes(range(256)) * 20_000

    async def main() -> list[bytes]:
        found = []
        async with serving(without_lifespan(mirror)) as (host, port), Client() as client:
            for _ in range(2):
                response = await client.post(f"http://{host}:{port}/", body=sent)
                found.append(await response.read())
        return found

    assert zokio.run(main()) == [sent, sent]
