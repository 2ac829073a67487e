"""busy: the running task keeps its thread for some time, in virtual time."""

from __future__ import annotations

from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.current import current_runtime
from zokio.timers.deadline import duration_ns


def busy(seconds: float) -> None:
    """Time passes on the simulated reactor, and nothing else runs meanwhile."""
    reactor = current_runtime().reactor
    assert isinstance(reactor, SimulatedReactor)
    reactor.clock.advance(duration_ns(seconds))
