"""What a server with one listener holds of its connections, to see that all of it is given back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import zokio
from zokio.runtime.current import current_runtime


@dataclass(frozen=True)
class Held:
    """Counts: descriptors that are watched, tasks of connections, timers that are set."""

    descriptors: int
    tasks: int
    timers: int


NOTHING = Held(descriptors=1, tasks=0, timers=0)
"""The one is the listener's."""


def held(name: str) -> Held:
    """What the runtime of the caller holds now, of tasks those of that name."""
    runtime = current_runtime()
    reactor: Any = runtime.reactor  # each of them keeps its registrations under this name
    tasks = sum(task.name == name for task in runtime.dump().tasks)
    return Held(len(reactor._registrations), tasks, runtime.metrics().timers_pending)


async def nothing_is_held(name: str, *, within: float) -> None:
    """Wait until no connection is left, nor what belongs to one.

    Args:
        name: of the tasks that serve connections.
        within: seconds, which cost nothing where time is virtual.
    """
    found = held(name)
    for _ in range(int(within * 100)):
        if found == NOTHING:
            return
        await zokio.sleep(0.01)
        found = held(name)
    assert found == NOTHING, f"it is left: {found}"
