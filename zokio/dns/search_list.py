"""The search list: under which names a short name is looked for (resolv.conf(5)).

c-ares searches by itself, but then it drops what a negative answer says of its lifetime, and it
does not tell what it has read. So the search is zokio's, and so is the reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zokio.dns.names import NAME_MAX
from zokio.dns.system_file import RESOLV_CONF


class SearchList(NamedTuple):
    """The search domains; and with how many dots in it a name is tried first as it is."""

    domains: Sequence[str] = ()
    ndots: int = 1

    def candidates(self, name: str) -> list[str]:
        """The names to try for a name, in order; a dot at its end says that it is whole."""
        if name.endswith("."):
            return [name.removesuffix(".")]
        searched = [f"{name}.{domain}" for each in self.domains if (domain := each.strip("."))]
        fitting = [each for each in searched if len(each) <= NAME_MAX]
        return [name, *fitting] if name.count(".") >= self.ndots else [*fitting, name]


def parse_resolv_conf(text: str) -> SearchList:
    """What the file says; the last `search` or `domain` counts."""
    found = SearchList()
    for line in text.splitlines():
        match line.split():
            case ["search" | "domain", *domains]:
                found = found._replace(domains=[domain.lower() for domain in domains])
            case ["options", *options]:
                dots = [each.removeprefix("ndots:") for each in options if each[:6] == "ndots:"]
                numbers = [int(each) for each in dots if each.isdecimal()]
                found = found._replace(ndots=numbers[-1] if numbers else found.ndots)
    return found


def system_search_list(path: str = RESOLV_CONF) -> SearchList:
    """That of this machine; an empty one where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return parse_resolv_conf(file.read())
    except OSError:
        return SearchList()
