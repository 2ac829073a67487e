"""The specifications: one machine a file, each with its bounded configurations.

They are the one source of what the runtime has to do: `zokio check` explores them, the stateful
tests drive the runtime by them, the proofs and diagrams are made from them. They share words with
the runtime and no code.
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine

from . import (
    blocking_pool,
    blocking_runs,
    cancel_scopes,
    clockwork,
    join,
    registration,
    scheduler,
    shutdown,
    surroundings,
    task,
    timers,
    workers_bounds,
)

# Any: the machines have states of different types, and whoever goes through all does not look.
MACHINES: dict[str, tuple[Machine[Any], ...]] = {
    "cancel_scopes": cancel_scopes.CONFIGURATIONS,
    "registration": registration.CONFIGURATIONS,
    "task": task.CONFIGURATIONS,
    "join": join.CONFIGURATIONS,
    "scheduler": scheduler.CONFIGURATIONS,
    "surroundings": surroundings.CONFIGURATIONS,
    "shutdown": shutdown.CONFIGURATIONS,
    "timers": timers.CONFIGURATIONS,
    "clockwork": clockwork.CONFIGURATIONS,
    "blocking_pool": blocking_pool.CONFIGURATIONS,
    "blocking_runs": blocking_runs.CONFIGURATIONS,
    "workers": workers_bounds.CONFIGURATIONS,
}
