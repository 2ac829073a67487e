"""Upgrade: an answer that takes the connection over, for another protocol than HTTP.

The 101 is written, and then the taker is called in the connection's task, with the stream and what
was read behind the request. No deadline of HTTP runs any more: the stream is the taker's. When it
returns, the connection is ended as one of HTTP is: shut, and read until the client has ended it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from zokio.errors import UsageError
from zokio.http.headers import HeaderItems, encoded
from zokio.http.limits import Limits
from zokio.http.parsing import Head
from zokio.http.response import Response
from zokio.http.stream import Stream
from zokio.runtime.token import CancellationToken


class Upgraded:
    """A connection that was taken over.

    Attributes:
        stream: it reads and writes; `close` is called by the server in the end.
        buffered: what the client has sent behind its request, and was read already.
        stopping: cancelled when a graceful shutdown begins; the taker then has `grace` seconds.
        limits: those of the server.
    """

    __slots__ = ("buffered", "limits", "stopping", "stream")

    def __init__(self, stream: Stream, buffered: bytes, limits: Limits) -> None:
        self.stream = stream
        self.buffered = buffered
        self.stopping = CancellationToken()
        self.limits = limits


Taker = Callable[[Upgraded], Awaitable[object]]


class Upgrade:
    """What a handler returns to switch to the protocol that the client has asked for.

    Args:
        protocol: its name, one of those in the request's `upgrade`.
        taker: called with an `Upgraded`, in the connection's task. Its errors are logged.
        headers: further headers of the 101.

    Attributes:
        when_over: called when the connection is not the taker's any more, or never became it since
            the client had left.

    Raises:
        UsageError: a header is one that cannot be sent.
    """

    __slots__ = ("lines", "protocol", "taker", "when_over")

    def __init__(self, protocol: str, taker: Taker, headers: HeaderItems = ()) -> None:
        self.when_over: Callable[[], object] = bool
        self.protocol = protocol
        self.taker = taker
        line = b"connection: Upgrade\r\n%b: %b\r\n" % encoded("upgrade", protocol)
        self.lines = line + Response(headers=headers).lines
        """The headers besides the date, as they stand in the head."""


def check_upgrade(head: Head, upgrade: Upgrade, *, is_read: bool) -> None:
    """Refuse to switch when the client has not asked for it, or its body is in the way.

    Raises:
        UsageError: so it is.
    """
    asked = tokens(head, b"upgrade")
    if "upgrade" not in tokens(head, b"connection") or upgrade.protocol.lower() not in asked:
        raise UsageError(
            f"Upgrade({upgrade.protocol!r}): the request does not ask for it; look at its headers "
            "`connection` and `upgrade` first"
        )
    if not (head.is_1_1 and is_read):
        raise UsageError(
            f"Upgrade({upgrade.protocol!r}): only a request of HTTP/1.1 can be answered so, and "
            "its body has to be read before"
        )


def tokens(head: Head, name: bytes) -> list[str]:
    """The elements of a header that is a list, in lower case."""
    lists = [value.decode("latin-1") for key, value in head.headers if key == name]
    return [element.strip().lower() for element in ",".join(lists).split(",")]
