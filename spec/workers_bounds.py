"""In which bounds the machines of several workers are explored.

`CONFIGURATIONS` take half a minute together, and every `zokio check` explores them. `LARGE` ones
take minutes; `python -m assurance` explores them.
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine

from .workers import WorkersMachine
from .workers_fair import FairWorkers, PinnedWorkers

# Any: a caller does not look at the states.
CONFIGURATIONS: tuple[Machine[Any], ...] = (
    WorkersMachine(tasks=3),
    PinnedWorkers(tasks=2),
    FairWorkers(tasks=2),
    FairWorkers(workers=1, threads=1, tasks=3),
)

LARGE: tuple[Machine[Any], ...] = (WorkersMachine(tasks=2, threads=1),)
