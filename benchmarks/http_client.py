"""The load of the HTTP benchmark where `wrk` is not installed, with the same figures.

    python -m benchmarks.http_client PORT PATH CONNECTIONS DEPTH SECONDS

One thread over `selectors`; DEPTH requests of a connection go in one write, and the next ones when
all are answered. Every answer is compared, byte for byte. It is several times slower than wrk, so
it measures itself as much as the server; the report says when it was used.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

from benchmarks.http_answers import PATIENCE_SECONDS, request, taken


@dataclass(slots=True)
class Connection:
    """One connection, and what it still has to receive."""

    socket: socket.socket
    owed: int = 0
    received: bytearray = field(default_factory=bytearray)

    def receive(self, path: str) -> tuple[int, int]:
        """Read what is there: how many answers it completed, and how many bytes came."""
        data = self.socket.recv(65_536)
        if not data:
            raise SystemExit("http_client: the server closed a connection")
        self.received += data
        answers = 0
        while taken(self.received, path):
            answers += 1
        self.owed -= answers
        return answers, len(data)


def load(port: int, path: str, count: int, depth: int, seconds: float) -> str:
    """Run the load and return the JSON object that `http_load.lua` would print."""
    selector = selectors.DefaultSelector()
    batch, answers, received = request(path) * depth, 0, 0
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE, Connection(sock))
    begin = now = time.perf_counter()
    while now < begin + seconds:
        ready = selector.select(PATIENCE_SECONDS)
        if not ready:
            raise SystemExit(f"http_client: no answer for {PATIENCE_SECONDS:g} seconds")
        for key, _ in ready:
            connection: Connection = key.data
            if connection.owed:
                done, size = connection.receive(path)
                answers, received = answers + done, received + size
            if not connection.owed:
                connection.socket.sendall(batch)
                connection.owed = depth
                selector.modify(connection.socket, selectors.EVENT_READ, connection)
        now = time.perf_counter()
    for key in [*selector.get_map().values()]:
        key.data.socket.close()
    figures = {"requests": answers, "seconds": now - begin, "bytes": received, "errors": 0}
    return json.dumps(figures)


if __name__ == "__main__":
    port_text, path_text, *numbers, seconds_text = sys.argv[1:]
    count_of_connections, depth_of_each = map(int, numbers)
    print(load(int(port_text), path_text, count_of_connections, depth_of_each, float(seconds_text)))
