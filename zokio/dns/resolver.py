"""Resolver: names to addresses by c-ares, with a cache, on the runtime's own reactor."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self
from weakref import ref

from zokio.dns.answer import FOUND, NO_ADDRESS, NO_NAME, Answer, found, lookup_error, rank
from zokio.dns.coalescing import Coalescing
from zokio.dns.names import check_host, numeric_address, wire_name
from zokio.dns.settings import Settings, check_settings
from zokio.errors import ClosedError, UsageError
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.combine import join
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime

if TYPE_CHECKING:
    from zokio.dns.servers import Servers

IPV6: Final = socket.AF_INET6
IPV4: Final = socket.AF_INET
FAMILIES: Final = (IPV6, IPV4)
"""In the order in which their addresses are given (RFC 6724 prefers IPv6)."""


class Resolver:
    """`addresses = await resolver.lookup("example.org")`; close it, or use `async with`.

    It belongs to the runtime in which it was made, and may be used by any number of its tasks.
    Equal questions share one query. Answers are kept as long as their TTL says, and negative ones
    as long as the zone's SOA record says; failures are not kept. The hosts file comes first.

    Args:
        servers: addresses in figures, each perhaps with a port ("192.0.2.1:5353"); None takes the
            system's, from resolv.conf. The second is asked when the first does not answer.
        timeout: seconds that a lookup takes at the most.
        cache_size: how many answers are kept at the most; 0 keeps none. A name has two answers,
            one for each family.
        domains: the search domains; None takes the system's.
        hosts_file: the path of a file like /etc/hosts; None takes the system's.
        resolv_conf: the path of a file like /etc/resolv.conf; None takes the system's.

    Both files are looked at again by a lookup, once in five seconds at the most; when one has
    changed, what it says counts from then on, and nothing is kept of what was asked before.

    Raises:
        UsageError: pycares is not installed, a setting is out of its range, or the reactor is the
            simulated one.
        NoRuntimeError: no runtime is running on this thread.
    """

    def __init__(
        self,
        servers: Sequence[str] | None = None,
        timeout: float = 5.0,
        cache_size: int = 1024,
        *,
        domains: Sequence[str] | None = None,
        hosts_file: str | None = None,
        resolv_conf: str | None = None,
    ) -> None:
        settings = Settings(servers, timeout, cache_size, domains, hosts_file, resolv_conf)
        check_settings(settings)
        runtime = current_runtime()
        if isinstance(runtime.reactor, SimulatedReactor):
            raise UsageError(
                "Resolver: the simulated reactor waits for no name servers; use another reactor, "
                "or zokio.dns.lookup, which asks the system's resolver there"
            )
        self._servers = _make_servers(runtime, settings)
        self._runtime = ref(runtime)
        self._answers = Coalescing(self._servers.ask, cache_size)

    async def lookup(self, host: str) -> list[str]:
        """The addresses of a host in figures, at least one, those of IPv6 first.

        An address in figures is given back as the system writes it. Cancelled, it leaves the query
        to others who wait for the same name.

        Raises:
            NameNotFoundError: there is no such name, or it has no address.
            LookupTimeoutError: no server answered within the timeout.
            NameServerError: the servers cannot be reached, fail, or answer nonsense.
            ClosedError: the resolver was closed.
            UsageError: `host` is no host, or the resolver belongs to another runtime.
        """
        numeric = numeric_address(check_host(host))
        if numeric is not None:
            return [numeric]
        answers = await self._answers_for(host)
        addresses = [address for answer in answers for address in answer.addresses]
        if not addresses:
            raise lookup_error(host, min(answers, key=rank))
        return addresses

    async def lookup_family(self, host: str, family: socket.AddressFamily) -> list[str]:
        """As `lookup`, of one family: `socket.AF_INET` or `socket.AF_INET6`. `host` is a name."""
        runtime = self._here()
        name = wire_name(check_host(host))
        answer = self._known(runtime, name, family)
        if answer is None:
            assert name is not None
            answer = await self._answers.get(runtime, (name, family))
        if answer.verdict is not FOUND:
            raise lookup_error(host, answer)
        return list(answer.addresses)

    async def _answers_for(self, host: str) -> Sequence[Answer]:
        """Of each family."""
        runtime = self._here()
        name = wire_name(host)
        known = [self._known(runtime, name, family) for family in FAMILIES]
        answers = [answer for answer in known if answer is not None]
        if name is None or len(answers) == len(FAMILIES):  # the common case takes no tasks
            return answers
        return await join(*(self._answers.get(runtime, (name, family)) for family in FAMILIES))

    def _known(
        self, runtime: Runtime, name: str | None, family: socket.AddressFamily
    ) -> Answer | None:
        """What can be said without asking a server."""
        if name is None:
            return Answer(NO_NAME)
        listed = self._servers.in_files(name)
        if listed:
            own = [address for each, address in listed if each == family]
            return found(own, ()) if own else Answer(NO_ADDRESS)
        return self._answers.kept(runtime, (name, family))

    def _here(self) -> Runtime:
        runtime = current_runtime()
        if runtime is not self._runtime():
            raise UsageError(
                "this Resolver belongs to another runtime; make one in each runtime, and in each "
                "process"
            )
        if self._servers.is_closed:
            raise ClosedError("this Resolver was closed; make a new one")
        if self._servers.look_again():
            self._answers.forget(runtime)
        return runtime

    def close(self) -> None:
        """Close it; whoever waits gets ClosedError. Again it does nothing."""
        self._servers.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def has_pycares() -> bool:
    """Whether names can be asked for by c-ares."""
    try:
        import_module("zokio.dns.servers")
    except ImportError:
        return False
    return True


def _make_servers(runtime: Runtime, settings: Settings) -> Servers:
    try:
        from zokio.dns.servers import Servers
    except ImportError as error:
        raise UsageError(
            f"Resolver needs pycares ({error}): pip install 'zokio[dns]'; or use zokio.dns.lookup, "
            "which asks the system's resolver without it"
        ) from error
    return Servers(runtime, settings)
