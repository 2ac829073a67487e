"""The processes of the connections' benchmark: servers on one port, and clients to command.

All of them end with the `with` block that started them.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from benchmarks import loopback
from benchmarks.benchmark import WorkNotDone
from benchmarks.child import ROOT, Failed

SERVER = [sys.executable, "-m", "benchmarks.connections_server"]
CLIENT = [sys.executable, "-m", "benchmarks.connections_client"]
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Remote:
    """A client in a process of its own."""

    process: subprocess.Popen[str]

    def call(self, *words: object) -> Any:  # JSON
        """Have it do something, and wait for what it says.

        Raises:
            Failed: it has ended, with its last words, or says nothing for two minutes.
        """
        assert self.process.stdin is not None and self.process.stdout is not None
        with suppress(BrokenPipeError):  # its last words say why
            print(json.dumps(words), file=self.process.stdin, flush=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE_SECONDS):
                raise Failed(f"a client says nothing for {PATIENCE_SECONDS:g} s")
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            lines = self.process.stderr.read().strip().splitlines() or ["a client has ended"]
            raise Failed(lines[-1])
        return json.loads(line)


@contextmanager
def client(port: int) -> Iterator[Remote]:
    """A client for as long as the block lasts."""
    pipe = subprocess.PIPE
    command = [*CLIENT, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    with process:
        try:
            yield Remote(process)
        finally:
            process.kill()


@contextmanager
def servers(count: int) -> Iterator[list[loopback.Server]]:
    """So many servers on one port.

    Raises:
        WorkNotDone: one of them complained, or broke.
    """
    with ExitStack() as stack:
        started = [stack.enter_context(loopback.serving([*SERVER, "0"], None))]
        port = str(started[0].facts["port"])
        for _ in range(count - 1):
            started.append(stack.enter_context(loopback.serving([*SERVER, port], None)))
        yield started
    for server in started:
        if server.errors:
            raise WorkNotDone(f"a server complained: {server.errors[-1]}")


def source(number: int) -> str:
    """A loopback address; the first one is left to the servers."""
    return f"127.0.0.{2 + number % 250}"
