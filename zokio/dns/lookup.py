"""Lookups without a resolver of one's own: by c-ares where pycares is, else by the system.

Each runtime has one resolver for these, with the default settings, made when it is first needed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from functools import partial
from weakref import WeakKeyDictionary

from zokio.dns.names import check_host, numeric_address
from zokio.dns.resolver import FAMILIES, Resolver, has_pycares
from zokio.dns.system import system_lookup
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime

RESOLVERS: WeakKeyDictionary[Runtime, Resolver] = WeakKeyDictionary()
"""The resolver of each runtime that has needed one."""

Lookup = Callable[[], Awaitable[list[str]]]


async def lookup(host: str) -> list[str]:
    """The addresses of a host in figures, at least one; see `Resolver.lookup`.

    With pycares they are asked for by c-ares, and kept; without it, and on the simulated reactor,
    by the system's `getaddrinfo` in the blocking pool.

    Raises:
        NameNotFoundError, LookupTimeoutError, NameServerError: see `Resolver.lookup`.
        UsageError: `host` is no host.
    """
    numeric = numeric_address(check_host(host))
    if numeric is not None:
        return [numeric]
    resolver = default_resolver()
    return await (system_lookup(host) if resolver is None else resolver.lookup(host))


def lookups(host: str, resolver: Resolver | None = None) -> list[Lookup]:
    """What to ask, all at once, for the addresses of a name: both families apart if possible."""
    chosen = resolver or default_resolver()
    if chosen is None:
        return [partial(system_lookup, host)]
    return [partial(chosen.lookup_family, host, family) for family in FAMILIES]


def default_resolver() -> Resolver | None:
    """The running runtime's own; None: the system has to be asked."""
    runtime = current_runtime()
    if isinstance(runtime.reactor, SimulatedReactor) or not has_pycares():
        return None
    with runtime.structure or nullcontext():
        resolver = RESOLVERS.get(runtime)
        if resolver is None:
            resolver = RESOLVERS[runtime] = Resolver()
        return resolver
