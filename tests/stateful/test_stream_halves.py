"""The real halves of a stream, driven by their machine: along its edges, and at random."""

from __future__ import annotations

import pytest

from spec.stream_halves import StreamHalves
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.stream_halves import StreamHalvesAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
LONG_WRITES = StreamHalves(pieces=2)
SHORT_WRITES = StreamHalves(pieces=1)


def test_a_part_of_the_transitions_is_taken_on_real_halves() -> None:
    adapter = StreamHalvesAdapter(SIMULATED, LONG_WRITES.pieces)
    witness = replay_one_walk_in(4, LONG_WRITES, adapter)
    assert_everything_was_witnessed(LONG_WRITES, witness)


@pytest.mark.uncounted
def test_random_runs_of_real_halves_agree_with_the_machine() -> None:
    adapter = StreamHalvesAdapter(SIMULATED, SHORT_WRITES.pieces)
    stateful_test(SHORT_WRITES, adapter)("runTest").debug()
