"""mpsc: many senders, first in first out, with a bound on what may lie in between, or without.

    sender, receiver = zokio.sync.mpsc(100)

    async with sender:
        await sender.send("value")

    async for value in receiver:
        ...

Each value goes to one receiving task. Several may receive by one receiver: the values go out in the
order in which they came in, to the tasks in the order in which they began to wait.

Fairness: who waits to send, or to receive, is served first come, first served; nobody overtakes one
who waits. What does not have to wait does not let other tasks run either.

Cancel safety: a `send`, `reserve` or `reserve_many` that is cancelled has sent nothing and keeps no
slot; a `recv` that is cancelled has taken nothing. Nothing is lost, and a promise that was made
goes to the next.

Memory: `capacity` values, and one waiter for each task that waits. `unbounded` has no limit.

Closing: `close`, the end of a `with` block, and the end of the last reference are the same for a
sender. When every sender is closed, what was sent can still be received, and then `recv` raises
ClosedError and `async for` ends. When the receiver is closed nobody can send any more, but for
permits; what was sent can still be received. When nobody holds the receiver any more, what was sent
and not received is let go of.

Threads: every method may be called on any thread, and tasks of any runtime may wait. A thread that
runs no runtime waits by `blocking_send` and `blocking_recv`, in the same lines.
"""

from __future__ import annotations

import math
from typing import Any

from zokio.sync.channel import Channel
from zokio.sync.receiver import Receiver
from zokio.sync.sender import Sender


# Any: what is sent is said where the two ends are declared.
def mpsc(capacity: int) -> tuple[Sender[Any], Receiver[Any]]:
    """A channel in which at most `capacity` values wait to be received.

    Raises:
        ValueError: `capacity` is not 1 or more; for 0 there is `rendezvous`.
    """
    return _ends(checked(capacity))


def unbounded() -> tuple[Sender[Any], Receiver[Any]]:
    """A channel without a limit: sending never waits, and nothing slows the senders down."""
    return _ends(math.inf)


def checked(capacity: int) -> int:
    """The capacity of a channel.

    Raises:
        ValueError: it is less than 1.
    """
    if capacity < 1:
        raise ValueError(f"a channel needs a capacity of 1 or more, and not {capacity!r}")
    return capacity


def _ends(capacity: float) -> tuple[Sender[Any], Receiver[Any]]:
    channel = Channel[Any](capacity)
    return Sender(channel), Receiver(channel)
