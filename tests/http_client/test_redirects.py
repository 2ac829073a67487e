"""Redirects: where they lead, what is sent there, and above all what is not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.helpers.http_server import Answer, Received, serving
from tests.helpers.simulation import run_simulated
from zokio.errors import UsageError
from zokio.http import Client
from zokio.http.client import Limits
from zokio.http.client.errors import ProtocolError, TooManyRedirectsError

SECRETS = {"Authorization": "Bearer s", "Cookie": "a=b", "Proxy-Authorization": "Basic c"}


def redirecting(status: int, location: str) -> Answer:
    """/from leads to `location`; everything else is there."""

    def answer(request: Received) -> tuple[int, list[tuple[str, str]], bytes]:
        if request.target == "/from":
            return status, [("location", location)], b"moved"
        return 200, [], b"here"

    return answer


def test_who_follows_none_gets_the_response_that_redirects() -> None:
    async def main() -> tuple[int, str, bytes]:
        answer = redirecting(307, "/to")
        limits = Limits(redirects=None)
        async with serving(answer=answer) as server, Client(limits=limits, proxies={}) as client:
            response = await client.get(server.url("/from"))
            return response.status, response.headers["location"], await response.read()

    assert run_simulated(main()) == (307, "/to", b"moved")


@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "GET", "GET"),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (302, "PUT", "PUT"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
    ],
)
def test_the_method_and_the_body_of_what_follows(status: int, method: str, then: str) -> None:
    async def main() -> list[Received]:
        answer = redirecting(status, "/to?a=b")
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            body = b"body" if method in ("POST", "PUT") else None
            headers = {"content-type": "x/y"} if body else {}
            response = await client.request(method, server.url("/from"), body=body, headers=headers)
            assert response.url == server.url("/to?a=b")
            assert server.connections == 1
            return server.requests

    first, second = run_simulated(main())
    assert (first.method, second.method, second.target) == (method, then, "/to?a=b")
    kept = then in ("POST", "PUT")
    assert second.body == (first.body if kept else b"")
    assert ("content-type" in second.headers) == kept


def test_credentials_go_to_no_other_origin() -> None:
    async def main() -> tuple[Received, Received]:
        async with serving() as other:
            answer = redirecting(307, other.url("/to"))
            async with serving(answer=answer) as server, Client(proxies={}) as client:
                url = server.url("/from").replace("//", "//user:secret@")
                await client.get(url, headers={**SECRETS, "X-Kept": "1", "Host": "forged"})
                return server.requests[0], other.requests[0]

    first, second = run_simulated(main())
    assert {"authorization", "cookie", "proxy-authorization"} <= set(first.headers)
    assert not {"authorization", "cookie", "proxy-authorization"} & set(second.headers)
    assert (second.headers["x-kept"], "forged" in second.headers["host"]) == ("1", False)


def test_the_login_of_a_url_is_sent_to_its_origin_and_no_further() -> None:
    async def main() -> tuple[Received, Received]:
        async with serving() as other:
            answer = redirecting(302, other.url("/to"))
            async with serving(answer=answer) as server, Client(proxies={}) as client:
                await client.get(server.url("/from").replace("//", "//us%65r:s%3Acret@"))
                return server.requests[0], other.requests[0]

    first, second = run_simulated(main())
    assert first.headers["authorization"] == "Basic dXNlcjpzOmNyZXQ="
    assert "authorization" not in second.headers


def test_credentials_stay_at_the_same_origin() -> None:
    async def main() -> Received:
        answer = redirecting(302, "to")
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            await client.get(server.url("/from"), headers=SECRETS)
            return server.requests[1]

    assert run_simulated(main()).headers["authorization"] == "Bearer s"


def test_a_circle_ends() -> None:
    async def main() -> int:
        answer = redirecting(302, "/from")
        limits = Limits(redirects=3)
        async with (
            serving(answer=answer) as server,
            Client(limits=limits, proxies={}) as client,
        ):
            with pytest.raises(TooManyRedirectsError, match="more than 3 redirects"):
                await client.get(server.url("/from"))
            assert client.pool.open == client.pool.idle == 1
            return len(server.requests)

    assert run_simulated(main()) == 4


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "http://a b/", "ftp://h/", "http://h:99999/"]
)
def test_a_redirect_to_what_cannot_be_asked_is_an_error(location: str) -> None:
    async def main() -> None:
        answer = redirecting(302, location)
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            with pytest.raises(ProtocolError, match="leads nowhere"):
                await client.get(server.url("/from"))
            assert client.pool.open == client.pool.idle

    run_simulated(main())


def test_a_body_that_is_used_up_is_not_sent_again() -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"once"

    async def main() -> None:
        answer = redirecting(307, "/to")
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            with pytest.raises(UsageError, match="its body is used up"):
                await client.post(server.url("/from"), body=parts())
            assert client.pool.open == client.pool.idle

    run_simulated(main())


def test_a_redirect_with_a_long_body_costs_a_connection_and_no_more() -> None:
    def answer(request: Received) -> tuple[int, list[tuple[str, str]], bytes]:
        if request.target == "/from":
            return 302, [("location", "/to")], bytes(10_000_000)
        return 200, [], b"here"

    async def main() -> int:
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            assert await (await client.get(server.url("/from"))).read() == b"here"
            return server.connections

    assert run_simulated(main()) == 2


def test_a_redirect_without_a_location_is_the_response() -> None:
    async def main() -> int:
        async with serving() as server, Client(proxies={}) as client:
            return (await client.get(server.url("/status/302"))).status

    assert run_simulated(main()) == 302
