"""The machine of the rate limiter on the real runtime, in virtual time: a unit is a second."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from spec.rate_limiter import ASLEEP, AWAKE, AWAY, LINE, TURN, State
from tests.helpers.stage import Caller, Stage
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.wait_queue import GRANTED, WAITING, Waiter
from zokio.env.clock import SECOND_NS
from zokio.time.rate_limiter import RateLimiter


class RateLimiterAdapter:
    """See the head of this file."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, callers: int, burst: int
    ) -> None:
        self._make_reactor = make_reactor
        self._callers = callers
        self._burst = burst

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.limiter = RateLimiter(1, per=1, burst=self._burst)
        self.taken = 0
        self.wants = [0] * self._callers
        self.callers = [Caller(self.stage, self.call_of(each)) for each in range(self._callers)]
        # Any: nothing is granted but the turn.
        self.waiters: list[Waiter[Any] | None] = [None] * self._callers

    def call_of(self, caller: int) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            await self.limiter.acquire(self.wants[caller])
            self.taken += self.wants[caller]

        return call

    # Actions

    def acquire(self, caller: int, n: int) -> None:
        self.wants[caller] = n
        self.waiters[caller] = None
        self.callers[caller].begin()
        last = self.limiter._line.last
        if last is not None and last.waker is self.callers[caller].task:
            self.waiters[caller] = last

    def poll_caller(self, caller: int) -> None:
        self.callers[caller].poll()

    def cancel(self, caller: int) -> None:
        self.callers[caller].cancel()

    def try_acquire(self, n: int) -> None:
        def take() -> None:
            self.taken += n if self.limiter.try_acquire(n) else 0

        self.stage.call(take)

    def advance(self) -> None:
        self.stage.reactor.clock.advance(SECOND_NS)

    def expire(self) -> None:
        self.stage.take_in()

    # What the runtime's state means

    def abstraction(self) -> State:
        now_ns = self.stage.reactor.now_ns()
        states = tuple(self.state_of(each) for each in range(self._callers))
        pairs = zip(self.wants, states, strict=True)
        return State(
            debt=max(0, self.limiter._paid_off // self.limiter._rate - now_ns) // SECOND_NS,
            elapsed=now_ns // SECOND_NS,
            taken=self.taken,
            callers=states,
            wants=tuple(0 if at == AWAY else wants for wants, at in pairs),
            line=tuple(self.line()),
            cancelling=tuple(caller.is_cancelling() for caller in self.callers),
            owed=tuple(caller.is_owed() for caller in self.callers),
            served=tuple(min(2, caller.returned) for caller in self.callers),
        )

    def state_of(self, caller: int) -> str:
        if self.callers[caller].scope is None:
            return AWAY
        waiter = self.waiters[caller]
        if waiter is not None and waiter.state is WAITING:
            return LINE
        if waiter is not None and waiter.state is GRANTED:
            return TURN
        return ASLEEP if len(self.stage.runtime.timers) else AWAKE

    def line(self) -> list[int]:
        """The callers that stand in the queue."""
        found, waiter = [], self.limiter._line.first
        while waiter is not None:
            found.append(self.waiters.index(waiter))
            waiter = waiter.next
        return found

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        self.limiter.check_invariants()

    def stop(self) -> None:
        self.stage.stop()
