"""A reverse proxy: gives each request to the next of several servers, and passes bodies on.

Run it in front of two servers, and ask it:

    python examples/http_api.py --port 8001     and another one with --port 8002
    python examples/reverse_proxy.py --port 8000 http://127.0.0.1:8001 http://127.0.0.1:8002
    curl http://127.0.0.1:8000/count

Bodies pass as they come, both ways: who reads slowly slows the writer on the other side, and
nothing is kept. A server that cannot be reached is passed over; if none can, or it fails, the
answer is 502, and 504 if it is too slow. A client that leaves while a body passes ends the request
to the server. Connections are kept alive on both sides. Ctrl-C stops the proxy.
"""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import cycle

import zokio
from zokio.errors import BrokenError, ConnectTimeoutError, RefusedError
from zokio.http import Client, HttpError, Request, Response, client, serve

HOP_BY_HOP = {
    *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization"),
    *("proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
}
LIMITS = client.Limits(per_host=100, total=1_000, redirects=None)


class Proxy:
    """Passes requests on to `upstreams` in turn."""

    def __init__(self, client: Client, upstreams: list[str]) -> None:
        self._client = client
        self._upstreams, self._turns = upstreams, cycle(range(len(upstreams)))

    async def handle(self, request: Request) -> Response:
        """One request; serve() calls it."""
        if not request.raw_path.startswith("/"):
            raise HttpError(501, "this proxy passes on what has a path")
        async with AsyncExitStack() as stack:
            found = await self._ask(request, stack)
            headers = end_to_end(found.headers.pairs, "date")
            answer = Response(found.status, passed_on(found), headers)
            stack.pop_all()  # from here on it is closed with the body
            return answer

    async def _ask(self, request: Request, stack: AsyncExitStack) -> client.Response:
        """The head of the answer of the first server in turn that can be reached."""
        target = request.raw_path + ("?" + request.query if request.query else "")
        body = None if request.body.is_over else request.body
        headers = headers_for_upstream(request)
        turn, unreached = next(self._turns), "no server"
        for upstream in self._upstreams[turn:] + self._upstreams[:turn]:
            url = upstream + target
            call = self._client.request(request.method, url, headers=headers, body=body)
            try:
                return await stack.enter_async_context(call)
            except (RefusedError, ConnectTimeoutError) as error:  # it has got nothing yet
                unreached = f"{upstream} cannot be reached: {error}"
            except (BrokenError, TimeoutError) as error:
                status = 504 if isinstance(error, TimeoutError) else 502
                raise HttpError(status, f"{upstream} fails: {error}") from error
        raise HttpError(502, unreached)


async def passed_on(found: client.Response) -> AsyncIterator[bytes]:
    """The body as it comes; however that ends, the request to the server ends as well."""
    try:
        async for part in found.iter_raw():
            yield part
    finally:
        found.close()


def headers_for_upstream(request: Request) -> list[tuple[str, str]]:
    """Those of the request, and for whom it is passed on."""
    pairs = [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw]
    headers = end_to_end(pairs, "content-length", "expect", "x-forwarded-for")
    if "accept-encoding" not in request.headers:
        headers.append(("accept-encoding", "identity"))
    chain = [*request.headers.get_all("x-forwarded-for"), request.peer_address[0]]
    return [*headers, ("x-forwarded-for", ", ".join(chain))]


def end_to_end(pairs: list[tuple[str, str]], *without: str) -> list[tuple[str, str]]:
    """The headers that are not about one connection, nor among `without`; names in lower case."""
    named = ",".join(value for name, value in pairs if name == "connection").lower()
    dropped = HOP_BY_HOP.union(without, (word.strip() for word in named.split(",")))
    return [pair for pair in pairs if pair[0] not in dropped]


def ready(address: tuple[str, int]) -> None:
    """The proxy listens."""
    print(f"listening on {address[0]}:{address[1]}", flush=True)


async def main(host: str, port: int, upstreams: list[str], seconds: float) -> None:
    """Serve for ever, with one client for all upstreams."""
    timeouts = client.Timeouts(pool=seconds, connect=seconds, write=seconds, read=seconds)
    async with Client(limits=LIMITS, timeouts=timeouts, proxies={}) as to_upstreams:
        handle = Proxy(to_upstreams, [each.rstrip("/") for each in upstreams]).handle
        await serve(handle, host, port, ready=ready, max_body=1 << 40)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A reverse proxy.")
    parser.add_argument("upstreams", nargs="+", help="the servers: http://HOST:PORT")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000, help="0 takes any free port")
    parser.add_argument("--timeout", type=float, default=30.0, help="seconds for each phase")
    options = parser.parse_args()
    try:
        zokio.run(main(options.host, options.port, options.upstreams, options.timeout))
    except KeyboardInterrupt:
        print("stopped")
