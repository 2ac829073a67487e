"""Decoders for br and zstd, where a library is installed that can bound what it gives at once.

That is `brotli` from 1.2 on, and `compression.zstd` of Python 3.14 or its `backports.zstd`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from zokio.http.client.errors import ProtocolError

PART_BYTES = 65_536
WINDOW_LOG_MAX = 23
"""8 MiB, as RFC 8878 has it for HTTP: a server must not need more of a client's memory."""


class BrotliDecoder:
    """See `decompress.Decoder`. `library` is the module."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._decoder = library.Decompressor()
        self._has_begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """See `decompress.Decoder`."""
        self._has_begun = True
        while True:
            try:
                part = self._decoder.process(data, output_buffer_limit=PART_BYTES)
            except self._library.error as error:
                raise ProtocolError(f"the body cannot be decompressed: {error}") from error
            data = b""
            if not part:  # it would take more also when it has not given all
                return
            yield part

    def end(self) -> None:
        """See `decompress.Decoder`."""
        if self._has_begun and not self._decoder.is_finished():
            raise ProtocolError("the compressed body of the response ends too early")


class ZstdDecoder:
    """See `decompress.Decoder`; also for several frames, one after the other."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._decoder: Any = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """See `decompress.Decoder`."""
        while data or not (self._decoder is None or self._decoder.needs_input):
            if self._decoder is None:
                limit = {self._library.DecompressionParameter.window_log_max: WINDOW_LOG_MAX}
                self._decoder = self._library.ZstdDecompressor(options=limit)
            try:
                part = self._decoder.decompress(data, PART_BYTES)
            except self._library.ZstdError as error:
                raise ProtocolError(f"the body cannot be decompressed: {error}") from error
            data = b""
            if self._decoder.eof:
                data, self._decoder = self._decoder.unused_data, None
            if part:
                yield part

    def end(self) -> None:
        """See `decompress.Decoder`."""
        if self._decoder is not None:
            raise ProtocolError("the compressed body of the response ends too early")


def installed() -> dict[str, Callable[[], BrotliDecoder | ZstdDecoder]]:
    """Decoders by coding, of the libraries that are there."""
    found: dict[str, Callable[[], BrotliDecoder | ZstdDecoder]] = {}
    brotli = _module("brotli")
    if brotli is not None and hasattr(brotli.Decompressor, "can_accept_more_data"):
        found["br"] = partial(BrotliDecoder, brotli)
    zstd = _module("compression.zstd") or _module("backports.zstd")
    if zstd is not None:
        found["zstd"] = partial(ZstdDecoder, zstd)
    return found


def _module(name: str) -> Any:
    """The module; None: it is not there."""
    try:
        return import_module(name)
    except ImportError:
        return None
