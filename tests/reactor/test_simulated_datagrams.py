"""Datagram sockets in memory: names, inboxes and errors are those of UDP sockets on loopback."""

from __future__ import annotations

import errno
import socket

import pytest

from zokio.errors import UsageError
from zokio.reactor.simulated_datagrams import INBOX_MAX, MULTICAST_OPTIONS, SimulatedDatagrams
from zokio.reactor.simulated_network import FIRST_PORT, SimulatedNetwork
from zokio.reactor.simulated_socket import SimulatedSocket

HOST = "127.0.0.1"


@pytest.fixture
def net() -> SimulatedNetwork:
    return SimulatedNetwork(lambda fd: None)


def bound(net: SimulatedNetwork, host: str = HOST, port: int = 0) -> SimulatedDatagrams:
    sock = SimulatedDatagrams(net)
    sock.bind((host, port))
    return sock


def errno_of(raised: pytest.ExceptionInfo[OSError]) -> int | None:
    return raised.value.errno


def test_each_gets_a_port_of_its_own_also_where_one_is_everywhere(net: SimulatedNetwork) -> None:
    socks = [bound(net, host) for host in (HOST, "0.0.0.0", HOST)]
    assert [sock.getsockname()[1] for sock in socks] == [FIRST_PORT + n for n in range(3)]


def test_an_address_is_free_again_when_it_was_closed(net: SimulatedNetwork) -> None:
    first = bound(net, port=7)
    with pytest.raises(OSError) as caught:
        bound(net, port=7)
    assert errno_of(caught) == errno.EADDRINUSE
    first.close()
    first.close()
    bound(net, port=7)
    assert len(net.datagrams) == 1


def test_who_is_bound_everywhere_is_reached_at_any_address(net: SimulatedNetwork) -> None:
    everywhere, sender = bound(net, "0.0.0.0", 7), bound(net)
    sender.sendto(b"x", ("192.0.2.1", 7))
    assert everywhere.recvfrom(9) == (b"x", sender.getsockname())


def test_an_inbox_that_is_full_drops_what_comes(net: SimulatedNetwork) -> None:
    receiver, sender = bound(net, port=7), bound(net)
    for number in range(INBOX_MAX + 9):
        assert sender.sendto(b"%d" % number, (HOST, 7)) > 0
    assert [receiver.recv(9) for _ in range(INBOX_MAX)][-1] == b"%d" % (INBOX_MAX - 1)
    with pytest.raises(BlockingIOError):
        receiver.recv(9)


def test_what_is_longer_than_asked_for_is_cut(net: SimulatedNetwork) -> None:
    receiver, sender = bound(net, port=7), bound(net)
    sender.sendto(b"12345", (HOST, 7))
    assert receiver.recv(3) == b"123"
    assert not receiver.is_readable()


def test_an_option_is_taken_but_for_those_of_multicast(net: SimulatedNetwork) -> None:
    sock = bound(net)
    assert sock.connect_ex((HOST, 7)) == 0
    assert sock.is_writable() is True
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    for level, option in MULTICAST_OPTIONS:
        with pytest.raises(UsageError, match="no multicast"):
            sock.setsockopt(level, option, b"")


def test_who_is_closed_answers_as_the_system_does(net: SimulatedNetwork) -> None:
    sock = bound(net)
    sock.close()
    assert sock.connect_ex((HOST, 7)) == errno.EBADF
    for call in (
        lambda: sock.sendto(b"x", (HOST, 7)),
        lambda: sock.send(b"x"),
        lambda: sock.recv(1),
        lambda: sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1),
    ):
        with pytest.raises(OSError) as caught:
            call()
        assert errno_of(caught) == errno.EBADF


def test_a_stream_socket_has_no_datagrams_and_no_duplicate(net: SimulatedNetwork) -> None:
    sock = SimulatedSocket(net)
    for call in (
        lambda: sock.sendto(b"x", (HOST, 7)),
        lambda: sock.recvfrom(1),
        sock.dup,
    ):
        with pytest.raises(OSError) as caught:
            call()
        assert errno_of(caught) == errno.EOPNOTSUPP
