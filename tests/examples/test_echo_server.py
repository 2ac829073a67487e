"""examples/echo_server.py serves real clients, and survives the bad ones."""

from __future__ import annotations

import socket
import threading

from tests.examples.program import Client, running


def test_what_is_sent_comes_back_until_the_client_has_no_more() -> None:
    sent = bytes(range(256)) * 8_192  # 2 MiB: more than the buffers of both sides hold
    with running("echo_server.py", "--port", "0") as server, Client(server.address()) as client:

        def send() -> None:
            client.sendall(sent)
            client.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        received = b"".join(iter(lambda: client.recv(65_536), b""))
        sender.join()
    assert received == sent


def test_a_silent_client_does_not_hold_up_another() -> None:
    with running("echo_server.py", "--port", "0") as server:
        address = server.address()
        with Client(address) as silent, Client(address) as busy:
            assert busy.ask(b"while the other one says nothing") != b""
            assert silent.ask(b"first words") == b"first words"
            assert busy.ask(b"still there") == b"still there"


def test_a_client_that_resets_harms_nobody() -> None:
    with running("echo_server.py", "--port", "0") as server:
        address = server.address()
        with Client(address) as other, Client(address) as rude:
            assert rude.ask(b"hello") == b"hello"
            rude.reset()
            assert server.line() == "a client broke off"
            assert other.ask(b"still there") == b"still there"
        assert server.interrupt() == (0, "stopped\n", "")


def test_a_client_that_never_reads_and_resets_harms_nobody() -> None:
    with running("echo_server.py", "--port", "0") as server:
        address = server.address()
        with Client(address) as other, Client(address) as rude:
            rude.setblocking(False)
            try:
                while True:
                    rude.send(bytes(65_536))
            except BlockingIOError:
                pass  # the server has stopped reading, since it cannot write
            assert other.ask(b"still there") == b"still there"
            rude.reset()
            assert server.line() == "a client broke off"
        assert server.interrupt() == (0, "stopped\n", "")


def test_an_interrupt_closes_the_clients_and_ends_it_without_noise() -> None:
    with running("echo_server.py", "--port", "0") as server:
        address = server.address()
        with Client(address) as one, Client(address) as other:
            assert one.ask(b"hello") == other.ask(b"hello") == b"hello"
            assert server.interrupt() == (0, "stopped\n", "")
            assert one.recv(1) == other.recv(1) == b""


def test_an_interrupt_ends_it_without_clients() -> None:
    with running("echo_server.py", "--port", "0") as server:
        server.address()
        assert server.interrupt() == (0, "stopped\n", "")
