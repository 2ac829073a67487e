"""CancelScope: shields. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated


def test_a_shield_protects_from_outside_and_not_from_inside() -> None:
    async def main() -> None:
        with zokio.CancelScope() as outer, zokio.CancelScope() as inner:
            outer.cancel()
            with pytest.raises(zokio.Cancelled):
                await zokio.yield_now()
            assert not inner.shield
            inner.shield = True
            await zokio.yield_now()
            with zokio.CancelScope() as innermost:
                innermost.cancel()
                with pytest.raises(zokio.Cancelled):
                    await zokio.yield_now()
            await zokio.yield_now()
            inner.shield = False
            with pytest.raises(zokio.Cancelled):
                await zokio.yield_now()
            inner.shield = True
            inner.cancel()
            await zokio.yield_now()
        assert inner.cancelled_caught and not outer.cancelled_caught

    run_simulated(main())


def test_what_was_kept_away_comes_after_the_shielded_block() -> None:
    async def main() -> list[str]:
        said = []
        with zokio.CancelScope() as outer:
            with zokio.CancelScope(shield=True):
                outer.cancel()
                await zokio.sleep(5)
                said.append("slept")
            said.append("left")  # leaving a block is no suspension point
            await zokio.yield_now()
            said.append("not reached")
        return said

    assert run_simulated(main()) == ["slept", "left"]


def test_a_shield_raised_while_cancelled_passes_does_not_keep_it_in() -> None:
    async def main() -> None:
        with zokio.CancelScope() as outer, zokio.CancelScope() as inner:
            outer.cancel()
            try:
                await zokio.yield_now()
            finally:
                inner.shield = True
        assert outer.cancelled_caught and not inner.cancelled_caught

    run_simulated(main())


def test_a_shield_can_be_raised_before_the_block() -> None:
    async def main() -> None:
        scope = zokio.CancelScope()
        scope.shield = True
        with zokio.CancelScope() as outer, scope:
            outer.cancel()
            await zokio.yield_now()
            scope.shield = False
            with pytest.raises(zokio.Cancelled):
                await zokio.yield_now()

    run_simulated(main())
