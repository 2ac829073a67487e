"""A port scanner: which ports of this machine accept connections.

Run it:

    python examples/port_scanner.py
    python examples/port_scanner.py --ports 8000-9000 --at-once 50

It looks at 127.0.0.1 unless told otherwise. Scan only machines that are yours.
"""

from __future__ import annotations

import argparse
import sys

import zokio
from zokio.net import TcpStream


class Limiter:
    """Lets so many in at a time. One task asks for places; any task gives them back."""

    def __init__(self, places: int) -> None:
        self.free = places
        self._waker: zokio.Waker | None = None

    def _poll_enter(self, cx: zokio.Context) -> zokio.Poll[None]:
        self._waker = cx.waker
        if not self.free:
            return zokio.PENDING
        self.free -= 1
        return zokio.Ready(None)

    async def enter(self) -> None:
        """Take a place; wait for one if need be."""
        await zokio.poll_fn(self._poll_enter)

    def leave(self) -> None:
        """Give the place back."""
        self.free += 1
        if self._waker is not None:
            self._waker.wake()


async def is_open(host: str, port: int, timeout: float) -> bool:
    """Whether somebody accepts connections there within `timeout` seconds."""
    try:
        stream = await TcpStream.connect(host, port, timeout=timeout)
    except OSError:  # refused, unreachable, or no answer in time
        return False
    stream.close()
    return True


async def scan(host: str, ports: range, at_once: int, timeout: float) -> list[int]:
    """The open ports among `ports`. At most `at_once` tasks exist at any time."""
    limiter = Limiter(at_once)
    found: list[int] = []
    most = 0

    async def look(port: int) -> None:
        nonlocal most
        most = max(most, at_once - limiter.free)
        try:
            if await is_open(host, port, timeout):
                print(f"{port} is open\n", end="", flush=True)  # in one piece: see hello.py
                found.append(port)
        finally:
            limiter.leave()

    async with zokio.TaskGroup() as group:
        for port in ports:
            await limiter.enter()
            group.spawn(look(port))
    print(f"{len(ports)} ports scanned, {len(found)} open, at most {most} at once")
    return sorted(found)


def port_range(text: str) -> range:
    """`8080` or `8000-9000`, both ends included."""
    first, _, last = text.partition("-")
    ports = range(int(first), int(last or first) + 1)
    if not ports or ports[0] < 1 or ports[-1] > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} names no ports between 1 and 65535")
    return ports


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A port scanner.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--ports", type=port_range, default=range(1, 1_025), metavar="FIRST-LAST")
    parser.add_argument("--at-once", type=int, default=100, metavar="N")
    parser.add_argument("--timeout", type=float, default=1.0, metavar="SECONDS", help="a port")
    options = parser.parse_args()
    if options.at_once < 1:
        parser.error("--at-once must be at least 1")
    try:
        zokio.run(scan(options.host, options.ports, options.at_once, options.timeout))
    except KeyboardInterrupt:
        sys.exit(130)
