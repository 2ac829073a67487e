"""examples/chat_server.py: everybody hears everybody, and nobody can hurt the others."""

from __future__ import annotations

import pytest

from tests.examples.program import Client, Program, running

LINE = "x" * 1_000
BATCH = 20
BATCHES_MAX = 2_000


def join(address: tuple[str, int], name: str, *, receive_buffer: int | None = None) -> Client:
    """Connect, and wait until one is in: who comes later on is then surely later."""
    client = Client(address, receive_buffer=receive_buffer)
    client.sendall(f"{name}\n".encode())
    assert client.line() == f"* hello {name}, everybody hears you"
    return client


def chat(*words: str) -> tuple[str, ...]:
    return ("chat_server.py", "--port", "0", *words)


def test_what_one_says_the_others_read() -> None:
    with running(*chat()) as server:
        address = server.address()
        with join(address, "ada") as ada:
            with join(address, "bob") as bob:
                assert ada.line() == "* bob joins"
                bob.sendall(b"good morning\nada\n")
                assert [ada.line(), ada.line()] == ["bob: good morning", "bob: ada"]
                ada.sendall(b"good morning, bob\n")
                assert bob.line() == "ada: good morning, bob"
            assert ada.line() == "* bob leaves"


def test_a_client_that_resets_is_seen_to_leave() -> None:
    with running(*chat()) as server:
        address = server.address()
        with join(address, "ada") as ada, join(address, "rude") as rude:
            assert ada.line() == "* rude joins"
            rude.reset()
            assert ada.line() == "* rude leaves"
        assert server.interrupt() == (0, "stopped\n", "")


def test_a_silent_client_is_shown_out_and_the_server_goes_on() -> None:
    with running(*chat("--silence", "0.3")) as server:
        address = server.address()
        with Client(address) as nameless:
            assert nameless.recv(1) == b""
        assert server.line() == "a client is shown out: TimeoutError"
        with join(address, "ada") as ada:
            assert ada.recv(1) == b""
        assert server.line() == "a client is shown out: TimeoutError"
        assert server.interrupt() == (0, "stopped\n", "")


@pytest.mark.parametrize("words", [b"y" * 2_000, b"y" * 2_000 + b"\n"])
def test_a_line_without_end_is_refused(words: bytes) -> None:
    with running(*chat()) as server:
        address = server.address()
        with join(address, "ada") as ada, join(address, "endless") as endless:
            assert ada.line() == "* endless joins"
            endless.sendall(words)
            assert ada.line() == "* endless leaves"
            assert server.line() == "a client is shown out: LimitError"


def test_a_client_that_never_reads_is_dropped_and_nobody_else_misses_a_line() -> None:
    with running(*chat()) as server:
        address = server.address()
        with join(address, "ada") as ada, join(address, "slow", receive_buffer=4_096):
            assert ada.line() == "* slow joins"
            with join(address, "bob") as bob:
                assert ada.line() == "* bob joins"
                assert talk_until_slow_leaves(bob, ada)
                assert server.line() == "a client is dropped: it does not read"
                bob.sendall(b"peace\n")
                assert ada.line() == "bob: peace"
            assert ada.line() == "* bob leaves"
        assert server.interrupt() == (0, "stopped\n", "")


def talk_until_slow_leaves(bob: Client, ada: Client) -> bool:
    """Bob talks, Ada checks that she hears every line; whether both saw the slow one go."""
    said = heard = 0
    gone = False
    for _ in range(BATCHES_MAX):
        lines = [f"{number} {LINE}" for number in range(said, said + BATCH)]
        said += BATCH
        bob.sendall("".join(f"{line}\n" for line in lines).encode())
        while heard < said:
            line = ada.line()
            if line == "* slow leaves":
                gone = True
                continue
            assert line == f"bob: {heard} {LINE}"
            heard += 1
        if gone:
            return bob.line() == "* slow leaves"
    return False


@pytest.mark.one_thread  # it counts on taking turns on one thread
def test_thousands_of_lines_at_once_drop_nobody_who_reads() -> None:
    with running(*chat()) as server:
        address = server.address()
        with join(address, "ada") as ada, join(address, "bob") as bob:
            assert ada.line() == "* bob joins"
            bob.sendall("".join(f"{number}\n" for number in range(5_000)).encode())
            for number in range(5_000):
                assert ada.line() == f"bob: {number}"


def test_an_interrupt_ends_it_without_noise() -> None:
    with running(*chat()) as server:
        ends_quietly(server)


def ends_quietly(server: Program) -> None:
    address = server.address()
    with join(address, "ada") as ada, Client(address) as nameless, join(address, "bob") as bob:
        assert ada.line() == "* bob joins"
        assert server.interrupt() == (0, "stopped\n", "")
        assert nameless.recv(1) == b""
        assert {ada.line(), bob.line()} <= {"", "* ada leaves", "* bob leaves"}
