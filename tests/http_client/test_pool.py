"""Corners of the pool that its machine leaves out."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, InternalError
from zokio.http.client.lease import Lease
from zokio.http.client.limits import Limits
from zokio.http.client.pool import Pool


class Wire:
    """A connection that is only ever open or closed."""

    def __init__(self) -> None:
        self.is_closed = False

    def is_quiet(self) -> bool:
        return not self.is_closed

    def close(self) -> None:
        self.is_closed = True


async def wire() -> Wire:
    return Wire()


def pool_of(**limits: int) -> Pool[Wire]:
    return Pool(Limits(**limits), lambda: 0)


def test_the_newest_idle_connection_is_used_first() -> None:
    """So that the oldest ones, of which nobody has need, can run out of time."""

    async def main() -> None:
        pool = pool_of()
        leases = [await pool.acquire("h") for _ in range(3)]
        wires = [await lease.connected(wire) for lease in leases]
        for lease in leases:
            lease.give_back()
        assert (await pool.acquire("h")).connection is wires[2]
        assert (await pool.acquire("h")).connection is wires[1]

    run_simulated(main())


def test_a_lease_is_not_used_after_its_end() -> None:
    async def main() -> None:
        lease = await pool_of().acquire("h")
        await lease.connected(wire)
        lease.give_back()
        lease.drop()  # does nothing any more
        with pytest.raises(InternalError, match="after its end"):
            lease.give_back()
        with pytest.raises(InternalError, match="after its end"):
            await lease.connect_anew(wire)

    run_simulated(main())


def test_a_signal_handler_may_close_the_pool_while_it_serves() -> None:
    """The name of a host closes it when it is compared, which is as good as a signal there."""

    class Host:
        def __init__(self) -> None:
            self.at_hash = -1

        def __hash__(self) -> int:
            self.at_hash -= 1
            if self.at_hash == 0:
                pool.close()
            return 7

    host, pool = Host(), pool_of(total=1)

    async def main() -> None:
        held = await pool.acquire("other")
        connection = await held.connected(wire)
        waiting = zokio.spawn(pool.acquire(host))
        await zokio.sleep(0)
        host.at_hash = 3  # when the place is counted, after the decision to serve
        held.give_back()
        with pytest.raises(ClosedError):
            await waiting
        assert (pool.open, connection.is_closed) == (0, True)
        pool.check_invariants()

    run_simulated(main())


def test_a_pool_says_how_it_is() -> None:
    async def main() -> list[str]:
        pool = pool_of(total=1)
        lease: Lease[Wire] = await pool.acquire("h")
        waiting = zokio.spawn(pool.acquire("h"))
        await zokio.sleep(0)
        said = [repr(pool)]
        pool.close()
        with pytest.raises(ClosedError):
            await waiting
        lease.drop()
        return [*said, repr(pool)]

    assert run_simulated(main()) == [
        "<Pool, 1 open, 0 of them idle, 1 waiting>",
        "<Pool, 0 open, 0 of them idle, closed>",
    ]
