"""Coalescing beside what the machine drives: several names, values that are kept, the end."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.dns.coalescing import Coalescing
from zokio.env.clock import SECOND_NS
from zokio.runtime.current import current_runtime


class Source:
    """Answers after a second, with the number of the question; it holds for ten."""

    def __init__(self, seconds: float = 1) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.given_up = 0

    async def fetch(self, name: str) -> tuple[int, int]:
        self.asked.append(name)
        try:
            await zokio.sleep(self.seconds)
        except zokio.Cancelled:
            self.given_up += 1
            raise
        return len(self.asked), 10 * SECOND_NS


def test_each_name_has_its_own_query_and_its_own_end() -> None:
    async def main() -> None:
        source, runtime = Source(), current_runtime()
        names = Coalescing(source.fetch, 8)
        await zokio.join(*(names.get(runtime, name) for name in "abab"))
        assert sorted(source.asked) == ["a", "b"]
        await zokio.sleep(5)
        assert names.kept(runtime, "a") and names.kept(runtime, "b")
        await zokio.sleep(5)
        assert names.kept(runtime, "a") is None
        await names.get(runtime, "a")
        assert len(source.asked) == 3

    run_simulated(main())


def test_the_last_who_is_cancelled_ends_the_query() -> None:
    async def main() -> None:
        source, runtime = Source(), current_runtime()
        names = Coalescing(source.fetch, 8)
        patient = zokio.spawn(names.get(runtime, "a"))
        with zokio.move_on_after(0.5):
            await names.get(runtime, "a")
        assert await patient == 1 and source.given_up == 0
        with zokio.move_on_after(0.5):
            await names.get(runtime, "b")
        await zokio.sleep(1)
        assert source.given_up == 1 and not names.queries

    run_simulated(main())


def test_a_query_that_is_under_way_in_a_shutdown_is_cancelled_with_who_waits() -> None:
    source = Source(float("inf"))

    async def main() -> None:
        names = Coalescing(source.fetch, 8)
        zokio.spawn(names.get(current_runtime(), "a"))
        await zokio.sleep(0.5)

    run_simulated(main())
    assert source.given_up == 1


@pytest.mark.parametrize("workers", [0, 4])
def test_a_storm_of_questions_and_cancellations_leaves_nothing_behind(workers: int) -> None:
    async def main() -> None:
        source, runtime = Source(), current_runtime()
        names = Coalescing(source.fetch, 2)

        async def ask(number: int) -> None:
            with zokio.move_on_after(0.25 * (number % 7)):
                await names.get(runtime, "abc"[number % 3])

        await zokio.join(*map(ask, range(200)))
        await zokio.sleep(1)
        assert not names.queries
        names.cache.check_invariants()

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated", workers=workers))
