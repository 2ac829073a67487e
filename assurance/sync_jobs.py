"""The machines of `zokio.sync` and what replays them: see `replay_jobs.py`.

All of them run on the simulated reactor: nothing here asks the reactor for anything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from spec.barrier import BarrierMachine, Pairs
from spec.condition import ConditionMachine
from spec.event import EventMachine
from spec.lazy_cell import LazyCellMachine
from spec.mutex import MutexMachine
from spec.notify import NotifyMachine
from spec.once_cell import CellMachine, OnceCellMachine
from spec.rwlock import RwLockMachine
from spec.semaphore import ClosableSemaphore
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.condition import ConditionAdapter
from tests.refinement.once_cell import LazyCellAdapter, OnceCellAdapter
from tests.refinement.semaphore import MutexAdapter, RwLockAdapter, SemaphoreAdapter
from tests.refinement.signals import BarrierAdapter, EventAdapter, NotifyAdapter
from zokio.model import Adapter, Machine

SIMULATED = VIRTUAL_REACTORS["simulated"]

# Any, here and below: the machines have states of different types.
SyncJob = tuple[str, Machine[Any], Callable[[], Adapter[Any]]]


def _semaphore(machine: ClosableSemaphore) -> SyncJob:
    adapter = partial(SemaphoreAdapter, SIMULATED, tasks=machine.tasks, permits=machine.permits)
    return "semaphore", machine, adapter


def _rwlock(machine: RwLockMachine) -> SyncJob:
    adapter = partial(RwLockAdapter, SIMULATED, tasks=machine.tasks, readers_max=machine.permits)
    return "rwlock", machine, adapter


def _barrier(machine: BarrierMachine) -> SyncJob:
    adapter = partial(BarrierAdapter, SIMULATED, tasks=machine.tasks, parties=machine.parties)
    return "barrier", machine, adapter


def _plain(
    name: str,
    machine: MutexMachine | NotifyMachine | EventMachine | ConditionMachine | CellMachine,
    adapter: Callable[..., Adapter[Any]],
) -> SyncJob:
    return name, machine, partial(adapter, SIMULATED, machine.tasks)


WHOLE = (
    _plain("condition", ConditionMachine(tasks=3), ConditionAdapter),
    _semaphore(ClosableSemaphore(tasks=3, permits=2, sizes=(1, 2))),
    _plain("notify", NotifyMachine(tasks=3), NotifyAdapter),
    _rwlock(RwLockMachine(tasks=3)),
    _plain("event", EventMachine(tasks=3), EventAdapter),
    _barrier(BarrierMachine(tasks=3, parties=3)),
    _barrier(Pairs(tasks=3, parties=2)),
    _plain("once_cell", OnceCellMachine(tasks=3), OnceCellAdapter),
    _plain("lazy_cell", LazyCellMachine(tasks=3), LazyCellAdapter),
    _plain("mutex", MutexMachine(tasks=3), MutexAdapter),
)

SMALL = (
    _plain("condition", ConditionMachine(tasks=2), ConditionAdapter),
    _semaphore(ClosableSemaphore(tasks=2, permits=2, sizes=(1, 2))),
    _plain("notify", NotifyMachine(tasks=2), NotifyAdapter),
    _rwlock(RwLockMachine(tasks=2, permits=2, sizes=(1, 2))),
    _plain("event", EventMachine(tasks=2), EventAdapter),
    _barrier(Pairs(tasks=2, parties=2)),
    _plain("once_cell", OnceCellMachine(tasks=2), OnceCellAdapter),
    _plain("lazy_cell", LazyCellMachine(tasks=2), LazyCellAdapter),
    _plain("mutex", MutexMachine(tasks=2), MutexAdapter),
)
"""For every run of the tests."""
