"""Response: what a handler returns."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping
from typing import Final

from zokio.errors import UsageError
from zokio.http.files import File
from zokio.http.headers import HeaderItems, encoded_line

THE_SERVERS: Final = frozenset({b"content-length", b"connection", b"transfer-encoding", b"date"})
Content = bytes | AsyncIterable[bytes] | File
Body = Content | bytearray | memoryview | str


class Response:
    """A status, a body and headers.

    Args:
        status: 200 to 599.
        body: bytes; text, which is sent as UTF-8; a `File`; or an async iterable of bytes, of which
            the next part is asked for when the client has room for it.
        headers: pairs or a mapping. `content-length`, `transfer-encoding`, `date` and `connection`
            are the server's: it counts, it chunks, and it knows whether the connection goes on.
            Only `connection: close` may be given, and `content-length` for a body in parts.

    Raises:
        UsageError: the status, or a header, is one that cannot be sent.
    """

    __slots__ = ("body", "closes", "length", "lines", "status")

    def __init__(self, status: int = 200, body: Body = b"", headers: HeaderItems = ()) -> None:
        if not 200 <= status <= 599:
            raise UsageError(f"Response({status!r}): a status is a number from 200 to 599")
        self.status = status
        self.body: Content = body if type(body) is bytes else _content(body)
        self.length: int | None = None
        """What `content-length` said, for a body in parts."""
        self.closes = False
        """It is the last of its connection."""
        self.lines = b"" if headers == () else self._lines(headers)
        """The headers besides the server's own, as they stand in the head."""

    def _lines(self, headers: HeaderItems) -> bytes:
        lines = b""
        for name, value in headers.items() if isinstance(headers, Mapping) else headers:
            pair, line = encoded_line(name, value)
            if pair[0] in THE_SERVERS:
                self.take_own(*pair)
            else:
                lines += line
        return lines

    def take_own(self, name: bytes, value: bytes) -> None:
        """What a header says that is the server's to give.

        Raises:
            UsageError: it may not be given, or is wrong.
        """
        if name == b"content-length":
            self.length = _length(value)
            if isinstance(self.body, bytes) and self.body and len(self.body) != self.length:
                size = len(self.body)
                raise UsageError(f"Response: content-length {self.length} for {size} bytes")
        elif name == b"connection" and value.lower() == b"close":
            self.closes = True
        else:
            raise UsageError(f"Response: the header {name.decode()} is the server's to give")


def _content(body: Body) -> Content:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray | memoryview) else body


def _length(value: bytes) -> int:
    if not value.isdigit():
        raise UsageError(f"Response: content-length is a number, and not {value!r}")
    return int(value)
