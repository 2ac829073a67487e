"""The real HTTP connection, driven by its machine over a simulated socket."""

from __future__ import annotations

import pytest

from spec.http_connection import HttpConnection
from spec.http_connection_state import BAD, EXPECT, GET, LONG, POST, START, UPGRADE
from spec.http_upgrade import HttpUpgrade
from tests.refinement.http_connection import HttpConnectionAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = HttpConnection(heads_max=1, kinds=(POST, BAD))
WHOLE = HttpConnection(heads_max=2, kinds=(GET, POST, START))
TAKEN = HttpUpgrade(heads_max=2, kinds=(UPGRADE,))
HARD = HttpConnection(heads_max=1, kinds=(LONG, EXPECT, BAD))
ALL = HttpConnection(heads_max=3, kinds=(GET, POST, LONG, EXPECT, BAD, START))


def test_the_real_connection_can_take_every_transition_of_a_small_machine() -> None:
    replay_every_edge(SMALL, HttpConnectionAdapter())


def test_the_real_connection_takes_the_transitions_of_difficult_requests() -> None:
    replay_one_walk_in(5, HARD, HttpConnectionAdapter())


def test_the_real_connection_can_be_taken_over_in_every_way_of_the_machine() -> None:
    replay_every_edge(TAKEN, HttpConnectionAdapter())


@pytest.mark.uncounted
def test_the_real_connection_does_everything_that_the_machine_says() -> None:
    witness = replay_one_walk_in(4, WHOLE, HttpConnectionAdapter())
    assert_everything_was_witnessed(WHOLE, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_connection_agree_with_the_machine() -> None:
    stateful_test(ALL, HttpConnectionAdapter())("runTest").debug()


@pytest.mark.uncounted
def test_random_runs_of_connections_that_are_taken_over_agree_with_the_machine() -> None:
    machine = HttpUpgrade(heads_max=3, kinds=(GET, POST, UPGRADE, START))
    stateful_test(machine, HttpConnectionAdapter())("runTest").debug()
