"""Whether a socket takes bytes, as a thread asks that may block."""

from __future__ import annotations

import socket

from zokio.reactor.room import has_room


def test_a_full_socket_has_no_room_although_there_is_something_to_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        assert has_room(ours.fileno(), 0) is True
        try:
            while True:
                ours.send(bytes(65_536))
        except BlockingIOError:
            pass
        theirs.send(b"x")
        assert has_room(ours.fileno(), 0) is False
        theirs.close()
        assert has_room(ours.fileno(), 0) is True, "what has failed is told by the next write"
