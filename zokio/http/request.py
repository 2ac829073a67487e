"""Request: what a handler is given."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from zokio.http.headers import Headers, Pair
from zokio.http.parsing import Head
from zokio.reactor.contract import Address

if TYPE_CHECKING:
    from zokio.http.body import RequestBody


class Request:
    """One request.

    Attributes:
        body: iterate over it (`async for part in request.body`), or `await request.body.read()`.
        peer_address: whence it came, as the stream says.
    """

    __slots__ = ("_head", "_headers", "body", "peer_address")

    def __init__(self, head: Head, body: RequestBody, peer_address: Address) -> None:
        self._head = head
        self._headers: Headers | None = None
        self.body = body
        self.peer_address = peer_address

    @property
    def method(self) -> str:
        """In upper case, such as "GET"."""
        return self._head.method.decode("ascii")

    @property
    def target(self) -> str:
        """As the client sent it: mostly a path with its query."""
        return self._head.target.decode("ascii")

    @property
    def version(self) -> str:
        """ "1.1" or "1.0"."""
        return "1.1" if self._head.is_1_1 else "1.0"

    def raw_parts(self) -> tuple[bytes, bytes]:
        """The path and the query, as they were sent."""
        path, _, query = self._head.target.partition(b"?")
        if path[:1] != b"/" and path != b"*":  # absolute: its path begins behind the host
            path = b"/" + path.partition(b"://")[2].partition(b"/")[2]
        return path, query

    @property
    def raw_path(self) -> str:
        """The path as it was sent, without the query: `%2F` and `/` still differ."""
        return self.raw_parts()[0].decode("ascii")

    @property
    def path(self) -> str:
        """The path without the query, its escapes decoded as UTF-8."""
        path = self.raw_path
        return unquote(path) if "%" in path else path

    @property
    def query(self) -> str:
        """What follows the question mark, as it was sent; see `urllib.parse.parse_qs`."""
        return self.target.partition("?")[2]

    @property
    def raw_headers(self) -> list[Pair]:
        """The headers, names in lower case and values, as bytes and in the order as they came."""
        return self._head.headers

    @property
    def headers(self) -> Headers:
        """The headers, by name in lower case."""
        if self._headers is None:
            self._headers = Headers(self._head.headers)
        return self._headers

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.target} from {self.peer_address}>"
