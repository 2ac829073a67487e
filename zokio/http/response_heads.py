"""ResponseHeads: the first bytes of a response, of which most are the same for a second."""

from __future__ import annotations

from email.utils import formatdate
from typing import Final

from zokio.env.calendar import unix_seconds
from zokio.env.clock import SECOND_NS
from zokio.http.http_error import REASONS

WITHOUT_BODY: Final = frozenset({204, 304})
"""Statuses without a body; their length is not said either."""


class ResponseHeads:
    """The status line and the date, made once a second for each status."""

    __slots__ = ("_beginnings", "_now_ns", "_until_ns")

    def __init__(self) -> None:
        self._beginnings: dict[int, bytes] = {}
        self._until_ns = -1

    def beginning(self, status: int, now_ns: int) -> bytes:
        """Status line and date; `now_ns` is of the reactor's clock."""
        if now_ns >= self._until_ns:
            self._beginnings = {}
            self._until_ns = now_ns + SECOND_NS
        found = self._beginnings.get(status)
        if found is None:
            date = formatdate(unix_seconds(), usegmt=True)
            line = f"HTTP/1.1 {status} {REASONS.get(status, '')}\r\ndate: {date}\r\n"
            found = self._beginnings[status] = line.encode()
        return found
