"""The body of a request: bytes, a file, or parts that come as they are asked for.

Whatever it is made of, it says its length if that is known, whether it can be sent twice, and gives
its parts. A file is read in the blocking pool, from where it stands, and stays open.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass
from typing import Any, BinaryIO

from zokio.errors import UsageError
from zokio.runtime.blocking import spawn_blocking

PART_BYTES = 65_536

Body = bytes | str | AsyncIterable[bytes] | BinaryIO | None


@dataclass(frozen=True, slots=True)
class RequestBody:
    """See the head of this file.

    Attributes:
        source: where it comes from.
        length: in bytes; None: not known before its end.
    """

    source: bytes | AsyncIterable[bytes] | BinaryIO
    length: int | None

    @property
    def can_be_sent_twice(self) -> bool:
        """Whether a retry or a redirect may send it again."""
        return isinstance(self.source, bytes)

    async def parts(self) -> AsyncGenerator[bytes, None]:
        """Its bytes, in parts of which none is empty."""
        if isinstance(self.source, bytes):
            for start in range(0, len(self.source), PART_BYTES):
                yield self.source[start : start + PART_BYTES]
        elif isinstance(self.source, AsyncIterable):
            async for part in self.source:
                if part:
                    yield part
        else:
            while part := await spawn_blocking(self.source.read, PART_BYTES):
                yield part


NO_BODY = RequestBody(b"", 0)


def request_body(body: Body, data: Any) -> tuple[RequestBody, str | None]:
    """The body, and its content type if it has one by itself.

    Args:
        body: what the user gave as `body`.
        data: what the user gave as `json`: anything that `json.dumps` takes.

    Raises:
        UsageError: both are given, or it is nothing that can be sent.
    """
    if data is not None:
        if body is not None:
            raise UsageError("give `body` or `json`, not both")
        encoded = json.dumps(data, separators=(",", ":"), allow_nan=False).encode()
        return RequestBody(encoded, len(encoded)), "application/json"
    if body is None:
        return NO_BODY, None
    if isinstance(body, str):
        encoded = body.encode()
        return RequestBody(encoded, len(encoded)), "text/plain; charset=utf-8"
    if isinstance(body, bytes):
        return RequestBody(body, len(body)), None
    if isinstance(body, AsyncIterable):
        return RequestBody(body, None), None
    if hasattr(body, "read"):
        return RequestBody(body, _rest_of(body)), None
    raise UsageError(
        f"body of type {type(body).__name__}: give bytes, text, a binary file, or an asynchronous "
        "iterable of bytes"
    )


def _rest_of(file: BinaryIO) -> int | None:
    """How many bytes there are from where a file stands; None: it cannot tell."""
    try:
        here = file.tell()
        end = file.seek(0, os.SEEK_END)
        file.seek(here)
    except (OSError, AttributeError):
        return None
    return max(0, end - here)
