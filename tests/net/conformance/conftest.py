"""`world`: each kind of stream, on each reactor, in turn; `sockets`: those that are sockets.

With `write`: each with every way of writing that it has.
"""

from __future__ import annotations

import pytest

from tests.net.conformance.kinds import SOCKET_WORLDS, WORLDS


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for name, worlds in (("world", WORLDS), ("sockets", SOCKET_WORLDS)):
        if name not in metafunc.fixturenames:
            continue
        if "write" not in metafunc.fixturenames:
            metafunc.parametrize(name, worlds.values(), ids=worlds)
            continue
        pairs = {
            f"{which}-{write}": (world, write)
            for which, world in worlds.items()
            for write in world.kind.writes
        }
        metafunc.parametrize((name, "write"), pairs.values(), ids=pairs)
