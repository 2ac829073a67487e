"""The real TlsStream, driven by its machine."""

from __future__ import annotations

import pytest

from spec.tls_stream import TlsStreamMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.tls_stream import TlsStreamAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
SMALL = TlsStreamMachine(room=1, wire_max=1, pending_max=1)
LARGE = TlsStreamMachine(room=2)


def test_a_part_of_the_transitions_is_taken_on_the_real_stream() -> None:
    witness = replay_one_walk_in(2, SMALL, TlsStreamAdapter(SIMULATED, SMALL.room))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_stream_agree_with_the_machine() -> None:
    stateful_test(LARGE, TlsStreamAdapter(SIMULATED, LARGE.room))("runTest").debug()
