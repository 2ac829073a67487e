"""A client process of the connections' benchmark: python -m benchmarks.connections_client PORT.

It does what each line of its input says, a JSON list of a method's name and its arguments, answers
each with one line of JSON, and ends with its input. The first thing that goes wrong ends it: a
refused connection, a wrong answer, an answer that does not come. Nothing is tried twice.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks.benchmark import WorkNotDone
from benchmarks.http_answers import PATIENCE_SECONDS, request, taken
from benchmarks.processes import raise_descriptor_limit

PATH = "/"
BATCH = 200
"""Connections that are opened before they are asked: fewer than any backlog has room for."""
BIND_ADDRESS_NO_PORT = getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24)
"""Let `connect` choose the port: `bind` searches for one that is free towards everybody."""
RESET = struct.pack("ii", 1, 0)


class Client:
    """Connections to one port, kept open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sockets: list[socket.socket] = []

    def limit(self) -> int:
        """How many descriptors this process may have."""
        return raise_descriptor_limit()

    def open(self, source: str, count: int) -> int:
        """Open so many more from the address `source`, and have one request answered on each."""
        for size in batches(count):
            batch = [self._connect(source) for _ in range(size)]
            self.sockets += batch
            for _ in latencies(batch, size):
                pass
        return len(self.sockets)

    def ask(self, in_flight: int) -> list[float]:
        """A request on every open connection, so many at a time: seconds until each answer."""
        return [*latencies(self.sockets, in_flight)]

    def drop(self) -> None:
        """Reset every open connection, which leaves no port waiting."""
        for sock in self.sockets:
            reset(sock)
        self.sockets.clear()

    def churn(self, source: str, count: int) -> list[int]:
        """Open and drop so many, by a reset.

        In turns: without a word, with a request whose answer was read, and with a request whose
        answer nobody reads. How many there were of each.
        """
        done = [0, 0, 0]
        for size in batches(count):
            batch = [self._connect(source) for _ in range(size)]
            answered = batch[1::3]
            for _ in latencies(answered, len(answered)):
                pass
            for sock in batch[2::3]:
                sock.sendall(request(PATH))
            for place, sock in enumerate(batch):
                reset(sock)
                done[place % 3] += 1
        return done

    def _connect(self, source: str) -> socket.socket:
        sock = socket.socket()
        sock.settimeout(PATIENCE_SECONDS)
        sock.setsockopt(socket.IPPROTO_IP, BIND_ADDRESS_NO_PORT, 1)
        sock.bind((source, 0))
        sock.connect(("127.0.0.1", self.port))
        return sock


def reset(sock: socket.socket) -> None:
    """Close it without the usual end."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    sock.close()


def batches(count: int) -> Iterator[int]:
    """`count` in parts of `BATCH`."""
    while count > 0:
        yield min(count, BATCH)
        count -= BATCH


def latencies(sockets: Sequence[socket.socket], in_flight: int) -> Iterator[float]:
    """Ask on each, so many at a time, and compare the answers: seconds from send to whole answer.

    Raises:
        WorkNotDone: an answer was wrong or did not come.
    """
    rest = iter(sockets)
    with selectors.DefaultSelector() as selector:

        def ask_next() -> None:
            if (sock := next(rest, None)) is not None:
                selector.register(sock, selectors.EVENT_READ, (time.perf_counter(), bytearray()))
                sock.sendall(request(PATH))

        for _ in range(in_flight):
            ask_next()
        while selector.get_map():
            ready = selector.select(PATIENCE_SECONDS)
            if not ready:
                raise WorkNotDone(f"no answer for {PATIENCE_SECONDS:g} seconds")
            for key, _ in ready:
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                if (data := sock.recv(4_096)) == b"":
                    raise WorkNotDone("the server closed a connection")
                began, received = key.data
                received += data
                if taken(received, PATH):
                    yield time.perf_counter() - began
                    selector.unregister(sock)
                    ask_next()


if __name__ == "__main__":
    client = Client(int(sys.argv[1]))
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(client, name)(*arguments)), flush=True)
