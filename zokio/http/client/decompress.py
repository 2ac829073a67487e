"""Decompression of response bodies, part by part: no part grows beyond a limit.

gzip and deflate by `zlib`; br and zstd where a library is installed (`decoders.py`). A few bytes
may stand for gigabytes, so `feed` gives them in parts of about `PART_BYTES` at the most.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from zokio.http.client.decoders import PART_BYTES, installed
from zokio.http.client.errors import ProtocolError

CODINGS_MAX = 4
GZIP = 16 + zlib.MAX_WBITS


class Decoder(Protocol):
    """Takes what is compressed, and gives what it was."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes stand for, in parts.

        Raises:
            ProtocolError: they are not what they should be.
        """
        ...

    def end(self) -> None:
        """No more comes.

        Raises:
            ProtocolError: something is missing.
        """
        ...


class ZlibDecoder:
    """gzip, also in several members one after the other; or deflate, with or without a header."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._inflate = zlib.decompressobj(wbits)
        self._has_begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """See `Decoder`."""
        while data:
            part = self._decompress(data)
            data = self._inflate.unconsumed_tail
            if part:
                yield part
            if self._inflate.eof:
                data = self._inflate.unused_data
                if self._wbits != GZIP:
                    return  # what follows a deflated body means nothing
                self._inflate = zlib.decompressobj(self._wbits)
                self._has_begun = False

    def _decompress(self, data: bytes) -> bytes:
        try:
            part = self._inflate.decompress(data, PART_BYTES)
        except zlib.error as error:
            if self._has_begun or self._wbits != zlib.MAX_WBITS:
                raise ProtocolError(
                    f"the server sent what cannot be decompressed: {error}"
                ) from error
            # Some servers call deflate what has no header.
            self._wbits = -zlib.MAX_WBITS
            self._inflate = zlib.decompressobj(self._wbits)
            return self._decompress(data)
        self._has_begun = True
        return part

    def end(self) -> None:
        """See `Decoder`."""
        if self._has_begun and not self._inflate.eof:
            raise ProtocolError("the compressed body of the response ends too early")


def _gzip() -> Decoder:
    return ZlibDecoder(GZIP)


def _deflate() -> Decoder:
    return ZlibDecoder(zlib.MAX_WBITS)


DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    **installed(),
}

ACCEPTED = ", ".join(name for name in DECODERS if name != "x-gzip")


class Chain:
    """Several codings, of which the last is undone first."""

    def __init__(self, decoders: list[Decoder]) -> None:
        self._decoders = decoders

    def feed(self, data: bytes) -> Iterator[bytes]:
        """See `Decoder`."""
        return self._feed(data, self._decoders)

    def _feed(self, data: bytes, decoders: list[Decoder]) -> Iterator[bytes]:
        if not decoders:
            yield data
            return
        for part in decoders[0].feed(data):
            yield from self._feed(part, decoders[1:])

    def end(self) -> None:
        """See `Decoder`."""
        for decoder in self._decoders:
            decoder.end()


def decoder_of(content_encoding: str) -> Chain | None:
    """What undoes a Content-Encoding; None: nothing has to be undone, or nobody here can.

    Raises:
        ProtocolError: there are more codings, one on the other, than anybody needs.
    """
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > CODINGS_MAX:
        raise ProtocolError(f"the response is encoded {len(codings)} times; give it up")
    if not codings or any(name not in DECODERS for name in codings):
        return None
    return Chain([DECODERS[name]() for name in reversed(codings)])
