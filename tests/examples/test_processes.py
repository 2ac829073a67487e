"""examples/processes.py serves one port by several processes, and leaves none of them behind."""

from __future__ import annotations

import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.examples.program import Client, running

pytestmark = pytest.mark.skipif(
    not hasattr(socket, "SO_REUSEPORT") or not hasattr(os, "waitid"),
    reason="this platform does not share a port between processes",
)

PROCESSES = 2
# The system deals connections out by a hash: not to see one of two in so many is 1 in 2 ** 63.
CONNECTIONS_MAX = 64


def start() -> tuple[str, ...]:
    return ("processes.py", "--port", "0", "--processes", str(PROCESSES))


def number_of(line: str) -> int:
    """The number of the process that greets with this line."""
    found = re.fullmatch(r"process (\d+)", line)
    assert found is not None, line
    return int(found[1])


@contextmanager
def clients_of_all(address: tuple[str, int]) -> Iterator[dict[int, Client]]:
    """A client of each process, by its number."""
    clients: dict[int, Client] = {}
    with ExitStack() as stack:
        for _ in range(CONNECTIONS_MAX):
            client = stack.enter_context(Client(address))
            clients[number_of(client.line())] = client
            if len(clients) == PROCESSES:
                break
        assert len(clients) == PROCESSES, f"{CONNECTIONS_MAX} clients met {sorted(clients)} only"
        yield clients


def is_there(process: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_every_process_serves_clients_of_the_one_port() -> None:
    with running(*start()) as server, clients_of_all(server.address()) as clients:
        for number, client in clients.items():
            assert client.ask(f"hello {number}".encode()) == f"hello {number}".encode()
        assert server.interrupt() == (0, "stopped\n", "")


def test_an_interrupt_ends_all_processes_and_their_clients() -> None:
    with running(*start()) as server, clients_of_all(server.address()) as clients:
        assert server.interrupt() == (0, "stopped\n", "")
        for number, client in clients.items():
            assert client.recv(1) == b""
            assert not is_there(number)


def test_a_process_that_dies_is_replaced_and_the_others_go_on() -> None:
    with running(*start()) as server:
        address = server.address()
        with clients_of_all(address) as clients:
            dead, other = sorted(clients)
            os.kill(dead, signal.SIGKILL)
            told = re.fullmatch(r"process (\d+) died, (\d+) takes its place", server.line())
            assert told is not None
            assert int(told[1]) == dead
            assert clients[other].ask(b"still there") == b"still there"
        with clients_of_all(address) as again:
            assert set(again) == {other, int(told[2])}
        assert server.interrupt() == (0, "stopped\n", "")


def test_the_processes_end_when_their_parent_is_killed() -> None:
    with running(*start()) as server, clients_of_all(server.address()) as clients:
        server.kill()
        for client in clients.values():
            assert client.recv(1) == b""


def test_a_port_that_is_taken_ends_it_with_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with running("processes.py", "--port", port, "--processes", "1") as server:
            code, output, error = server.finish()
    assert code == 1
    assert output == ""
    assert "Address already in use" in error
