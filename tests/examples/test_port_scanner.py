"""examples/port_scanner.py finds what listens, a bounded number of ports at a time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.examples.program import running


@contextmanager
def two_neighbours() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two bound sockets whose ports follow one another; neither listens yet."""
    while True:
        with ExitStack() as sockets:
            first, second = (sockets.enter_context(socket.socket()) for _ in range(2))
            first.bind(("127.0.0.1", 0))
            try:
                second.bind(("127.0.0.1", first.getsockname()[1] + 1))
            except OSError:
                continue  # taken: try another pair
            yield first, second
            return


def test_it_finds_the_port_that_listens_and_not_its_neighbour() -> None:
    with two_neighbours() as (listening, silent):
        listening.listen()
        port, closed = listening.getsockname()[1], silent.getsockname()[1]
        with running("port_scanner.py", "--ports", f"{port}-{closed}") as program:
            code, output, error = program.finish()
    assert (code, error) == (0, "")
    assert output == f"{port} is open\n2 ports scanned, 1 open, at most 2 at once\n"


@pytest.mark.parametrize("at_once", [1, 7])
def test_no_more_than_the_limit_are_looked_at_at_once(at_once: int) -> None:
    words = ("--ports", "20000-20099", "--at-once", str(at_once))
    with running("port_scanner.py", *words) as program:
        code, output, error = program.finish()
    assert (code, error) == (0, "")
    assert "100 ports scanned" in output
    assert f"at most {at_once} at once" in output


@contextmanager
def full_backlog(listener: socket.socket) -> Iterator[None]:
    """The listener answers nobody any more: its backlog is full, and nothing accepts."""
    listener.listen(0)
    with ExitStack() as sockets:
        for _ in range(4):
            client = sockets.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        yield


def test_a_port_that_never_answers_is_given_up() -> None:
    with two_neighbours() as (mute, listening), full_backlog(mute):
        listening.listen()
        ports = f"{mute.getsockname()[1]}-{listening.getsockname()[1]}"
        words = ("--ports", ports, "--timeout", "0.2", "--at-once", "1")
        with running("port_scanner.py", *words) as program:
            code, output, error = program.finish()
    assert (code, error) == (0, "")
    assert "2 ports scanned, 1 open" in output


def test_an_interrupt_ends_it_without_noise() -> None:
    with two_neighbours() as (listening, mute), full_backlog(mute):
        listening.listen()
        port = listening.getsockname()[1]
        words = ("--ports", f"{port}-{port + 1}", "--timeout", "60")
        with running("port_scanner.py", *words) as program:
            assert program.line() == f"{port} is open"
            assert program.interrupt() == (130, "", "")


@pytest.mark.parametrize("words", [("--ports", "0-5"), ("--ports", "9-1"), ("--at-once", "0")])
def test_wrong_arguments_are_refused(words: tuple[str, str]) -> None:
    with running("port_scanner.py", *words) as program:
        code, output, error = program.finish()
    assert (code, output) == (2, "")
    assert "usage:" in error
