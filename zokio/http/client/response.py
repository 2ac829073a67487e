"""Response: status and headers, and a body that comes when it is asked for.

Guarantees: when the body has been read to its end the connection goes back to the pool, if both
sides keep it; whatever else happens, a close in the middle, an error or a cancellation while
reading, closes the connection. Of a compressed body no more than a small part is in memory at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import h11

from zokio.errors import ClosedError, LimitError
from zokio.http.client.connection import HttpConnection
from zokio.http.client.decompress import Chain, decoder_of
from zokio.http.client.errors import StatusError
from zokio.http.client.headers import ResponseHeaders
from zokio.http.client.lease import Lease
from zokio.http.client.phases import Phases
from zokio.http.client.url import Url

CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Response:
    """What a server answers. Made by `Client`.

    Attributes:
        status: the number, as 200.
        reason: the words after it, which mean nothing.
        headers: by name, in any case.
        url: who has answered, after redirects.
    """

    def __init__(
        self,
        head: h11.Response,
        url: Url,
        lease: Lease[HttpConnection],
        phases: Phases,
        body_bytes_max: int,
    ) -> None:
        assert lease.connection is not None
        self.status = head.status_code
        self.reason = head.reason.decode("latin-1")
        self.headers = ResponseHeaders(head.headers)
        self.url = str(url)
        self._connection = lease.connection
        self._lease = lease
        self._phases = phases
        self._body_bytes_max = body_bytes_max
        self._whole: bytes | None = None
        self._is_begun = False
        self._at_hand = self._connection.data_at_hand()
        if self._at_hand == b"":
            self._end()

    async def read(self) -> bytes:
        """The whole body. Again: the same.

        Raises:
            LimitError: it is longer than the client's `Limits.body_bytes`.
            ClosedError: a part of it was taken before, or the response was closed.
            ReadTimeoutError, BrokenError: the server, or the network, fails.
        """
        if self._whole is None:
            parts, size = [], 0
            async for part in self.iter_bytes():
                size += len(part)
                if size > self._body_bytes_max:
                    self.close()
                    raise LimitError(
                        f"the body from {self.url} has more than {self._body_bytes_max} bytes; "
                        "raise Limits.body_bytes, or take it in parts by iter_bytes"
                    )
                parts.append(part)
            self._whole = b"".join(parts)
        return self._whole

    async def iter_bytes(self) -> AsyncIterator[bytes]:
        """The body in parts, as it comes, decompressed; there is no limit to all of them.

        Raises:
            As `read`, but for LimitError.
        """
        if self._whole is not None:
            yield self._whole
            return
        self._begin()
        decoder = None
        if self._at_hand != b"":
            decoder = self._decoder()
        while data := await self._receive():
            if decoder is None:
                yield data
                continue
            try:
                for part in decoder.feed(data):
                    yield part
            except BaseException:
                self.close()
                raise
        if decoder is not None:
            decoder.end()

    async def iter_raw(self) -> AsyncIterator[bytes]:
        """The body in parts, as it was sent: what was compressed still is. For who passes it on.

        Raises:
            As `iter_bytes`.
        """
        self._begin()
        while data := await self._receive():
            yield data

    async def text(self) -> str:
        """The whole body as text, by the charset of its Content-Type; UTF-8 if it has none.

        What is no such text becomes U+FFFD.

        Raises:
            As `read`.
        """
        return self._decode(await self.read())

    async def json(self) -> Any:
        """The value that the whole body stands for.

        Raises:
            ValueError: it is no JSON.
            As `read`.
        """
        return json.loads(await self.read())

    def raise_for_status(self) -> None:
        """Raises StatusError if the status is 400 or more."""
        if self.status >= 400:
            raise StatusError(
                self.status, f"{self.url} answered {self.status} {self.reason}; see its body"
            )

    def close(self) -> None:
        """Done with it. If the body was not read to its end the connection is closed."""
        self._lease.drop()

    async def discard(self, size_max: int) -> None:
        """Read and forget the body if it is short, so that the connection can be used again."""
        size = 0
        while size <= size_max and (data := await self._receive()):
            size += len(data)
        self.close()

    def _begin(self) -> None:
        if self._is_begun:
            raise ClosedError(f"the body from {self.url} was taken before; keep what you read")
        self._is_begun = True

    def _decoder(self) -> Chain | None:
        """What undoes the compression, if any."""
        try:
            return decoder_of(self.headers.get("content-encoding", ""))
        except BaseException:
            self.close()
            raise

    async def _receive(self) -> bytes:
        """A part of the body as it was sent; b"" at its end."""
        data, self._at_hand = self._at_hand, None
        if data is None:
            data = await self._receive_more()
        if not data:
            self._at_hand = b""
            self._end()
        return data

    async def _receive_more(self) -> bytes:
        if self._lease.is_over:
            raise ClosedError(f"the response from {self.url} was closed; read before you close it")
        try:
            return await self._phases.read(self._connection.receive_data())
        except BaseException:
            self.close()
            raise

    def _end(self) -> None:
        """The body is at its end: the connection is free."""
        if self._lease.is_over:
            return
        if self._connection.recycle():
            self._lease.give_back()
        else:
            self._lease.drop()

    def _decode(self, data: bytes) -> str:
        found = CHARSET.search(self.headers.get("content-type", ""))
        try:
            return data.decode(found[1] if found else "utf-8", "replace")
        except LookupError:
            return data.decode("utf-8", "replace")

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.reason}, {self.url}>"
