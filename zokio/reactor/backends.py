"""The reactors by name."""

from __future__ import annotations

import selectors
from collections.abc import Callable
from typing import Final

from zokio.errors import UsageError, broken
from zokio.reactor.contract import Reactor
from zokio.reactor.portable import PortableReactor
from zokio.reactor.simulated import SimulatedReactor

REACTORS: Final = ("auto", "epoll", "kqueue", "poll", "select", "portable", "simulated")


def _epoll() -> Reactor:
    from zokio.reactor.epoll import EpollReactor  # the module needs select.epoll

    return EpollReactor()


def _selector(name: str) -> Callable[[], Reactor] | None:
    selector: type[selectors.BaseSelector] | None = getattr(selectors, name, None)
    if selector is None:
        return None
    return lambda: PortableReactor(selector())


def make_reactor(name: str) -> Reactor:
    """The reactor which `RuntimeConfig.reactor` names.

    Raises:
        UsageError: there is none of that name, or this platform does not have it.
        DescriptorsExhaustedError: there is no descriptor left for it.
    """
    has_epoll = hasattr(selectors, "EpollSelector")
    makers: dict[str, Callable[[], Reactor] | None] = {
        "auto": _epoll if has_epoll else PortableReactor,
        "epoll": _epoll if has_epoll else None,
        "kqueue": _selector("KqueueSelector"),
        "poll": _selector("PollSelector"),
        "select": _selector("SelectSelector"),
        "portable": PortableReactor,
        "simulated": SimulatedReactor,
    }
    if name not in makers:
        raise UsageError(f"there is no reactor {name!r}; the names are {', '.join(REACTORS)}")
    maker = makers[name]
    if maker is None:
        raise UsageError(f'this platform has no {name}; use reactor="auto"')
    try:
        return maker()
    except OSError as error:
        raise broken(error, f"no {name} reactor can be made") from error
