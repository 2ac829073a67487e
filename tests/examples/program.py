"""Runs an example as a user does, in a process of its own, and talks to it with plain sockets."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.default_workers import search_path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30.0
TRACES_VARIABLE = "ZOKIO_TRACES"
"""Names a folder: every example then runs with the trace probe, and leaves its traces there."""


def _probe(name: str) -> list[str]:
    """The launcher of the trace probe, when the traces are wanted."""
    folder = os.environ.get(TRACES_VARIABLE)
    if folder is None:
        return []
    number = len(list(Path(folder).iterdir()))
    file = Path(folder) / f"{number:03}-{name}.jsonl"
    file.touch()  # the number is taken, also if the program leaves no trace
    return [str(ROOT / "zokio/env/probe/launch.py"), "--output", str(file)]


class Program:
    """An example that runs. After PATIENCE_SECONDS it is killed, so that no test waits for ever."""

    def __init__(self, name: str, *words: str) -> None:
        # Development mode: a socket or a coroutine left behind is a warning on standard error.
        command = [
            sys.executable,
            "-X",
            "dev",
            *_probe(name),
            str(ROOT / "examples" / name),
            *words,
        ]
        pipe = subprocess.PIPE
        environment = {**os.environ, "PYTHONPATH": search_path(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True, env=environment
        )
        self._killer = threading.Timer(PATIENCE_SECONDS, self._process.kill)
        self._killer.start()

    def line(self) -> str:
        """The next line of its output; empty at the end."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def address(self) -> tuple[str, int]:
        """Where it says that it listens."""
        line = self.line()
        assert line.startswith("listening on "), line + self.finish()[2]
        host, _, port = line.removeprefix("listening on ").rpartition(":")
        return host, int(port)

    def interrupt(self) -> tuple[int, str, str]:
        """Ctrl-C, and what comes of it."""
        self._process.send_signal(signal.SIGINT)
        return self.finish()

    def finish(self) -> tuple[int, str, str]:
        """Wait for the end: exit code, the rest of the output, standard error."""
        output, error = self._process.communicate()
        self._killer.cancel()
        return self._process.returncode, output, error

    def kill(self) -> None:
        """Kill it, so that it cleans up nothing, and wait for its end."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Leave no process behind, whatever happened."""
        if TRACES_VARIABLE in os.environ and self._process.poll() is None:
            self.interrupt()  # who is killed leaves no trace
        self._killer.cancel()
        self._process.kill()
        self._process.communicate()


@contextmanager
def running(name: str, *words: str) -> Iterator[Program]:
    """An example, stopped at the end of the block at the latest."""
    program = Program(name, *words)
    try:
        yield program
    finally:
        program.stop()


class Client(socket.socket):
    """A blocking client which reads lines."""

    def __init__(self, address: tuple[str, int], *, receive_buffer: int | None = None) -> None:
        super().__init__(socket.AF_INET, socket.SOCK_STREAM)
        self.settimeout(PATIENCE_SECONDS)
        if receive_buffer is not None:  # only before the connection does it bound the window
            self.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.connect(address)
        self._unread = b""

    def ask(self, data: bytes) -> bytes:
        """Send, and receive as many bytes."""
        self.sendall(data)
        answer = b""
        while len(answer) < len(data) and (more := self.recv(65_536)):
            answer += more
        return answer

    def line(self) -> str:
        """The next line; empty at the end of the stream."""
        while b"\n" not in self._unread:
            more = self.recv(65_536)
            if not more:
                return ""
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode()

    def reset(self) -> None:
        """Break off: the other side gets a reset instead of an end."""
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()
