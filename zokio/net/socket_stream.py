"""SocketStream: a connected stream socket of any family, read and written by coroutines."""

from __future__ import annotations

from contextlib import nullcontext

from zokio.net.bulk_writes import BulkWrites
from zokio.net.halves import ReadHalf, WriteHalf, split
from zokio.net.read_side import ReadSide


class SocketStream(ReadSide, BulkWrites):
    """A connection. One task may read and one may write at the same time."""

    __slots__ = ()

    def split(self) -> tuple[ReadHalf, WriteHalf]:
        """Give the connection away as two halves, for two tasks that close each its own.

        What was received and not yet read goes with the half that reads. Afterwards this stream
        can do nothing but `close`, which closes both halves; leaving its block does so too.

        Raises:
            BusyError: a task reads or writes just now.
            ClosedError: it was closed on this side, or split already.
        """
        with self._structure or nullcontext():
            return split(self)
