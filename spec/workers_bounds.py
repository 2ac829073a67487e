"""In which bounds the machines of several workers are explored.

`CONFIGURATIONS` take some ten seconds together, and every `zokio check` explores them. `LARGE` ones
take minutes; `python -m assurance` explores them.
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine

from .workers import WorkersMachine
from .workers_coarse import CoarseWorkers
from .workers_fair import FairWorkers, PinnedWorkers
from .workers_loaded import LoadedWorkers
from .workers_shutdown import StoppingWorkers

# Any: a caller does not look at the states.
CONFIGURATIONS: tuple[Machine[Any], ...] = (
    WorkersMachine(tasks=2),
    PinnedWorkers(tasks=2),
    FairWorkers(workers=1, threads=1, tasks=3),
    LoadedWorkers(),
    StoppingWorkers(tasks=1),
)

LARGE: tuple[Machine[Any], ...] = (
    WorkersMachine(tasks=3),
    WorkersMachine(tasks=2, threads=1),
    FairWorkers(tasks=2, at_a_glance=True),
    CoarseWorkers(tasks=2),
)
