"""Coalescing: equal questions share one query, and its answer is kept as long as it holds.

    asker -- kept? --> the answer, at once
      |
      `-- a query for it goes on? join it, or begin one --> wait --> the answer, or its error
                                                              |
                                                    cancelled: leave; the last aborts the query

Guarantees: of equal questions only one is asked at a time; who is cancelled takes nothing away from
the others; a query that nobody waits for is aborted, keeps nothing, and nobody joins it any more;
an answer is kept in the same step in which its query is given up. A failure is not kept.

A query is a task of its own, since none of those who wait for it owns it. On several workers, who
changes what is here does it under the structure lock. The specification is `spec/dns_cache.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

from zokio.core.join import JoinHandle
from zokio.dns.cache import Cache
from zokio.runtime.runtime import Runtime
from zokio.timers.deadline import deadline_after

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Query(Generic[V]):
    """One query in flight, and how many wait for it."""

    __slots__ = ("askers", "handle")

    handle: JoinHandle[V]

    def __init__(self) -> None:
        self.askers = 0


class Coalescing(Generic[K, V]):
    """`await coalescing.get(runtime, key)`, in one runtime.

    Args:
        fetch: asks: gives the value, and for how many nanoseconds it holds; 0 keeps it for nobody.
        size: how many answers are kept at the most.
    """

    __slots__ = ("_fetch", "cache", "queries")

    def __init__(self, fetch: Callable[[K], Awaitable[tuple[V, int]]], size: int) -> None:
        self._fetch = fetch
        self.cache: Cache[K, V] = Cache(size)
        self.queries: dict[K, Query[V]] = {}
        """Those that one may join."""

    async def get(self, runtime: Runtime, key: K) -> V:
        """The value for `key`: kept, or asked for.

        Cancelled, it leaves the query to the others who wait, or aborts it if there are none.

        Raises:
            Exception: what `fetch` raised.
        """
        with _guard(runtime):
            kept = self._kept(runtime, key)
            if kept is not None:
                return kept
            query = self.queries.get(key) or self._begin(runtime, key)
            query.askers += 1
        try:
            return await query.handle
        finally:
            with _guard(runtime):
                query.askers -= 1
                if query.askers == 0:
                    self._give_up(key, query)
                    query.handle.abort()

    def kept(self, runtime: Runtime, key: K) -> V | None:
        """The value for `key`, if it is kept."""
        with _guard(runtime):
            return self._kept(runtime, key)

    def forget(self, runtime: Runtime) -> None:
        """Keep nothing of what is kept now."""
        with _guard(runtime):
            self.cache.clear()

    def _kept(self, runtime: Runtime, key: K) -> V | None:
        return self.cache.get(key, runtime.reactor.now_ns())

    def _begin(self, runtime: Runtime, key: K) -> Query[V]:
        query = Query[V]()
        query.handle = runtime.spawn(self._run(runtime, key, query), f"lookup of {key}")
        self.queries[key] = query
        return query

    async def _run(self, runtime: Runtime, key: K, query: Query[V]) -> V:
        """The query's task."""
        try:
            value, lifetime_ns = await self._fetch(key)
            with _guard(runtime):
                if self.queries.get(key) is query and lifetime_ns > 0:
                    now_ns = runtime.reactor.now_ns()
                    self.cache.put(key, value, deadline_after(now_ns, lifetime_ns))
                self._give_up(key, query)
            return value
        finally:
            with _guard(runtime):
                self._give_up(key, query)

    def _give_up(self, key: K, query: Query[V]) -> None:
        """Nobody joins it any more."""
        if self.queries.get(key) is query:
            del self.queries[key]


def _guard(runtime: Runtime) -> AbstractContextManager[object]:
    return runtime.structure or nullcontext()
