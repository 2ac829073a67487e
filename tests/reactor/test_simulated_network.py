"""Sockets in memory: names, backlogs, ends and errors are those of TCP sockets on loopback."""

from __future__ import annotations

import errno
import socket
import struct

import pytest

from zokio.reactor.simulated_network import FIRST_PORT, SimulatedNetwork, found_at, name_of
from zokio.reactor.simulated_socket import BUFFER_BYTES, FIRST_CLIENT_PORT, SimulatedSocket

HOST = "127.0.0.1"


class Net(SimulatedNetwork):
    """A network that notes whose readiness has changed."""

    def __init__(self) -> None:
        self.noted: list[int] = []
        super().__init__(self.noted.append)

    def socket(self) -> SimulatedSocket:
        return SimulatedSocket(self)

    def listener(self, backlog: int = 8, port: int = 80) -> SimulatedSocket:
        listener = self.socket()
        listener.bind((HOST, port))
        listener.listen(backlog)
        return listener

    def connected(self) -> tuple[SimulatedSocket, SimulatedSocket]:
        """Who has connected, and whom the listener has accepted."""
        listener = self.listener()
        ours = self.socket()
        assert ours.connect_ex((HOST, 80)) == errno.EINPROGRESS
        theirs, _ = listener.accept()
        listener.close()
        self.noted.clear()
        return ours, theirs

    def told(self) -> list[int]:
        """Whose readiness has changed since the last look."""
        noted = list(self.noted)
        self.noted.clear()
        return noted


@pytest.fixture
def net() -> Net:
    return Net()


def error_of(sock: SimulatedSocket) -> int:
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


# Descriptors and names


def test_descriptors_are_the_lowest_free_numbers_from_3(net: Net) -> None:
    first, second, third = net.socket(), net.socket(), net.socket()
    assert [first.fileno(), second.fileno(), third.fileno()] == [3, 4, 5]
    second.close()
    first.close()
    assert [net.socket().fileno() for _ in range(3)] == [3, 4, 6]
    assert sorted(net.sockets) == [3, 4, 5, 6]


def test_a_socket_that_was_closed_has_no_descriptor_and_does_nothing(net: Net) -> None:
    sock = net.socket()
    sock.close()
    assert sock.fileno() == -1 and not net.sockets
    sock.close()
    for call in (
        sock.getsockname,
        sock.getpeername,
        sock.accept,
        lambda: error_of(sock),
        lambda: sock.recv(1),
        lambda: sock.send(b"x"),
        lambda: sock.shutdown(socket.SHUT_WR),
    ):
        with pytest.raises(OSError) as caught:
            call()
        assert caught.value.errno == errno.EBADF


def test_the_sockets_of_a_network_share_its_lock(net: Net) -> None:
    assert net.socket().lock is net.socket().lock is net.lock


def test_port_0_becomes_the_first_that_nobody_listens_on(net: Net) -> None:
    ports = []
    for _ in range(3):
        listener = net.listener(port=0)
        ports.append(listener.getsockname()[1])
    assert ports == [FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2]
    assert (FIRST_PORT, FIRST_CLIENT_PORT) == (49_152, 32_768)


def test_two_cannot_listen_at_one_address_until_the_first_has_closed(net: Net) -> None:
    first, second = net.listener(), net.socket()
    with pytest.raises(OSError) as caught:
        second.bind((HOST, 80))
    assert caught.value.errno == errno.EADDRINUSE
    first.close()
    second.bind((HOST, 80))
    assert second.getsockname() == (HOST, 80)


def test_closing_another_socket_of_that_name_leaves_the_listener(net: Net) -> None:
    bound = net.socket()
    bound.bind((HOST, 80))
    listener = net.listener()
    bound.close()
    assert found_at((HOST, 80), net.listeners) is listener


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_who_listens_at_every_address_is_found_at_each(net: Net, wildcard: str) -> None:
    everywhere = net.socket()
    everywhere.bind((wildcard, 80))
    everywhere.listen(1)
    assert found_at((HOST, 80), net.listeners) is everywhere
    assert found_at((HOST, 81), net.listeners) is None
    here = net.listener()
    assert found_at((HOST, 80), net.listeners) is here


def test_both_ends_of_a_connection_know_both_names(net: Net) -> None:
    listener, ours = net.listener(), net.socket()
    ours.connect_ex((HOST, 80))
    theirs, address = listener.accept()
    client = (HOST, FIRST_CLIENT_PORT + ours.fileno())
    assert ours.getsockname() == theirs.getpeername() == address == client
    assert ours.getpeername() == theirs.getsockname() == (HOST, 80)


def test_a_socket_without_a_peer_has_no_peers_name(net: Net) -> None:
    sock = net.socket()
    with pytest.raises(OSError) as caught:
        sock.getpeername()
    assert caught.value.errno == errno.ENOTCONN
    assert sock.getsockname() == ("0.0.0.0", 0)


def test_only_the_error_can_be_asked_for_and_asking_takes_it(net: Net) -> None:
    sock = net.socket()
    with pytest.raises(OSError) as caught:
        sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
    assert caught.value.errno == errno.ENOPROTOOPT
    with pytest.raises(OSError):
        sock.getsockopt(socket.IPPROTO_TCP, socket.SO_ERROR)
    assert error_of(sock) == 0
    sock.connect_ex((HOST, 80))
    assert [error_of(sock), error_of(sock)] == [errno.ECONNREFUSED, 0]


# Connecting


def test_a_connection_is_an_event_for_both_sides(net: Net) -> None:
    listener, ours = net.listener(), net.socket()
    assert not listener.is_readable() and not ours.is_writable()
    ours.connect_ex((HOST, 80))
    assert net.told() == [listener.fileno(), ours.fileno()]
    assert listener.is_readable() and ours.is_writable() and not ours.is_readable()
    assert listener.is_writable() is listener.has_ended() is False
    listener.accept()
    assert not listener.is_readable()


def test_a_refused_connection_is_an_event_with_an_error(net: Net) -> None:
    ours = net.socket()
    ours.connect_ex((HOST, 80))
    assert set(net.told()) == {ours.fileno()}
    assert ours.is_writable() and ours.is_readable() and ours.has_ended()
    with pytest.raises(ConnectionRefusedError):
        ours.send(b"x")


def test_accepting_on_a_socket_that_was_refused_raises_its_error(net: Net) -> None:
    ours = net.socket()
    ours.connect_ex((HOST, 80))
    with pytest.raises(ConnectionRefusedError):
        ours.accept()


def test_an_address_that_is_bound_and_not_listened_on_refuses(net: Net) -> None:
    bound, ours = net.socket(), net.socket()
    bound.bind((HOST, 80))
    ours.connect_ex((HOST, 80))
    assert error_of(ours) == errno.ECONNREFUSED


@pytest.mark.parametrize(("backlog", "room"), [(0, 1), (1, 1), (2, 2)])
def test_who_finds_the_backlog_full_connects_when_there_is_room(
    net: Net, backlog: int, room: int
) -> None:
    listener = net.listener(backlog)
    clients = [net.socket() for _ in range(room + 2)]
    for client in clients:
        client.connect_ex((HOST, 80))
    assert [client.is_writable() for client in clients] == [True] * room + [False, False]
    net.told()
    listener.accept()
    assert net.told() == [listener.fileno(), clients[room].fileno()]
    assert [client.is_writable() for client in clients] == [True] * (room + 1) + [False]


def test_a_listener_with_nobody_waiting_would_block(net: Net) -> None:
    with pytest.raises(BlockingIOError) as caught:
        net.listener().accept()
    assert caught.value.errno == errno.EAGAIN


def test_connections_are_accepted_in_the_order_of_their_coming(net: Net) -> None:
    listener = net.listener()
    clients = [net.socket() for _ in range(3)]
    for client in clients:
        client.connect_ex((HOST, 80))
    accepted = [listener.accept()[1] for _ in clients]
    assert accepted == [client.getsockname() for client in clients]


def test_a_listener_that_closes_resets_who_was_not_accepted_and_refuses_who_was_not_in(
    net: Net,
) -> None:
    listener = net.listener(1)
    waiting, turned_away = net.socket(), net.socket()
    for client in (waiting, turned_away):
        client.connect_ex((HOST, 80))
    listener.close()
    assert error_of(waiting) == errno.ECONNRESET
    assert error_of(turned_away) == errno.ECONNREFUSED
    assert sorted(net.sockets) == sorted([waiting.fileno(), turned_away.fileno()])


def test_who_gives_up_while_the_backlog_is_full_is_not_connected_later(net: Net) -> None:
    listener = net.listener(1)
    first, second, third = (net.socket() for _ in range(3))
    for client in (first, second, third):
        client.connect_ex((HOST, 80))
    second.close()
    listener.accept()
    assert third.is_writable()
    assert listener.accept()[1] == third.getsockname()


# Bytes


def test_bytes_come_in_order_and_in_pieces(net: Net) -> None:
    ours, theirs = net.connected()
    assert ours.send(b"abc") == 3 and ours.send(b"def") == 3
    assert net.told() == [theirs.fileno()] * 2
    assert [theirs.recv(4), theirs.recv(4)] == [b"abcd", b"ef"]
    assert net.told() == []
    with pytest.raises(BlockingIOError) as caught:
        theirs.recv(1)
    assert caught.value.errno == errno.EAGAIN


def test_a_buffer_takes_so_much_and_tells_of_room_again(net: Net) -> None:
    ours, theirs = net.connected()
    assert ours.send(bytes(BUFFER_BYTES - 1)) == BUFFER_BYTES - 1
    assert ours.is_writable()
    assert ours.send(b"xyz") == 1
    assert not ours.is_writable()
    with pytest.raises(BlockingIOError) as caught:
        ours.send(b"z")
    assert caught.value.errno == errno.EAGAIN
    net.told()
    theirs.recv(1)
    assert net.told() == [ours.fileno()] and ours.is_writable()
    theirs.recv(1)
    assert net.told() == [], "it was not full"
    assert BUFFER_BYTES == 65_536


def test_a_full_buffer_whose_writer_has_gone_is_read_all_the_same(net: Net) -> None:
    ours, theirs = net.connected()
    ours.send(bytes(BUFFER_BYTES))
    ours.close()
    assert len(theirs.recv(BUFFER_BYTES)) == BUFFER_BYTES
    assert theirs.recv(1) == b""


# Ends


def test_a_peer_that_closes_is_an_end_after_what_it_wrote(net: Net) -> None:
    ours, theirs = net.connected()
    ours.send(b"last")
    net.told()
    ours.close()
    assert net.told() == [theirs.fileno()]
    assert theirs.has_ended() and theirs.is_readable() and theirs.is_writable()
    assert [theirs.recv(9), theirs.recv(9)] == [b"last", b""]
    with pytest.raises(BrokenPipeError) as caught:
        theirs.send(b"x")
    assert caught.value.errno == errno.EPIPE


def test_a_peer_that_closes_with_bytes_unread_resets(net: Net) -> None:
    ours, theirs = net.connected()
    theirs.send(b"unread")
    ours.close()
    assert error_of(theirs) == errno.ECONNRESET


def test_a_peer_that_lingers_for_no_time_resets(net: Net) -> None:
    ours, theirs = net.connected()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ours.close()
    with pytest.raises(ConnectionResetError):
        theirs.recv(1)
    assert theirs.recv(1) == b"", "the error is raised once"


@pytest.mark.parametrize(
    ("level", "option", "value"),
    [
        (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0)),
        (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1)),
        (socket.SOL_SOCKET, socket.SO_LINGER, 1),
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, struct.pack("ii", 1, 0)),
        (socket.IPPROTO_TCP, socket.SO_LINGER, struct.pack("ii", 1, 0)),
    ],
)
def test_no_other_option_makes_it_reset(
    net: Net, level: int, option: int, value: int | bytes
) -> None:
    ours, theirs = net.connected()
    ours.setsockopt(level, option, value)
    ours.close()
    assert theirs.recv(1) == b""


def test_who_shuts_down_writes_no_more_and_still_reads(net: Net) -> None:
    ours, theirs = net.connected()
    ours.shutdown(socket.SHUT_WR)
    assert net.told() == [theirs.fileno()]
    assert theirs.recv(1) == b""
    with pytest.raises(BrokenPipeError):
        ours.send(b"x")
    theirs.send(b"y")
    assert ours.recv(1) == b"y"
    net.told()
    ours.shutdown(socket.SHUT_RDWR)
    assert net.told() == [], "it has shut down already"


def test_shutting_down_the_reading_side_tells_the_peer_nothing(net: Net) -> None:
    ours, theirs = net.connected()
    ours.shutdown(socket.SHUT_RD)
    assert net.told() == [] and not theirs.has_ended()
    assert ours.send(b"x") == 1


def test_shutting_down_after_the_peer_has_gone_is_no_error(net: Net) -> None:
    ours, theirs = net.connected()
    theirs.close()
    ours.shutdown(socket.SHUT_WR)


def test_what_was_never_connected_cannot_be_shut_down(net: Net) -> None:
    with pytest.raises(OSError) as caught:
        net.socket().shutdown(socket.SHUT_WR)
    assert caught.value.errno == errno.ENOTCONN


def test_a_socket_of_no_connection_cannot_be_written(net: Net) -> None:
    sock = net.socket()
    assert not sock.is_writable() and not sock.is_readable() and not sock.has_ended()
    with pytest.raises(BrokenPipeError):
        sock.send(b"x")


# Paths, and several buffers at once


def test_a_path_is_a_name_as_it_is(net: Net) -> None:
    """Also one of a single letter, and one that begins as another one does."""
    for path in ("x", "/tmp/a", "/tmp/b", b"\0\0"):
        listener = net.socket()
        listener.bind(path)
        listener.listen(1)
        assert found_at(path, net.listeners) is listener
    assert found_at("y", net.listeners) is None
    assert net.free_port(HOST, net.listeners) == (HOST, FIRST_PORT)


def test_of_an_address_host_and_port_count() -> None:
    assert name_of(("::1", 7, 0, 0)) == ("::1", 7)
    assert name_of("/tmp/a") == "/tmp/a"


def test_several_buffers_are_sent_as_far_as_there_is_room(net: Net) -> None:
    ours, theirs = net.connected()
    parts = [memoryview(bytes(size)) for size in (3, BUFFER_BYTES - 5, 9, 9)]
    assert ours.sendmsg(parts) == BUFFER_BYTES
    with pytest.raises(BlockingIOError):
        ours.sendmsg(parts)
    assert len(theirs.recv(2 * BUFFER_BYTES)) == BUFFER_BYTES
    assert ours.sendmsg(parts[:1]) == 3
