"""What a runtime holds at a moment, to see that all of it is given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import zokio
from zokio.runtime.current import current_runtime


@dataclass(frozen=True)
class Held:
    """Counts: descriptors that are watched, tasks that live, timers that are set."""

    descriptors: int
    tasks: int
    timers: int


def held() -> Held:
    """What the runtime of the caller holds now."""
    runtime = current_runtime()
    metrics = runtime.metrics()
    reactor: Any = runtime.reactor  # each of them keeps its registrations under this name
    return Held(len(reactor._registrations), metrics.tasks_alive, metrics.timers_pending)


async def is_held_again(before: Held, *, within: float) -> None:
    """Wait until no more is held than `before`.

    Args:
        within: seconds, which cost nothing where time is virtual.
    """
    after = held()
    for _ in range(int(within * 100)):
        if after == before:
            return
        await zokio.sleep(0.01)
        after = held()
    assert after == before, "something is left"
