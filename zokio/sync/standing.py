"""Who waits by one end of a channel, so that closing it looks at nobody else.

Many ends wait in one queue. Were it walked for each end that is closed, thousands of them would
take millions of steps to close.
"""

from __future__ import annotations

from typing import Any

from zokio.core.wait_queue import Waiter


# Any: what they wait for does not matter here.
class Standing(dict[Waiter[Any], None]):
    """The waiters of one end. A task puts in its own under the lock, and takes it out at last."""

    __slots__ = ()

    def refuse_all(self, why: str) -> list[Waiter[Any]]:
        """Under the lock: each that still waits gets ClosedError(why); whom to wake after it."""
        return [waiter for waiter in tuple(self) if waiter.refuse(why)]
