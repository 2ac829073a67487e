"""WebSocketClosed, and the codes with which a WebSocket is closed (RFC 6455, 7.4)."""

from __future__ import annotations

from typing import Final

from zokio.errors import UsageError, ZokioError

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
NO_CODE: Final = 1005
"""The peer has closed it without a code."""
BROKEN: Final = 1006
"""It ended without a close."""
TOO_BIG: Final = 1009
FAILED: Final = 1011
QUIET: Final = frozenset({NORMAL, GOING_AWAY, NO_CODE})
"""Ends of a conversation in which nothing went wrong."""
REASON_BYTES: Final = 123


class WebSocketClosed(ZokioError):
    """The WebSocket is closed, by this side or by the peer, or its connection broke.

    Attributes:
        code: of the first close; 1005 if it had none, 1006 if the connection just ended.
        reason: the text that came with it.
    """

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        said = f": {reason}" if reason else ""
        super().__init__(f"the WebSocket is closed with {code}{said}; stop using it")


def check_close(code: int, reason: str) -> None:
    """Refuse what a close cannot say.

    Raises:
        UsageError: the code is none that may be sent, or the reason is too long.
    """
    may_be_sent = 1000 <= code <= 1014 and code not in (1004, NO_CODE, BROKEN)
    if not (may_be_sent or 3000 <= code <= 4999):
        raise UsageError(f"close({code}): a code is 1000 to 1014, or 3000 to 4999 for your own")
    if len(reason.encode()) > REASON_BYTES:
        raise UsageError(f"close({code}): a reason has {REASON_BYTES} bytes of UTF-8 at the most")
