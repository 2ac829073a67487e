"""The halves of a stream that was split: one reads, one writes, each belongs to one task.

    stream --- split ---> ReadHalf  --- close: whoever reads there gets ClosedError -------+
                      +-> WriteHalf --- close: and the peer reads to the end of the stream +
                                                                                           v
                                                both are closed: the connection is closed too

Reading and writing is the streams' own code. A half that was closed has no socket any more; who
waits in it is woken and finds out. On several workers the order matters: first the socket is
taken away, then the flag goes up, then whoever stands there is woken. A task on its way into the
wait looks at the flag when it stands there, and at the socket after that. `spec/stream_halves.py`
is the machine of it.
"""

from __future__ import annotations

import socket
from contextlib import nullcontext
from typing import cast

from zokio.errors import ClosedError
from zokio.net.bulk_writes import BulkWrites
from zokio.net.connection import EMPTY, Connection
from zokio.net.given_away import GivenAway
from zokio.net.read_side import ReadSide
from zokio.net.registered import Registered
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration


class Split(Registered):
    """The connection that two halves share."""

    __slots__ = ("_halves_open",)

    def __init__(self, stream: Connection) -> None:
        self._share(stream)
        self._halves_open = 2

    def half_closed(self) -> None:
        """One half less; the last one closes the connection."""
        self._halves_open -= 1
        if not self._halves_open:
            self.close()


class Half(Connection):
    """What both halves have: their part of the connection, until they close it."""

    __slots__ = ("_split",)

    def __init__(self, stream: Connection, whole: Split) -> None:
        self._share(stream)
        self._buffer = EMPTY
        self._is_shut = stream._is_shut
        self._owes = False
        self._split = whole

    def close(self) -> None:
        """Close this half, at once and for good; with the other one the connection is closed."""
        with self._structure or nullcontext():
            if not isinstance(self._socket, GivenAway):
                self._leave()
                self._split.half_closed()

    def _leave(self) -> None:
        registration = self._registration
        self._registration = closed_registration(registration.fd)
        self._socket = cast("Socket", GivenAway("this half of the stream was closed on this side"))
        self._wake(registration)

    def _wake(self, registration: Registration) -> None:
        """Have whoever waits in this half find out that it was closed."""


class ReadHalf(Half, ReadSide):
    """The half of a stream that reads. Made by `split`; close it, or use `async with`.

    Closing it tells the peer nothing. Whoever reads there gets ClosedError.
    """

    __slots__ = ()

    def _wake(self, registration: Registration) -> None:
        self._buffer = EMPTY
        registration.readable = True
        if registration.reader is not None:
            registration.reader.wake()


class WriteHalf(Half, BulkWrites):
    """The half of a stream that writes. Made by `split`; close it, or use `async with`.

    Closing it tells the peer that nothing more will come. Whoever writes there gets ClosedError.
    """

    __slots__ = ()

    def _leave(self) -> None:
        leaving = self._socket
        super()._leave()  # first: who finds the socket shut has to find the half closed
        try:
            leaving.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the connection is gone already

    def _wake(self, registration: Registration) -> None:
        registration.writable = True
        if registration.writer is not None:
            registration.writer.wake()


def split(stream: Connection) -> tuple[ReadHalf, WriteHalf]:
    """The two halves of a stream, which is left without a socket: see `SocketStream.split`."""
    registration = stream._registration
    if registration.closed:
        raise ClosedError("split: this stream was closed on this side, or split already")
    if registration.reader is not None:
        raise registration.busy_reading()
    if registration.writer is not None or stream._owes:
        raise registration.busy_writing()
    whole = Split(stream)
    reader, writer = ReadHalf(stream, whole), WriteHalf(stream, whole)
    reader._buffer, stream._buffer = stream._buffer, EMPTY

    def close_both() -> None:
        reader.close()
        writer.close()

    reason = "this stream was split; use its halves"
    stream._registration = closed_registration(registration.fd)
    stream._socket = cast("Socket", GivenAway(reason, close_both))
    return reader, writer


def closed_registration(fd: int) -> Registration:
    """A registration in which nobody waits: whoever comes asks the socket at once."""
    registration = Registration(fd)
    registration.close()
    return registration
