"""`world`: each kind of stream, on each reactor, in turn."""

from __future__ import annotations

import pytest

from tests.net.conformance.kinds import WORLDS, World


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest) -> World:
    return WORLDS[request.param]
