"""The machines of select and join, and what replays them: see `replay_jobs.py`.

All of them run on the simulated reactor: nothing here asks the reactor for anything. A scope around
the call is cancelled; that aborting the owner's task is the same, the stateful tests show.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from spec import join_all, select
from spec.join_all import JoinAllMachine
from spec.select import SelectMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.join_all import JoinAllAdapter
from tests.refinement.select import SelectAdapter
from zokio.model import Adapter, Machine

SIMULATED = VIRTUAL_REACTORS["simulated"]

# Any: the adapters are of different types of states elsewhere.
CombineJob = tuple[str, Machine[Any], Callable[[], Adapter[Any]]]


def _select(machine: SelectMachine) -> CombineJob:
    adapter = partial(SelectAdapter, SIMULATED, machine.branches, biased=machine.biased)
    return "select", machine, adapter


def _join_all(machine: JoinAllMachine) -> CombineJob:
    return "join_all", machine, partial(JoinAllAdapter, SIMULATED, machine.branches)


WHOLE = (
    *map(_select, select.CONFIGURATIONS),
    *map(_join_all, join_all.CONFIGURATIONS),
)

SMALL = (
    _select(SelectMachine(branches=2, biased=True)),
    _join_all(JoinAllMachine(branches=1)),
)
"""For every run of the tests."""
