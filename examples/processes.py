"""An echo server of several processes, all on one port: with the GIL the way to use several cores.

Run it, and try it from another terminal:

    python examples/processes.py --port 7002 --processes 4
    nc 127.0.0.1 7002                    says which process serves you; type a line

Every process listens on the port with `reuse_port=True`, and the system deals out the connections.
The processes share nothing: what one knows, the others do not. The parent serves nobody. It prints
the address when all listen, and starts another process for each that dies. Ctrl-C stops the parent,
and that closes their standard input, at which they end; so they also end when the parent is killed.

It needs SO_REUSEPORT as Linux has it; on macOS one process gets all the connections.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import zokio
from zokio.net import TcpListener, TcpStream

END_SECONDS = 10.0
"""How long a process may take to end before it is killed."""
PAUSE_SECONDS = 0.1
"""Before a process that died is replaced, so that nothing spins if each dies at once."""


async def echo(stream: TcpStream) -> None:
    """Say which process this is, then send back what the client sends."""
    try:
        async with stream:
            await stream.write_all(f"process {os.getpid()}\n".encode())
            while data := await stream.read(65_536):
                await stream.write_all(data)
    except zokio.BrokenError:
        pass  # the client broke off


async def accept(listener: TcpListener) -> None:
    """Accept for ever; each client has a task of its own."""
    async with zokio.TaskGroup() as clients:
        async for stream, _ in listener:
            clients.spawn(echo(stream))


async def serve(host: str, port: int) -> None:
    """One process: serve until the parent closes our standard input, or is no more."""
    async with TcpListener.bind(host, port, reuse_port=True) as listener:
        print("listening", flush=True)
        await zokio.select(zokio.spawn_blocking(sys.stdin.buffer.read), accept(listener))


class Server:
    """The other processes, as their parent sees them."""

    def __init__(self, host: str, port: int) -> None:
        self._command = [sys.executable, __file__, "--serve", "--host", host, "--port", str(port)]
        self._processes: dict[int, subprocess.Popen[str]] = {}

    def start(self) -> int:
        """Start a process, wait until it listens, and return its number."""
        process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is for the parent
        )
        self._processes[process.pid] = process
        assert process.stdout is not None
        if process.stdout.readline() != "listening\n":
            raise SystemExit(f"process {process.pid} did not come up")
        return process.pid

    def wait(self) -> int:
        """Wait for one of them to die; its number."""
        dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        assert dead is not None
        self._forget(self._processes.pop(dead.si_pid))
        return dead.si_pid

    def stop(self) -> None:
        """Let all of them end, at the same time."""
        for process in self._processes.values():
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes.values():
            self._forget(process)

    def _forget(self, process: subprocess.Popen[str]) -> None:
        with process:  # waits, and closes the pipes
            try:
                process.wait(timeout=END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def supervise(host: str, port: int, processes: int) -> None:
    """Keep so many processes running, until Ctrl-C."""
    with ExitStack() as stack:
        # Bound and not listening: it gets no connections, and keeps the number of a free port ours.
        reserved = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((host, port))
        port = reserved.getsockname()[1]
        server = Server(host, port)
        stack.callback(server.stop)
        for _ in range(processes):
            server.start()
        print(f"listening on {host}:{port}", flush=True)
        while True:
            dead = server.wait()
            time.sleep(PAUSE_SECONDS)
            print(f"process {dead} died, {server.start()} takes its place", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An echo server of several processes.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=7002, help="0 takes any free port")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--serve", action="store_true", help="be one of the processes")
    options = parser.parse_args()
    try:
        if options.serve:
            zokio.run(serve(options.host, options.port))
        else:
            supervise(options.host, options.port, options.processes)
    except KeyboardInterrupt:
        print("stopped")
