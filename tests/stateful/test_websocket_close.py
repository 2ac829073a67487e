"""The close of a real WebSocket, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.websocket_close import WebSocketClose
from tests.refinement.websocket_close import WebSocketCloseAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

MACHINE = WebSocketClose()


def test_a_real_web_socket_can_take_every_transition_of_the_machine() -> None:
    witness = replay_every_edge(MACHINE, WebSocketCloseAdapter())
    assert_everything_was_witnessed(MACHINE, witness)


@pytest.mark.uncounted
def test_random_runs_of_real_web_sockets_agree_with_the_machine() -> None:
    stateful_test(MACHINE, WebSocketCloseAdapter())("runTest").debug()
