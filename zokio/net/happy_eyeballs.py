"""Happy eyeballs (RFC 8305): several addresses of a host, and no waiting for those that are dead.

    lookups, all at once --> addresses, by family --> attempts, one more every 250 ms or as soon as
                                                      one fails --> the first that connects

Guarantees: the families take turns, beginning with that of the first lookup (RFC 8305, 4); when
only the addresses of a later lookup are there, the first one gets 50 ms more (3); an attempt begins
250 ms after the last one, or at once when that fails (5); what is still on its way when one has
connected is cancelled, and everything else is closed, before `race` returns, however it ends. The
clock is the runtime's.

What is tested against the RFC is this file, in virtual time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from zokio.errors import BrokenError, DnsError, NameNotFoundError, ZokioError
from zokio.net.resolve import Endpoint
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime
from zokio.runtime.group import TaskGroup
from zokio.sync.notify import Notify
from zokio.time.timeout import move_on_after

ATTEMPT_DELAY_S: Final = 0.25
"""Connection Attempt Delay (RFC 8305, 8)."""
RESOLUTION_DELAY_S: Final = 0.05
"""Resolution Delay (RFC 8305, 8)."""
FIRST_FAMILY_COUNT: Final = 1
"""First Address Family Count (RFC 8305, 8): so many of the preferred family before the other's."""

Connected = tuple[Socket, Registration]
Lookup = Callable[[], Awaitable[Sequence[Endpoint]]]
Attempt = Callable[[Endpoint], Awaitable[Connected]]


class Untried:
    """Endpoints in the order in which to try them; more may come at any time."""

    def __init__(self) -> None:
        self._families: dict[int, deque[Endpoint]] = {}
        """By family, in the order of its lookup."""
        self._ranks: dict[int, int] = {}
        """By family, the number of the lookup that has found it; the least is preferred."""
        self._given: list[int] = []
        """The families of those that were given out."""

    def add(self, rank: int, endpoints: Sequence[Endpoint]) -> None:
        """What the lookup with this number has found."""
        for endpoint in endpoints:
            self._families.setdefault(endpoint.family, deque()).append(endpoint)
            self._ranks.setdefault(endpoint.family, rank)

    def __bool__(self) -> bool:
        return any(self._families.values())

    def take(self) -> Endpoint:
        """The next one; there is one."""
        there = [family for family, endpoints in self._families.items() if endpoints]
        there.sort(key=self._ranks.__getitem__)
        family = there[0]
        if len(self._given) >= FIRST_FAMILY_COUNT:
            family = next((each for each in there if each != self._given[-1]), family)
        self._given.append(family)
        return self._families[family].popleft()


class Race:
    """One race. What its tasks share is guarded, as several workers may run them."""

    def __init__(self, lookups: Sequence[Lookup], attempt: Attempt) -> None:
        runtime = current_runtime()
        self._guard: AbstractContextManager[object] = runtime.structure or nullcontext()
        self._reactor = runtime.reactor
        self._lookups = lookups
        self._attempt = attempt
        self._untried = Untried()
        self._looking = set(range(len(lookups)))
        """The numbers of the lookups that go on."""
        self._trying: set[int] = set()
        """The numbers of the attempts that go on."""
        self._begun = 0
        self._changed = Notify()
        """For the one who runs the race."""
        self._winner: Connected | None = None
        self._is_over = False
        self._unknown: list[ZokioError] = []
        """The errors of lookups."""
        self._failed: list[ZokioError] = []
        """The errors of attempts."""

    async def run(self) -> Connected:
        """See `race`."""
        try:
            async with TaskGroup() as group:
                for number in range(len(self._lookups)):
                    group.spawn(self._look_up(number))
                await self._until_it_may_begin()
                await self._begin_attempts(group)
                group.cancel_scope.cancel()
        except BaseException:
            self._end()
            raise
        if self._winner is None:
            raise self._error()
        return self._winner

    async def _until_it_may_begin(self) -> None:
        """There are addresses of the first lookup, or 50 ms after those of another, or no more."""
        while self._looking and not self._untried:
            await self._changed.notified()
        with move_on_after(RESOLUTION_DELAY_S):
            while 0 in self._looking:
                await self._changed.notified()

    async def _begin_attempts(self, group: TaskGroup) -> None:
        """Begin one after the other, until one has won or there is nothing left to do."""
        while self._winner is None:
            with self._guard:
                endpoint = self._untried.take() if self._untried else None
                is_idle = not (endpoint or self._looking or self._trying)
            if is_idle:
                return
            if endpoint is None:
                await self._changed.notified()
            else:
                await self._begin_attempt(group, endpoint)

    async def _begin_attempt(self, group: TaskGroup, endpoint: Endpoint) -> None:
        """Begin one; wait until it has ended, another one has won, or the next one is due."""
        number, self._begun = self._begun, self._begun + 1
        with self._guard:
            self._trying.add(number)
        group.spawn(self._try(number, endpoint))
        with move_on_after(ATTEMPT_DELAY_S):
            while self._winner is None and number in self._trying:
                await self._changed.notified()

    # The tasks

    async def _look_up(self, number: int) -> None:
        found: Sequence[Endpoint] = ()
        try:
            found = await self._lookups[number]()
        except ZokioError as error:
            self._unknown.append(error)
        with self._guard:
            self._untried.add(number, found)
            self._looking.discard(number)
        self._changed.notify_one()

    async def _try(self, number: int, endpoint: Endpoint) -> None:
        try:
            self._finish(await self._attempt(endpoint))
        except ZokioError as error:
            self._failed.append(error)
        with self._guard:
            self._trying.discard(number)
        self._changed.notify_one()

    def _finish(self, connected: Connected) -> None:
        """The first one wins."""
        with self._guard:
            if self._winner is None and not self._is_over:
                self._winner = connected
                return
        self._discard(connected)

    # The end

    def _end(self) -> None:
        """Nobody wants the winner, or one that comes too late."""
        with self._guard:
            self._is_over = True
            winner, self._winner = self._winner, None
        if winner is not None:
            self._discard(winner)

    def _discard(self, connected: Connected) -> None:
        sock, registration = connected
        self._reactor.deregister(registration)
        sock.close()

    def _error(self) -> ZokioError:
        """What to raise when no attempt has succeeded."""
        errors, self._failed = self._failed or self._unknown, []
        errors.sort(key=lambda error: not isinstance(error, NameNotFoundError))
        last = errors[-1]  # a lookup that failed says more than one that found nothing
        if len(errors) == 1 or not isinstance(last, BrokenError):
            return last
        if isinstance(last, DnsError):
            return last
        texts = [getattr(error, "strerror", None) or str(error) for error in errors]
        return type(last)(last.errno, f"{len(texts)} addresses were tried: " + "; ".join(texts))


async def race(lookups: Sequence[Lookup], attempt: Attempt) -> Connected:
    """The first connection that is made to any endpoint which the lookups find.

    Args:
        lookups: begun at once; each gives endpoints, the preferred ones first. The families of the
            first lookup are preferred.
        attempt: connects to one endpoint; cancelled or failed, it leaves nothing behind.

    Raises:
        BrokenError: what went wrong with the attempts, or, if there were none, with the lookups.
    """
    return await Race(lookups, attempt).run()
