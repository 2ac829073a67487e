"""The load of the echo benchmark where no C compiler is installed: same arguments, same output.

One thread over `selectors`, one request in flight per connection, every answer compared whole.
It is several times slower than `echo_client.c`, so it measures itself as much as the server; the
table says when it was used. See `echo_client.c` for what the figures mean.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass

STALL_SECONDS = 5.0


@dataclass(slots=True)
class Connection:
    """One connection and its request in flight."""

    socket: socket.socket
    index: int
    sequence: int = 0
    message: bytes = b""
    answer: bytes = b""
    counted: int = 0

    def send_next(self, payload: bytes) -> None:
        """Send the next message, with its own stamp at the head."""
        self.sequence += 1
        stamp = self.index.to_bytes(8, "little") + self.sequence.to_bytes(8, "little")
        self.message, self.answer = stamp + payload, b""
        self.socket.sendall(self.message)

    def receive(self) -> bool:
        """Read what is there; True when the answer is whole and right."""
        data = self.socket.recv(len(self.message) - len(self.answer))
        if not data:
            raise SystemExit("echo_client: the server closed a connection in mid-answer")
        self.answer += data
        if len(self.answer) < len(self.message):
            return False
        if self.answer != self.message:
            raise SystemExit("echo_client: the bytes came back changed")
        return True


def connect(host: str, port: int, count: int) -> tuple[selectors.BaseSelector, list[Connection]]:
    """Open all connections; blocking sockets, read only when a selector says so."""
    selector = selectors.DefaultSelector()
    connections = []
    for index in range(count):
        sock = socket.create_connection((host, port), timeout=STALL_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connections.append(Connection(sock, index))
        selector.register(sock, selectors.EVENT_READ, connections[-1])
    return selector, connections


def load(host: str, port: int, count: int, size: int, seconds: float, warmup: float) -> str:
    """Run the load and return the JSON object that `echo_client.c` would print."""
    selector, connections = connect(host, port, count)
    payload = bytes((i * 31 + i // 251) % 256 for i in range(size - 16))
    begin = time.perf_counter() + warmup
    end, now, total, counted = begin + seconds, begin - warmup, 0, 0
    for connection in connections:
        connection.send_next(payload)
    while now < end:
        ready = selector.select(STALL_SECONDS)
        if not ready:
            raise SystemExit("echo_client: no answer for 5 seconds")
        now = time.perf_counter()
        for key, _ in ready:
            connection = key.data
            if not connection.receive():
                continue
            total += 1
            if begin <= now < end:
                counted += 1
                connection.counted += 1
            connection.send_next(payload)
    least = min(connection.counted for connection in connections)
    for connection in connections:
        connection.socket.close()
    figures = {"requests": counted, "seconds": now - begin, "total": total, "compared": total}
    more = {"least": least, "connections": count, "cpu_seconds": time.process_time()}
    return json.dumps(figures | more)


if __name__ == "__main__":
    name, port_text, count_text, size_text, *times = sys.argv[1:]
    print(load(name, int(port_text), int(count_text), int(size_text), *map(float, times)))
