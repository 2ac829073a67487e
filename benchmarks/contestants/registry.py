"""From a contestant's name to the contestant; imports only the one that is asked for."""

from __future__ import annotations

from benchmarks.contestants.contract import Contestant


def load(name: str) -> Contestant:
    """Import and make a contestant.

    Raises:
        ImportError: it is not installed here, or this zokio has no workers.
        ValueError: there is no contestant of that name.
    """
    match name:
        case "zokio":
            from benchmarks.contestants.zokio_family import Zokio

            return Zokio()
        case "asyncio" | "uvloop" | "rloop":
            from benchmarks.contestants.asyncio_family import AsyncioLoop

            return AsyncioLoop(name)
        case "trio":
            from benchmarks.contestants.trio_family import Trio

            return Trio()
        case str() if name.startswith("workers="):
            from benchmarks.contestants.zokio_workers import ZokioWorkers

            return ZokioWorkers(name)
    raise ValueError(f"no contestant is called {name!r}")
