"""Engine: TLS without a socket, on the standard library's `ssl` and two buffers in memory.

A step gives its result, or MORE: it cannot go on before more ciphertext was fed. Either way there
may be output to be sent. It never waits, and is used by one thread at a time; the caller sees to
that.
"""

from __future__ import annotations

import ssl
from enum import Enum
from typing import Final, Literal


class Needs(Enum):
    """What a step answers that cannot go on."""

    MORE = "more"


MORE: Final[Literal[Needs.MORE]] = Needs.MORE
RECORD_BYTES = 16_384
"""The most plaintext that a record of TLS holds."""


class Engine:
    """One side of a TLS connection."""

    __slots__ = ("_drained", "_incoming", "_is_ending", "_outgoing", "tls")

    def __init__(
        self, context: ssl.SSLContext, *, server_side: bool, server_hostname: str | None
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_hostname
        )
        self._is_ending = False  # an end, or an error, may have been taken from the input already
        self._drained = bytearray()  # plaintext that had to be taken out before its time

    def handshake(self) -> Needs | None:
        """Go on with the handshake, until it is over."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return MORE
        return None

    def read(self, n: int) -> Needs | bytes:
        """1 to `n` bytes of plaintext; b"" when the peer has said that there is no more.

        Raises:
            ssl.SSLEOFError: the input has ended, and the peer has not said so.
            ssl.SSLError: it is no TLS, or was forged.
        """
        if self._drained:
            data = bytes(self._drained[:n])
            del self._drained[:n]
            return data
        has_input = self._incoming.pending or self._incoming.eof or self.tls.pending()
        if not (has_input or self._is_ending):
            return MORE  # as OpenSSL would say, by an exception
        try:
            data = self.tls.read(min(n, RECORD_BYTES))  # it takes as much memory as it is asked for
        except ssl.SSLWantReadError:
            return MORE
        except ssl.SSLZeroReturnError:
            data = b""
        if not data:
            self._is_ending = True
        return data

    def write(self, data: memoryview) -> Needs | int:
        """Encrypt the beginning of `data`; how much of it. MORE: a renegotiation is on."""
        try:
            return self.tls.write(data) if data else 0
        except ssl.SSLWantReadError:
            return MORE

    def say_goodbye(self) -> None:
        """Tell the peer that no more will come (close_notify). Once, and not in a handshake."""
        self._is_ending = True
        self._drain()
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass  # it is said; the peer's own is what a read gets in the end

    def _drain(self) -> None:
        """Take out what has come: OpenSSL's shutdown looks at the input, and would drop it."""
        try:
            while data := self.tls.read(RECORD_BYTES):
                self._drained += data
        except ssl.SSLError:
            pass  # there is no more; or it is broken, and the next read says so

    def feed(self, data: bytes) -> None:
        """Ciphertext from the peer."""
        self._incoming.write(data)

    def feed_end(self) -> None:
        """No more will come from the peer."""
        self._incoming.write_eof()

    def has_output(self) -> bool:
        """Whether there is ciphertext for the peer."""
        return self._outgoing.pending > 0

    def output(self, n: int) -> bytes:
        """Take out ciphertext for the peer, `n` bytes at the most."""
        return self._outgoing.read(n)
