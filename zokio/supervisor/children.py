"""Children: real processes, each with a socket to listen on, and a line to its parent.

The parent binds a socket for each child and keeps it open as long as the child is to serve: an heir
gets the very socket of the old one, so that nobody is lost who waits in its queue. Where a child
dies, its socket goes with it, and the system deals out new connections to the others.

The line is a pair of sockets. A child writes one byte when it serves. The end of what it reads
tells it that the parent is no more, however that ended: nobody else has the parent's end, for
descriptors are not inherited. That a child has ended the system tells: a fork may have its end.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
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
        command: what to run; to it are added the numbers of two descriptors: the one that the child
            has to give to `tell_parent`, and the socket.
        bind: makes the socket, bound to where the child is to listen.

    Attributes:
        number: of the process; -1: it was not started.
        listening: the socket; None: the system had none.
    """

    __slots__ = ("_process", "_stream", "listening", "number")

    def __init__(self, command: Sequence[str], bind: Callable[[], socket.socket]) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._stream: UnixStream | None = None
        self.listening: socket.socket | None = None
        self.number = -1
        try:
            self.listening = bind()
            self._start(command, self.listening.fileno())
        except OSError:  # no descriptor, no memory, no process left, or no such program
            pass

    def _start(self, command: Sequence[str], listening: int) -> None:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._stream = UnixStream(ours)
        with theirs:
            descriptors = [theirs.fileno(), listening]
            self._process = subprocess.Popen(
                [*command, *map(str, descriptors)],
                stdin=subprocess.DEVNULL,
                pass_fds=descriptors,
            )
        self.number = self._process.pid

    def terminate(self) -> None:
        """Tell it to end, and let go of its socket."""
        if self.listening is not None:
            self.listening.close()
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
        with CancelScope(shield=True), closing(self):
            code = await self._watch(came_up)
        return code  # the scope may swallow its own Cancelled, so says mypy

    async def _watch(self, came_up: Callable[[], None]) -> int:
        if self._process is None or self._stream is None:
            return NOT_STARTED
        if await _read_byte(self._stream):
            came_up()
        # Not `wait`: a signal for a number that is free again would reach somebody else.
        end = partial(os.waitid, os.P_PID, self.number, os.WEXITED | os.WNOWAIT)
        await call_in_thread(end, f"end of process {self.number}")
        return self._process.wait()

    def close(self) -> None:
        """Let go of its socket, and of the line, whose end the child would take for ours."""
        if self.listening is not None:
            self.listening.close()
        if self._stream is not None:
            self._stream.close()


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
