"""ReadSide: the half of a stream that reads.

Reading tries the socket at once when the registration says that it is readable, and suspends only
when it is not; a short read means that everything was taken. `read` is written flat: it is what
every message goes through, and a call costs as much as the rest of it.

One task may read at a time. Cancelling an operation loses nothing that was not already handed
over: see each method.
"""

from __future__ import annotations

from collections.abc import Generator
from types import coroutine

from zokio.errors import UsageError
from zokio.net.buffered import Buffered
from zokio.net.readiness import let_others_run, not_here


class ReadSide(Buffered):
    """What reads from a connection, with the bytes that were received and not yet read."""

    __slots__ = ()

    @coroutine
    def read(self, n: int) -> Generator[object, None, bytes]:
        """Read what is there, `n` bytes at the most; wait if there is nothing.

        To be awaited like any coroutine. It is written as a generator, which saves a tenth of an
        echo's time in Python.

        Args:
            n: 1 or more.

        Returns:
            1 to `n` bytes, or b"" at the end of the stream. Cancelled, it has read nothing.

        Raises:
            BusyError: another task already reads this stream.
            ClosedError: it was closed on this side.
            ResetError: the peer reset the connection.
        """
        if n < 1:
            raise UsageError(f"read({n}): ask for at least one byte")
        registration = self._registration
        if registration.reader is not None:
            raise registration.busy_reading()
        if registration.readable or self._buffer:  # it completes at once, so it has to be paid
            if self._budget.spend():
                yield from let_others_run(registration, self._polling, reading=True)
            if self._buffer:
                return self._take(n)
        while True:
            if not registration.readable:  # as `until_readable`, without a generator of its own
                task = self._polling.task
                if task is None:
                    raise not_here(registration)
                if registration.reader is not None:
                    raise registration.busy_reading()
                registration.reader = task
                try:
                    if registration.on_wait is not None:
                        registration.on_wait(registration)
                    while not registration.readable:
                        if registration.closed:
                            registration.readable = True
                        else:
                            yield task
                finally:
                    registration.reader = None
                    if registration.on_wait is not None:
                        registration.on_wait(registration)
            registration.readable = False  # before: an event that comes meanwhile counts
            try:
                data = self._socket.recv(n)
            except BlockingIOError:
                continue
            except OSError as error:
                registration.readable = True
                raise self._error(error, "read") from error
            if len(data) == n or registration.ended:  # not everything was taken
                registration.readable = True
            return data
