"""The load clients count right answers only: a server that cheats ends the measurement."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks import native

ROOT = Path(__file__).resolve().parents[2]
SIZE = 1024


def client_commands() -> list[list[str]]:
    program = native.compiled("echo_client")
    in_python = [sys.executable, "-m", "benchmarks.echo_client"]
    return [in_python, [str(program)]] if program else [in_python]


each_client = pytest.mark.parametrize("client", client_commands(), ids=lambda c: Path(c[0]).name)

Answer = Callable[[bytes, int], bytes]


@contextmanager
def server(answer: Answer) -> Iterator[int]:
    """Serve one connection with `answer(message, number of the message)`; the port."""

    def serve() -> None:
        stream, _ = listener.accept()
        with stream:
            number = 0
            while message := receive_whole(stream):
                number += 1
                if not (data := answer(message, number)):
                    return
                stream.sendall(data)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)
        assert not thread.is_alive()


def receive_whole(stream: socket.socket) -> bytes:
    """One message, or nothing when the client has gone."""
    data = b""
    while len(data) < SIZE:
        try:
            more = stream.recv(SIZE - len(data))
        except ConnectionResetError:
            return b""
        if not more:
            return b""
        data += more
    return data


def run_client(client: list[str], port: int) -> subprocess.CompletedProcess[str]:
    words = ["127.0.0.1", str(port), "1", str(SIZE), "0.2", "0.05"]
    command = [*client, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)


@each_client
def test_a_right_answer_is_counted_and_compared(client: list[str]) -> None:
    with server(lambda message, number: message) as port:
        done = run_client(client, port)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["total"] >= figures["requests"] == figures["least"] > 0
    assert figures["compared"] > 0


@each_client
@pytest.mark.parametrize("at", [0, 9, 500, SIZE - 1])
def test_a_changed_byte_ends_the_measurement(client: list[str], at: int) -> None:
    def flip(message: bytes, number: int) -> bytes:
        changed = bytearray(message)
        changed[at] ^= 1
        return bytes(changed)

    with server(flip) as port:
        done = run_client(client, port)
    assert done.returncode == 1
    assert "came back changed" in done.stderr
    assert done.stdout == ""


@each_client
def test_an_old_answer_is_not_taken_for_a_new_one(client: list[str]) -> None:
    first: list[bytes] = []

    def repeat(message: bytes, number: int) -> bytes:
        first.append(message)
        return first[0]

    with server(repeat) as port:
        done = run_client(client, port)
    assert done.returncode == 1
    assert "came back changed" in done.stderr


@each_client
def test_a_server_that_leaves_ends_the_measurement(client: list[str]) -> None:
    with server(lambda message, number: message if number < 5 else b"") as port:
        done = run_client(client, port)
    assert done.returncode == 1
    assert done.stdout == ""
