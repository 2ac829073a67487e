"""The machines of select, join and as_completed, and what replays them: see `replay_jobs.py`.

All of them run on the simulated reactor: nothing here asks the reactor for anything. A scope around
the call or block is cancelled; the stateful tests show that an abort of its task is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from spec import as_completed, join_all, select
from spec.as_completed import AsCompletedMachine
from spec.join_all import JoinAllMachine
from spec.select import SelectMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.as_completed import AsCompletedAdapter
from tests.refinement.join_all import JoinAllAdapter
from tests.refinement.select import SelectAdapter
from zokio.model import Adapter, Machine

SIMULATED = VIRTUAL_REACTORS["simulated"]

# Any, here and below: the machines have states of different types.
CombineJob = tuple[str, Machine[Any], Callable[[], Adapter[Any]]]


def _select(machine: SelectMachine) -> CombineJob:
    adapter = partial(SelectAdapter, SIMULATED, machine.branches, biased=machine.biased)
    return "select", machine, adapter


def _join_all(machine: JoinAllMachine) -> CombineJob:
    return "join_all", machine, partial(JoinAllAdapter, SIMULATED, machine.branches)


def _as_completed(machine: AsCompletedMachine) -> CombineJob:
    return "as_completed", machine, partial(AsCompletedAdapter, SIMULATED, machine.items)


WHOLE = (
    *map(_as_completed, as_completed.CONFIGURATIONS),
    *map(_select, select.CONFIGURATIONS),
    *map(_join_all, join_all.CONFIGURATIONS),
)

SMALL = (
    _select(SelectMachine(branches=2, biased=True)),
    _join_all(JoinAllMachine(branches=1)),
    _as_completed(AsCompletedMachine(items=1)),
)
"""For every run of the tests."""
