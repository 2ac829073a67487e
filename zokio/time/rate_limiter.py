"""RateLimiter: so many permits in so much time, first come, first served.

The generic cell rate algorithm (GCRA, ITU-T I.371): one number, the instant at which everything
that was taken will be paid off. A permit costs `per / rate` seconds; `n` of them may be taken when
the debt is then no more than what `burst` cost. It is a token bucket without a timer that fills it.

Guarantees: in any stretch of time of t seconds, no more than `burst + t * rate / per` permits are
taken; whoever came first takes first, also if others want less; whoever is cancelled has taken
nothing, and delays nobody. It sleeps until its turn and polls nothing.
"""

from __future__ import annotations

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import UsageError
from zokio.runtime.current import current_runtime
from zokio.time.sleep import sleep_until_ns
from zokio.timers.deadline import duration_ns


class RateLimiter:
    """`limiter = RateLimiter(10, per=1.0)`, then `await limiter.acquire()` before each piece.

    Args:
        rate: how many permits come in `per` seconds; a whole number, 1 or more.
        per: seconds, more than 0.
        burst: how many may be taken at once after a pause, and at the beginning; `rate` if None.

    Fairness: strictly first come, first served. Cancel safety: a cancelled `acquire` takes nothing.
    Memory: a place for each who waits. Tasks of one runtime use it, on any worker; with others it
    may be shared as far as they have one clock, as all runtimes in real time have.

    Raises:
        UsageError: a number is out of its range.
    """

    def __init__(self, rate: int, *, per: float = 1.0, burst: int | None = None) -> None:
        _check_count("rate", rate)
        _check_count("burst", rate if burst is None else burst)
        if not 0 < per < float("inf"):
            raise UsageError(f"RateLimiter(per={per!r}): it must be a number of seconds over 0")
        self._rate = rate
        self._per_ns = duration_ns(per)
        self._burst = rate if burst is None else burst
        self._paid_off = 0
        """When everything that was taken is paid off, in 1/rate nanoseconds: nothing is rounded."""
        self._has_turn = False
        """Somebody sleeps until the permits are there: nobody else takes any."""
        self._line: WaitQueue[Waiter[None]] = WaitQueue()

    async def acquire(self, n: int = 1) -> None:
        """Take `n` permits, when everybody who came before has taken theirs.

        Raises:
            UsageError: `n` is no whole number, or less than 1, or more than `burst`.
        """
        self._check(n)
        with self._line.lock:
            if self._take_if_there(n):
                return
            waiter: Waiter[None] = Waiter(self._line, self._on_leave)
            self._line.append(waiter)
            told = self._give_turn()
        wake_all(each for each in told if each is not waiter)
        await waiter
        try:
            await self._sleep_for(n)
        finally:
            with self._line.lock:
                self._has_turn = False
                told = self._give_turn()
            wake_all(told)

    def try_acquire(self, n: int = 1) -> bool:
        """Take `n` permits if they are there and nobody waits; whether it did.

        Raises:
            UsageError: as `acquire`.
        """
        self._check(n)
        with self._line.lock:
            return self._take_if_there(n)

    async def _sleep_for(self, n: int) -> None:
        """Sleep until the permits are there, and take them. Only whoever has the turn does."""
        while True:
            there_ns = self._there_ns(n)
            if there_ns <= current_runtime().reactor.now_ns():
                break
            await sleep_until_ns(there_ns)
        self._take(n)

    def _take_if_there(self, n: int) -> bool:
        if self._has_turn or self._there_ns(n) > current_runtime().reactor.now_ns():
            return False
        self._take(n)
        return True

    def _take(self, n: int) -> None:
        now_ns = current_runtime().reactor.now_ns()
        self._paid_off = max(self._paid_off, now_ns * self._rate) + n * self._per_ns

    def _there_ns(self, n: int) -> int:
        """The instant from which on `n` permits may be taken."""
        there = self._paid_off + (n - self._burst) * self._per_ns
        return -(-there // self._rate)  # rounded up: never faster than the rate

    def _give_turn(self) -> list[Waiter[None]]:
        """The first in the line has the turn, unless somebody has it; under the lock."""
        first = self._line.first
        if self._has_turn or first is None or not first.grant(None):
            return []
        self._has_turn = True
        return [first]

    def _on_leave(self, waiter: Waiter[None], granted: bool) -> list[Waiter[None]]:
        if granted:
            self._has_turn = False
        return self._give_turn()

    def _check(self, n: int) -> None:
        _check_count("n", n)
        if n > self._burst:
            raise UsageError(
                f"{n} permits at once are more than the burst of {self._burst}, and would never be "
                "there; take fewer, or raise `burst`"
            )

    def check_invariants(self) -> None:
        """Assert that whoever waits does so for somebody who has the turn."""
        with self._line.lock:
            self._line.check_invariants()
            assert self._has_turn or self._line.first is None, "all wait, and nobody has the turn"


def _check_count(name: str, count: int) -> None:
    if type(count) is not int or count < 1:
        raise UsageError(f"RateLimiter: {name}={count!r}: it must be a whole number, 1 or more")
