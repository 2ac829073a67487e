"""Which proxy is asked for which URL, what it is told, and what the server is not."""

from __future__ import annotations

import h11
import pytest

from tests.helpers.http_server import Received, receive, serving
from tests.helpers.simulation import run_simulated
from zokio.errors import EndedError, UsageError
from zokio.http import Client
from zokio.http.client import Limits
from zokio.http.client.dial import open_tunnel
from zokio.http.client.errors import ProtocolError
from zokio.http.client.proxies import Proxies, Route
from zokio.http.client.url import parse_url
from zokio.net import TcpStream

VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUEST_METHOD")


def test_a_request_by_a_proxy_names_the_whole_url_and_shares_its_connections() -> None:
    async def main() -> tuple[list[Received], int]:
        async with serving() as proxy:
            by = proxy.url().replace("//", "//us:pw@")
            async with Client(proxies={"http": by}) as client:
                await client.get("http://one.example:81/a?b")
                await client.get("http://two.example/")
                return proxy.requests, proxy.connections

    (one, two), connections = run_simulated(main())
    assert (one.target, one.headers["host"]) == ("http://one.example:81/a?b", "one.example:81")
    assert (two.target, two.headers["host"]) == ("http://two.example/", "two.example")
    assert one.headers["proxy-authorization"] == "Basic dXM6cHc="
    assert connections == 1


def test_a_server_that_is_asked_directly_is_not_told_the_login_of_the_proxy() -> None:
    async def main() -> Received:
        async with serving() as server:
            proxies = {"http": "http://us:pw@127.0.0.1:9/", "no": "127.0.0.1"}
            async with Client(proxies=proxies) as client:
                await client.get(server.url("/a"))
                return server.requests[0]

    received = run_simulated(main())
    assert received.target == "/a"
    assert "proxy-authorization" not in received.headers


@pytest.mark.parametrize(
    ("host", "direct"),
    [
        ("example.org", True),
        ("www.example.org", True),
        ("notexample.org", False),
        ("10.0.0.1", True),
        ("other.net", False),
        ("other.net:8080", True),
        ("dotted.com", True),
        ("a.dotted.com", True),
    ],
)
def test_hosts_that_are_asked_directly(host: str, direct: bool) -> None:
    no = "example.org, 10.0.0.1,other.net:8080,.dotted.com,"
    proxies = Proxies({"all": "proxy:3128", "no": no})
    route = proxies.route(parse_url(f"http://{host}/"))
    assert (route.is_by_proxy, route.host == "proxy") == (not direct, not direct)


def test_a_star_asks_everybody_directly() -> None:
    route = Proxies({"http": "proxy:3128", "no": "*"}).route(parse_url("http://h/"))
    assert route == Route("h", 80)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1/")
    monkeypatch.setenv("https_proxy", "http://tunnel:2")
    monkeypatch.setenv("NO_PROXY", "direct")
    proxies = Proxies.of_environment()
    assert proxies.route(parse_url("http://h/")).host == "proxy"
    assert proxies.route(parse_url("http://direct/")).host == "direct"
    assert proxies.route(parse_url("https://h/")) == Route("tunnel", 2, "h", "h:443")
    # In a CGI program this variable is what a request said in its header Proxy.
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    assert Proxies.of_environment().route(parse_url("http://h/")).host == "h"


@pytest.mark.parametrize("proxy", ["socks5://h:1", "https://h", "http://", "http://a b/"])
def test_a_proxy_of_an_unknown_kind_is_refused(proxy: str) -> None:
    with pytest.raises(UsageError):
        Client(proxies={"http": proxy})


def test_routes_say_where_they_lead() -> None:
    proxies = Proxies({"https": "http://us:pw@proxy:1"})
    route = proxies.route(parse_url("https://[::1]/"))
    assert (str(route), route.tls) == ("proxy port 1 to [::1]:443", "::1")
    assert route.proxy_authorization == b"Basic dXM6cHc="
    assert str(proxies.route(parse_url("http://h/"))) == "h port 80"


def tunnelled(reply: bytes) -> tuple[Received | None, bytes]:
    """What the proxy was asked, and what comes through the tunnel."""
    asked: list[Received | None] = []

    async def script(stream: TcpStream) -> None:
        asked.append(await receive(h11.Connection(h11.SERVER), stream))
        await stream.write_all(reply)
        if reply:
            await stream.write_all(await stream.read(100))

    async def main() -> bytes:
        route = Route("proxy", 1, "h", "h:443", b"Basic x")
        async with (
            serving(script) as server,
            await TcpStream.connect("127.0.0.1", server.port) as stream,
        ):
            try:
                await open_tunnel(stream, route, Limits())
            except (ProtocolError, EndedError) as error:
                return str(error).encode()
            await stream.write_all(b"through")
            return await stream.read(100)

    came = run_simulated(main())
    return asked[0], came


def test_a_tunnel_passes_everything_through() -> None:
    asked, came = tunnelled(b"HTTP/1.1 200 Connection established\r\n\r\n")
    assert came == b"through"
    assert asked is not None
    assert (asked.method, asked.target) == ("CONNECT", "h:443")
    assert asked.headers["proxy-authorization"] == "Basic x"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            b"HTTP/1.1 407 Who are you\r\ncontent-length: 0\r\n\r\n",
            b"refuses a tunnel to h:443: 407",
        ),
        (b"", b"without an answer"),
        (b"nonsense\r\n\r\n", b"is no HTTP"),
    ],
)
def test_a_proxy_that_gives_no_tunnel_is_told(reply: bytes, said: bytes) -> None:
    assert said in tunnelled(reply)[1]
