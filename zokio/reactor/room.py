"""Room in a socket, asked for by a thread that may block."""

from __future__ import annotations

import select


def has_room(fd: int, patience_ms: int) -> bool:
    """Whether the socket takes bytes, or has failed; waits so many milliseconds for that."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(patience_ms))
