"""Chunked: takes a chunked body apart, strictly. Pure: bytes in, bytes out.

    SIZE --size line--> DATA --all of it--> DATA_END --CRLF--> SIZE
      `--size 0--> TRAILERS --empty line--> OVER

Guarantees: what it takes for the end of the body is what every strict reader does: lines end with
CR LF and nothing else, sizes are hexadecimal digits alone. Extensions and trailers are checked for
their characters and dropped. It needs memory for one line.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from zokio.http.http_error import HttpError

LINE_MAX: Final = 4_096
SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")
TRAILER: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*")
FORBIDDEN: Final = (b"content-length:", b"transfer-encoding:", b"host:")
"""What a trailer must not say: a reader that believed it would see another message."""


class Place(Enum):
    """Where in the body the next byte stands."""

    SIZE = "size"
    DATA = "data"
    DATA_END = "data end"
    TRAILERS = "trailers"
    OVER = "over"


class Chunked:
    """Feed it what comes; `is_over` when the body has ended."""

    __slots__ = ("_failure", "_left", "_lines", "_place")

    def __init__(self) -> None:
        self._place = Place.SIZE
        self._left = 0  # bytes of this chunk
        self._lines = 0  # bytes of size lines and trailers since the last data
        self._failure: HttpError | None = None

    @property
    def is_over(self) -> bool:
        """Whether the body has ended."""
        return self._place is Place.OVER

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """All of the body that is in there, and what is left to be given again, with more.

        The piece is empty when more is needed, or the body is over. It takes time in proportion to
        the bytes, however small the chunks are.

        Raises:
            HttpError: 400, the body is malformed; what was well-formed has been given before.
        """
        if self._failure is not None:
            raise self._failure
        pieces: list[bytes] = []
        at = 0
        try:
            while self._place is not Place.OVER and (end := self._step(data, at, pieces)) >= 0:
                at = end
        except HttpError as error:
            if not pieces:
                raise
            self._failure = error
        return b"".join(pieces), data[at:]

    def _step(self, data: bytes, at: int, pieces: list[bytes]) -> int:
        """Take what stands at `at`: a line, or data; where it ends, or -1 if more is needed."""
        if self._place is Place.DATA:
            piece = data[at : at + self._left]
            if not piece:
                return -1
            pieces.append(piece)
            self._lines = 0
            self._left -= len(piece)
            if not self._left:
                self._place = Place.DATA_END
            return at + len(piece)
        end = data.find(b"\r\n", at, at + LINE_MAX + 2)
        line = data[at:end] if end >= 0 else data[at : at + LINE_MAX + 2]
        self._check_line(line, is_whole=end >= 0)
        if end < 0:
            return -1
        self._take_line(line)
        return end + 2

    def _check_line(self, line: bytes, *, is_whole: bool) -> None:
        """What is wrong is said as soon as it can be seen, however the bytes arrive."""
        body = line if is_whole else line.removesuffix(b"\r")
        if self._lines + len(body) > LINE_MAX:
            raise HttpError(400, "a chunk's line or the trailers are too long")
        if b"\n" in body or b"\r" in body:
            raise HttpError(400, "a line of the chunked body does not end with CR LF")
        if body and self._place is Place.DATA_END:
            raise HttpError(400, "a chunk is longer than its size")

    def _take_line(self, line: bytes) -> None:
        self._lines += len(line) + 2
        match self._place:
            case Place.SIZE:
                found = SIZE_LINE.fullmatch(line)
                if found is None:
                    raise HttpError(400, "the size of a chunk is malformed")
                self._left = int(found[1], 16)
                self._place = Place.DATA if self._left else Place.TRAILERS
            case Place.DATA_END:
                self._place = Place.SIZE
            case _:
                self._take_trailer(line)

    def _take_trailer(self, line: bytes) -> None:
        if not line:
            self._place = Place.OVER
        elif not TRAILER.fullmatch(line) or line.lower().startswith(FORBIDDEN):
            raise HttpError(400, "a trailer is malformed or forbidden")
