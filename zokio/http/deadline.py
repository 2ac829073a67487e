"""Deadline: one timer for all that a connection waits for, moved lazily.

Most waits end long before their deadline. So a wait only says until when (`arm`), and the timer,
when it fires too early, goes to sleep again until then: a request costs no timer.

Who ends a wait owns it: what came (`disarm`), the deadline, or a shutdown (`end_now`). Each takes
the one token that the wait has put down, and taking is atomic. So a request that has come is never
cancelled by a deadline which passed at that moment, also when the two are on different threads.
"""

from __future__ import annotations

from zokio.core.suspend import suspend
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope
from zokio.timers.deadline import NEVER_NS, deadline_after
from zokio.timers.queue import Timer


class Deadline:
    """Cancels `scope` when it passes."""

    __slots__ = ("_armed", "_runtime", "_timer", "at_ns", "has_passed", "scope")

    def __init__(self) -> None:
        self._runtime = current_runtime()
        self._timer: Timer | None = None
        self.at_ns = NEVER_NS
        """Until when the last wait may last."""
        self._armed: list[None] = []
        self.scope = CancelScope()
        self.has_passed = False

    def arm(self, duration_ns: int) -> None:
        """A wait begins that may last so long."""
        self.at_ns = deadline_after(self._runtime.reactor.now_ns(), duration_ns)
        self._armed.append(None)
        timer = self._timer
        if timer is None or timer.deadline_ns > self.at_ns:
            self._stop_timer()
            self._timer = self._runtime.timers.insert(self.at_ns, self._fire)

    def disarm(self) -> bool:
        """The wait has ended; False: somebody else has ended it, so await `lost`."""
        try:
            self._armed.pop()
        except IndexError:
            return False
        return True

    async def lost(self) -> None:
        """Wait for the cancellation that is on its way."""
        while True:
            await suspend()

    def is_armed(self) -> bool:
        """Whether somebody waits."""
        return bool(self._armed)

    def end_now(self) -> bool:
        """End the wait; whether there was one."""
        if not self.disarm():
            return False
        self.scope.cancel()
        return True

    def _fire(self) -> None:
        self._timer = None
        if self.at_ns > self._runtime.reactor.now_ns():
            if self._armed:
                self._timer = self._runtime.timers.insert(self.at_ns, self._fire)
        elif self.disarm():
            self.has_passed = True
            self.scope.cancel()

    def renew(self) -> CancelScope:
        """A new scope, for what is done after the last one was cancelled."""
        self._armed.clear()
        self.scope = CancelScope()
        return self.scope

    def check_invariants(self) -> None:
        """Assert that a wait has a timer, which fires in time."""
        assert len(self._armed) <= 1, "two waits at once"
        if self._armed and not self.scope.cancel_called:
            assert self._timer is not None, "somebody waits without a deadline"
            assert self._timer.deadline_ns <= self.at_ns, "the timer fires too late"

    def close(self) -> None:
        """Nobody waits any more; leave no timer behind."""
        self._armed.clear()
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._runtime.timers.cancel(self._timer)
            self._timer = None
