"""HeadParser: what a complete head says, by llhttp (through httptools), and what llhttp lets pass.

The connection finds the end of a head and gives it here in one piece, so nothing depends on how the
bytes were split. Bodies do not come here: `body.py` takes them apart. That leaves llhttp what it
does best, and everything it is lenient with is refused here by name: HTTP/0.9 and a bare LF behind
the target (nodejs/llhttp#877), RTSP and ICE, several spaces, codings that this server does not
know, chunked in HTTP/1.0, CONNECT. `Upgrade` is ignored, as RFC 9110 allows.
"""

from __future__ import annotations

import re
import sys
from typing import Final

from zokio.http.headers import TOKEN, Pair
from zokio.http.http_error import HttpError

try:
    import httptools
except ImportError as error:
    raise ImportError(
        "zokio.http parses with httptools, which is not installed: pip install 'zokio[http]'"
    ) from error

BARE_LF: Final = re.compile(rb"(?<!\r)\n")
VERSION: Final = re.compile(rb" HTTP/[0-9]\.[0-9]")
HOST: Final = re.compile(rb"[A-Za-z0-9\-._~%!$&'()*+;=:\[\]]*")
ABSOLUTE: Final = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)
FIRST_LETTER: Final = ord("A")
FRAMING: Final = frozenset(
    {b"host", b"content-length", b"transfer-encoding", b"expect", b"connection"}
)
"""The headers that the server itself has to understand."""


class Head:
    """What a head says."""

    __slots__ = (
        "chunked",
        "expects",
        "headers",
        "is_1_1",
        "keep_alive",
        "length",
        "method",
        "target",
    )

    def __init__(self, method: bytes, target: bytes, headers: list[Pair], *, is_1_1: bool) -> None:
        self.method = method
        self.target = target
        self.headers = headers
        self.is_1_1 = is_1_1
        self.keep_alive = is_1_1
        self.length = 0
        """Bytes of the body, unless it is chunked."""
        self.chunked = False
        self.expects = False
        """The client waits for `100 Continue` before it sends the body."""


class HeadParser:
    """Parses the heads of one connection, one after another."""

    __slots__ = ("_headers", "_headers_max", "_host", "_llhttp", "_special", "_target")

    def __init__(self, headers_max: int) -> None:
        self._headers_max = headers_max
        self._headers: list[Pair] = []
        self._special: dict[bytes, bytes] = {}
        self._target = b""
        self._host = b""
        self._llhttp = httptools.HttpRequestParser(self)

    def on_url(self, url: bytes) -> None:
        """httptools: the target."""
        self._target = url

    def on_header(self, name: bytes, value: bytes) -> None:
        """httptools: a header."""
        name = name.lower()
        self._headers.append((name, value))
        if name in FRAMING:
            special = self._special
            special[name] = value if name not in special else special[name] + b"," + value

    def parse(self, data: bytes) -> Head:
        """What a complete head says, the empty line included.

        Raises:
            HttpError: 400, 417, 431, 501 or 505; nothing that follows can be understood.
        """
        try:
            return self._parse(data[2:] if data[:2] == b"\r\n" else data)
        except HttpError:
            check_beginning(data)  # which may have been said before, of a part
            raise

    def _parse(self, data: bytes) -> Head:
        line_end = data.find(b"\r\n")
        is_1_1 = data[line_end - 9 : line_end] == b" HTTP/1.1"
        if not is_1_1 or data.count(b" ", 0, line_end) != 2 or data[0] < FIRST_LETTER:
            _check_line(data[:line_end])
        self._headers, self._special = [], {}
        method = data[: data.find(b" ")]
        self._feed(data, method)
        if len(self._headers) > self._headers_max:
            raise HttpError(431)
        head = Head(method, self._target, self._headers, is_1_1=is_1_1)
        special = self._special
        if len(special) != 1 or not is_1_1 or b"host" not in special:
            self._take_special(head, special)
        host = special.get(b"host", b"")
        if host != self._host:
            if not HOST.fullmatch(host):  # several are joined by commas
                raise HttpError(400, "Host is malformed, or there are several")
            self._host = host  # the same in every request of a connection
        if head.target[:1] != b"/" or b"#" in head.target:
            _check_target(head, special.get(b"host"))
        return head

    def _feed(self, data: bytes, method: bytes) -> None:
        try:
            self._llhttp.feed_data(data)
        except httptools.HttpParserUpgrade:
            if method == b"CONNECT":
                raise HttpError(501, "this server is no proxy") from None
            self._renew()
        except httptools.HttpParserInvalidMethodError:
            known = TOKEN.fullmatch(method) is None
            raise HttpError(400 if known else 501, "there is no such method") from None
        except httptools.HttpParserError as error:
            raise HttpError(400, str(error)) from None

    def _renew(self) -> None:
        """llhttp would take what follows for a body; the next head is the first of a new parser."""
        self._llhttp = httptools.HttpRequestParser(self)

    def _take_special(self, head: Head, special: dict[bytes, bytes]) -> None:
        if head.is_1_1 and b"host" not in special:
            raise HttpError(400, "there is no Host")
        tokens = {token.strip().lower() for token in special.get(b"connection", b"").split(b",")}
        head.keep_alive = b"close" not in tokens and (head.is_1_1 or b"keep-alive" in tokens)
        if b"transfer-encoding" in special:
            _check_coding(head, special[b"transfer-encoding"])
            head.chunked = True
        head.length = int(special.get(b"content-length", b"0"))
        if head.length or head.chunked:
            self._renew()
        expected = special.get(b"expect")
        if expected is not None and head.is_1_1:
            if expected.lower() != b"100-continue":
                raise HttpError(417)
            head.expects = True


def check_beginning(data: bytes | bytearray, begin: int = 0, end: int = sys.maxsize) -> None:
    """Refuse what cannot become a head any more, from its first bytes on.

    One empty line before a request is skipped, as RFC 9112 asks.

    Args:
        data: what has come of the head.
        begin: up to here its lines were looked at before.
        end: no byte from here on counts.

    Raises:
        HttpError: 400.
    """
    first = 2 if data[:2] == b"\r\n" else 0
    may_be_an_empty_line = len(data) == first or data == b"\r"
    is_wrong = not may_be_an_empty_line and TOKEN.match(data, first, first + 1) is None
    if is_wrong or BARE_LF.search(data, begin, end):
        raise HttpError(400, "this is not HTTP, or a line does not end with CR LF")


def _check_line(line: bytes) -> None:
    """Refuse a line that is not `method target HTTP/1.0` or 1.1, the words apart by one space."""
    is_token = TOKEN.match(line) is not None  # llhttp skips empty lines, of CR or LF alone too
    if not is_token or line.count(b" ") != 2 or not VERSION.fullmatch(line, len(line) - 9):
        raise HttpError(400, "the request line is malformed")
    if line[-9:-1] != b" HTTP/1." or line[-1:] not in b"01":
        raise HttpError(505)


def _check_coding(head: Head, coding: bytes) -> None:
    if not head.is_1_1:
        raise HttpError(400, "HTTP/1.0 has no Transfer-Encoding")
    if coding.strip().lower() != b"chunked":
        raise HttpError(501, "the only transfer coding that this server knows is chunked")


def _check_target(head: Head, host: bytes | None) -> None:
    """Refuse what names two hosts, or none in a known form: for what begins with no slash."""
    target = head.target
    if b"#" in target:
        raise HttpError(400, "a target has no fragment")
    if target == b"*":
        if head.method != b"OPTIONS":
            raise HttpError(400, "only OPTIONS has the target *")
        return
    absolute = ABSOLUTE.match(target)
    if absolute is None:
        raise HttpError(400, "the target has no known form")
    if host is not None and absolute[1].lower() != host.lower():
        raise HttpError(400, "the target names another host than Host")
