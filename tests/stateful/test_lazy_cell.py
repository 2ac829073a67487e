"""The real LazyCell, driven by its machine."""

from __future__ import annotations

import pytest

from spec.lazy_cell import LazyCellMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.once_cell import LazyCellAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
SMALL = LazyCellMachine(tasks=3)
LARGE = LazyCellMachine(tasks=4)


def test_the_real_lazy_cell_can_take_every_transition_of_the_machine() -> None:
    adapter = LazyCellAdapter(SIMULATED, SMALL.tasks)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_lazy_cell_agree_with_the_machine() -> None:
    stateful_test(LARGE, LazyCellAdapter(SIMULATED, LARGE.tasks))("runTest").debug()
