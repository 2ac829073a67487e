"""What the HTTP benchmarks ask, and what a right answer is: shared by everything that asks.

An answer is right when its status is 200, its length is told, its type is the wanted one, and its
body is, byte for byte. `check` asks a server itself, and tells how long one answer is, so that the
bytes which another client counts can be held against its number of answers.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

from benchmarks.benchmark import WorkNotDone
from benchmarks.contestants.asgi_app import JSON_TYPE, TEXT, TEXT_TYPE

BODIES = {
    "/": (TEXT, TEXT_TYPE),
    "/json": (b'{"message":"Hello, World!"}', JSON_TYPE),
}
"""Path, and the body and the type that belong to it; of JSON, without the spaces."""
PATIENCE_SECONDS = 10.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
TYPE = re.compile(rb"\r\ncontent-type: *([^;\r]+)", re.IGNORECASE)


def request(path: str, host: str = "127.0.0.1") -> bytes:
    """One request, as short as they come."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()


def taken(received: bytearray, path: str) -> int:
    """Take one answer from the front of what was received: its length, 0 while it is not whole.

    Raises:
        WorkNotDone: it is not the right one.
    """
    end = received.find(b"\r\n\r\n") + 4
    if end < 4:
        return 0
    head = bytes(received[: end - 2])
    length = LENGTH.search(head)
    kind = TYPE.search(head)
    body, wanted = BODIES[path]
    if not head.startswith(b"HTTP/1.1 200 ") or length is None or kind is None:
        raise WorkNotDone(f"no answer to {path}: {head!r}")
    whole = end + int(length[1])
    if len(received) < whole:
        return 0
    found = bytes(received[end:whole])
    if kind[1].decode() != wanted or found.replace(b": ", b":") != body:
        raise WorkNotDone(f"a wrong answer to {path}: {kind[1]!r}, {found!r}")
    del received[:whole]
    return whole


def check(port: int, path: str, depth: int = 1) -> tuple[int, int]:
    """Ask `depth` times in one write, and compare every answer.

    Returns:
        How many answers were compared, and the bytes of each, heads included.

    Raises:
        WorkNotDone: an answer was wrong, or missing, or of another length than the others.
    """
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS) as sock:
            sock.sendall(request(path) * depth)
            lengths = [*_answers(sock, path, depth)]
    except OSError as error:
        raise WorkNotDone(f"no answer to {path}: {error}") from error
    if len(set(lengths)) != 1:
        raise WorkNotDone(f"answers to {path} have different lengths: {lengths}")
    return len(lengths), lengths[0]


def _answers(sock: socket.socket, path: str, count: int) -> Iterator[int]:
    received = bytearray()
    for _ in range(count):
        while not (length := taken(received, path)):
            data = sock.recv(65_536)
            if not data:
                raise WorkNotDone(f"the connection ended before the answer to {path}")
            received += data
        yield length
