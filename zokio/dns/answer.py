"""What is known of a name's addresses of one family, and for how long.

RFC 1035: an answer holds as long as the shortest-lived record that leads to it, the aliases
included. RFC 2308: that there is none holds for the TTL of the zone's SOA record or its MINIMUM,
whichever is less; an answer without a SOA record is not kept.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from zokio.env.clock import SECOND_NS
from zokio.errors import (
    ClosedError,
    DnsError,
    LookupTimeoutError,
    NameNotFoundError,
    NameServerError,
)

POSITIVE_MAX_S = 7 * 86_400
"""A week (RFC 8767, 4): a longer TTL is rather a mistake."""
NEGATIVE_MAX_S = 3 * 3_600
"""Three hours (RFC 2308, 5)."""


class Verdict(Enum):
    """How a question ended."""

    FOUND = "found"
    NO_NAME = "no such name"
    NO_ADDRESS = "the name has no address of this kind"
    TIMEOUT = "timeout"
    UNREACHABLE = "no name server can be reached"
    FAILED = "the name servers failed"
    BAD_REPLY = "the name servers answered nonsense"
    CLOSED = "the resolver was closed"


FOUND, NO_NAME, NO_ADDRESS = Verdict.FOUND, Verdict.NO_NAME, Verdict.NO_ADDRESS


@dataclass(frozen=True, slots=True)
class Answer:
    """The addresses in figures, in the order of the server; none unless FOUND."""

    verdict: Verdict
    addresses: tuple[str, ...] = ()
    lifetime_s: int = 0
    detail: str = ""
    """The server's word for what went wrong."""

    @property
    def lifetime_ns(self) -> int:
        """How long it may be kept; 0: it may not."""
        return self.lifetime_s * SECOND_NS


def found(addresses: Iterable[str], ttls: Iterable[int]) -> Answer:
    """The name has these addresses; `ttls` in seconds, of every record that leads to them."""
    lifetime_s = min((*ttls, POSITIVE_MAX_S))
    return Answer(FOUND, tuple(addresses), max(0, lifetime_s))


def absent(verdict: Verdict, soa: tuple[int, int] | None) -> Answer:
    """There is none; `soa`: the TTL and the MINIMUM of the zone's SOA record, in seconds."""
    lifetime_s = 0 if soa is None else min(*soa, NEGATIVE_MAX_S)
    return Answer(verdict, (), max(0, lifetime_s))


def rank(answer: Answer) -> int:
    """Of answers without addresses, the least says most: it failed; it has none; there is none."""
    return {NO_ADDRESS: 1, NO_NAME: 2}.get(answer.verdict, 0)


def lookup_error(host: str, answer: Answer) -> DnsError | ClosedError:
    """The error for an answer without an address."""
    what = f"no address for {host!r}: "
    detail = f" ({answer.detail})" if answer.detail else ""
    match answer.verdict:
        case Verdict.TIMEOUT:
            return LookupTimeoutError(
                errno.ETIMEDOUT,
                f"{what}no name server answered in time{detail}; check that the network is up, or "
                "give the resolver more time",
            )
        case Verdict.UNREACHABLE:
            return NameServerError(
                errno.ECONNREFUSED,
                f"{what}no name server can be reached{detail}; check that the servers run, and "
                "that they answer over TCP as well, which long answers need",
            )
        case Verdict.FAILED | Verdict.BAD_REPLY:
            return NameServerError(
                errno.EIO,
                f"{what}{answer.verdict.value}{detail}; ask again later, or ask other servers",
            )
        case Verdict.CLOSED:
            return ClosedError(f"{what}the resolver was closed; make a new one")
        case Verdict.NO_ADDRESS:
            return NameNotFoundError(
                errno.ENOENT, f"{what}the name exists and has none; check the name"
            )
        case _:
            return NameNotFoundError(errno.ENOENT, f"{what}there is no such name; check the name")
