"""Client: requests over HTTP/1.1, by connections that are kept alive and shared.

    async with zokio.http.Client() as client:
        response = await client.get("http://example.org/")         # whole: the body is in memory
        async with client.get("http://example.org/big") as response:
            async for part in response.iter_bytes():               # as it comes
                ...

Cancel safety: a request can be cancelled anywhere; its connection is closed, and the pool serves
the next one. Many tasks may use one client at the same time. What it does not do: cookies, caches,
HTTP/2, and answering before the request was sent whole.
"""

from __future__ import annotations

import ssl
from collections.abc import Generator, Mapping
from typing import Any, Self

from zokio.errors import UsageError
from zokio.http.client.connection import HttpConnection
from zokio.http.client.decompress import ACCEPTED
from zokio.http.client.dial import Dialer
from zokio.http.client.errors import TooManyRedirectsError
from zokio.http.client.exchange import Exchange
from zokio.http.client.headers import HeaderPairs, Pair, encode_headers
from zokio.http.client.limits import Limits, Timeouts
from zokio.http.client.phases import Phases
from zokio.http.client.pool import Pool
from zokio.http.client.proxies import Proxies
from zokio.http.client.request import REDIRECTS, Request
from zokio.http.client.request_body import Body, request_body
from zokio.http.client.response import Response
from zokio.http.client.url import parse_url
from zokio.runtime.current import current_runtime

DISCARDED_BYTES_MAX = 65_536
OWN_HEADERS: tuple[Pair, ...] = (
    (b"accept", b"*/*"),
    (b"accept-encoding", ACCEPTED.encode("ascii")),
    (b"user-agent", b"zokio"),
)


class Client:
    """See the head of this file. Close it, or use `async with`.

    Args:
        limits: connections, sizes and redirects.
        timeouts: seconds for each phase of a request.
        headers: sent with every request, to whichever server.
        proxies: the URL of a proxy by "http", "https" or "all", and hosts without one by "no";
            {}: none; None: as the environment says when the client is made.
        tls: whom to trust for https; None: as the system does. Its ALPN offers "http/1.1" at most.

    Attributes:
        pool: its connections: how many are `open` and `idle`, and how many requests are `waiting`.

    Raises:
        UsageError: an argument makes no sense.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        timeouts: Timeouts | None = None,
        headers: HeaderPairs = (),
        proxies: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._dialer = Dialer(self._limits, tls)
        self._timeouts = timeouts or Timeouts()
        self._headers = _merged(OWN_HEADERS, encode_headers(headers))
        self._proxies = Proxies.of_environment() if proxies is None else Proxies(proxies)
        self.pool: Pool[HttpConnection] = Pool(self._limits, _now_ns)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: HeaderPairs = (),
        body: Body = None,
        json: Any = None,
        timeouts: Timeouts | None = None,
    ) -> Call:
        """A request, to be awaited, or entered by `async with`: see `Call`.

        Args:
            method: "GET" and so on.
            url: absolute, of http or https; a user name and password in it are sent to its origin.
            headers: pairs or a mapping; they take the place of the client's of the same name.
            body: bytes, text, a binary file, or an asynchronous iterable of bytes.
            json: what to send as JSON, in place of `body`.
            timeouts: seconds for each phase of this request.

        Raises:
            UsageError: an argument makes no sense, or would break the protocol.
        """
        sent, kind = request_body(body, json)
        implied = [(b"content-type", kind.encode("ascii"))] if kind else []
        merged = _merged((*self._headers, *implied), encode_headers(headers))
        name = method.upper()
        if name == "CONNECT":
            raise UsageError("CONNECT is for proxies; give the client `proxies`")
        request = Request(name, parse_url(url), merged, sent)
        return Call(self, request, timeouts or self._timeouts)

    def get(self, url: str, **options: Any) -> Call:
        """`request` with "GET"."""
        return self.request("GET", url, **options)

    def head(self, url: str, **options: Any) -> Call:
        """`request` with "HEAD"."""
        return self.request("HEAD", url, **options)

    def post(self, url: str, **options: Any) -> Call:
        """`request` with "POST"."""
        return self.request("POST", url, **options)

    def put(self, url: str, **options: Any) -> Call:
        """`request` with "PUT"."""
        return self.request("PUT", url, **options)

    def patch(self, url: str, **options: Any) -> Call:
        """`request` with "PATCH"."""
        return self.request("PATCH", url, **options)

    def delete(self, url: str, **options: Any) -> Call:
        """`request` with "DELETE"."""
        return self.request("DELETE", url, **options)

    def close(self) -> None:
        """Close idle connections; whoever waits, and who asks from now on, gets ClosedError.

        Requests under way go on, and close their connections at their end. Twice does nothing.
        """
        self.pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    async def open(self, request: Request, timeouts: Timeouts) -> Response:
        """Send a request and those that redirects make of it; the response is to be closed."""
        redirects_max = self._limits.redirects
        for _ in range((redirects_max or 0) + 1):
            route = self._proxies.route(request.url)
            phases = Phases(timeouts, str(route))
            exchange = Exchange(request, route, phases, self._limits, self._dialer)
            response = await exchange.respond(self.pool)
            location = response.headers.get("location")
            is_followed = response.status in REDIRECTS and redirects_max is not None
            if not is_followed or location is None:
                return response
            try:
                request = request.redirected(response.status, location)
                await response.discard(DISCARDED_BYTES_MAX)
            finally:
                response.close()
        raise TooManyRedirectsError(
            f"more than {redirects_max} redirects, the last one to {request.url}; raise "
            "Limits.redirects if that is not a circle"
        )


class Call:
    """A request that is sent when it is awaited, or entered.

    `await call` reads the whole body, and gives a response that needs no closing. `async with call
    as response` gives it when the headers are there; leaving the block closes it.

    Raises:
        PoolTimeoutError, ConnectTimeoutError, WriteTimeoutError, ReadTimeoutError: a phase took
            longer than `Timeouts` allows. All of them are TimeoutError.
        RefusedError, EndedError, ResetError, ProtocolError and other kinds of BrokenError: the
            server, or the network, fails.
        TooManyRedirectsError, LimitError: more redirects, or a longer body, than `Limits` allows.
        ClosedError: the client was closed.
    """

    def __init__(self, client: Client, request: Request, timeouts: Timeouts) -> None:
        self._client = client
        self._request = request
        self._timeouts = timeouts
        self._response: Response | None = None

    def __await__(self) -> Generator[Any, None, Response]:
        return self._whole().__await__()

    async def _whole(self) -> Response:
        async with self as response:
            await response.read()
        return response

    async def __aenter__(self) -> Response:
        self._response = await self._client.open(self._request, self._timeouts)
        return self._response

    async def __aexit__(self, *_: object) -> None:
        assert self._response is not None
        self._response.close()


def _merged(earlier: tuple[Pair, ...], later: list[Pair]) -> tuple[Pair, ...]:
    """All of `later`, and those of `earlier` whose names are not among them."""
    names = {name for name, _ in later}
    return (*(pair for pair in earlier if pair[0] not in names), *later)


def _now_ns() -> int:
    return current_runtime().reactor.now_ns()
