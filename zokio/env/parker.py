"""Parker: where one thread waits until another one lets it go on, or until its time is up.

Guarantees: an `unpark` before the `park` is not lost; many of them count as one. A `park` may end
for no reason: whoever parks looks at what it waits for, and parks again.
"""

from __future__ import annotations

from zokio.env.threads import Lock


class Parker:
    """The place of one thread. It is a lock that stands open when there is a reason to go on."""

    __slots__ = ("_lock",)

    def __init__(self) -> None:
        self._lock = Lock()
        self._lock.acquire()

    def park(self, timeout: float) -> bool:
        """Wait; whether there was an `unpark` since the last time. A negative timeout is none."""
        return self._lock.acquire(timeout=timeout)

    def unpark(self) -> None:
        """Let the thread go on, now or when it next parks. From any thread."""
        try:
            self._lock.release()
        except RuntimeError:  # it stands open: two reasons are one
            pass
