"""Children: real processes, each at one end of a socket whose other end the parent has.

A child writes one byte when it serves. The end of what it reads tells it that the parent is no
more, however the parent ended; nobody else has the parent's end, for descriptors are not inherited.
That a child has ended the system tells, and not the socket: a fork of the child may have its end.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from functools import partial

from zokio.errors import BrokenError
from zokio.net.unix_stream import UnixStream
from zokio.runtime.blocking import call_in_thread
from zokio.runtime.group import TaskGroup
from zokio.runtime.scope import CancelScope
from zokio.runtime.token import CancellationToken
from zokio.sync.event import Event

UP = b"1"
NOT_STARTED = 127
"""The exit code of a process that the system did not start; shells use the same."""


class Child:
    """A process that was just started. What the system refuses to start has ended at once.

    Args:
        command: what to run; to it is added the number of the descriptor that the child has to give
            to `tell_parent`.

    Attributes:
        number: of the process; -1: it was not started.
    """

    __slots__ = ("_process", "_stream", "number")

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process: subprocess.Popen[bytes] | None = None
            try:
                self._process = subprocess.Popen(
                    [*command, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                )
            except OSError:  # no memory, no process left
                pass
        ours.setblocking(False)
        self._stream = UnixStream(ours)
        self.number = -1 if self._process is None else self._process.pid

    def terminate(self) -> None:
        """Tell it to end."""
        if self._process is not None:
            self._process.terminate()

    def kill(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()

    async def watch(self, came_up: Callable[[], None]) -> int:
        """Wait until it has ended, and say when it serves; the exit code.

        It cannot be cancelled: kill the process instead.
        """
        with CancelScope(shield=True):
            async with self._stream:  # until it has ended: the child takes the end for ours
                if await _read_byte(self._stream):
                    came_up()
                if self._process is None:
                    return NOT_STARTED
                # Not `wait`: a signal for a number that is free again would reach somebody else.
                end = partial(os.waitid, os.P_PID, self.number, os.WEXITED | os.WNOWAIT)
                await call_in_thread(end, f"end of process {self.number}")
            code = self._process.wait()
        return code  # the scope may swallow its own Cancelled, so says mypy


async def tell_parent(descriptor: int, up: Event, stop: CancellationToken) -> None:
    """In a child: tell the parent when `up` is set, and cancel `stop` when the parent is no more.

    Cancelled, it tells and watches no longer.

    Args:
        descriptor: the number that the parent has added to the command line.
    """
    sock = socket.socket(fileno=descriptor)
    sock.set_inheritable(False)
    sock.setblocking(False)
    async with UnixStream(sock) as stream, TaskGroup() as group:
        group.spawn(_say(stream, up))
        await _read_byte(stream)
        stop.cancel()
        group.cancel_scope.cancel()


async def _say(stream: UnixStream, up: Event) -> None:
    await up.wait()
    try:
        await stream.write_all(UP)
    except BrokenError:  # the parent has ended already
        pass


async def _read_byte(stream: UnixStream) -> bytes:
    """The next byte; empty at the end, in whichever way it came."""
    try:
        return await stream.read(1)
    except BrokenError:
        return b""
