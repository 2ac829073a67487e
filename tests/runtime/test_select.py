"""select: winners, losers, cancellation in the middle. Time is virtual."""

from __future__ import annotations

import gc

import pytest

import zokio
from tests.helpers.branches import Reports, after, fail, fail_when_cancelled, note_end
from tests.helpers.simulation import forever, run_simulated, run_with, value
from zokio.errors import UsageError
from zokio.runtime import combine
from zokio.time import now


def test_select_gives_the_first_and_its_place() -> None:
    async def main() -> tuple[tuple[int, str], float]:
        return await zokio.select(after(3, "a"), after(1, "b"), after(2, "c")), now()

    assert run_simulated(main()) == ((1, "b"), 1)


def test_of_branches_that_are_ready_together_a_biased_select_takes_the_first() -> None:
    async def main() -> list[tuple[int, str]]:
        return [await zokio.select(value("a"), value("b"), biased=True) for _ in range(20)]

    assert run_simulated(main()) == [(0, "a")] * 20


@pytest.mark.one_thread  # on workers the branches end one by one
def test_of_branches_that_are_ready_together_a_fair_select_draws_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def draw(label: str, count: int) -> int:
        asked.append((label, count))
        return count - 1

    async def main() -> tuple[int, str]:
        return await zokio.select(value("a"), value("b"), after(1, "later"))

    monkeypatch.setattr(combine, "choose", draw)
    assert run_simulated(main()) == (1, "b")
    assert asked == [("select", 2)]


def test_a_fair_select_in_a_loop_starves_nobody() -> None:
    async def main() -> set[int]:
        return {(await zokio.select(value("a"), value("b"), value("c")))[0] for _ in range(300)}

    assert run_simulated(main()) == {0, 1, 2}


@pytest.mark.parametrize("biased", [False, True])
def test_of_branches_that_end_one_after_another_the_first_in_time_wins(biased: bool) -> None:
    async def main() -> tuple[int, str]:
        return await zokio.select(after(2, "a"), after(1, "b"), biased=biased)

    assert run_simulated(main()) == (1, "b")


@pytest.mark.parametrize("biased", [False, True])
def test_a_branch_that_ends_while_it_is_cancelled_does_not_win(biased: bool) -> None:
    async def ends_when_cancelled() -> str:
        try:
            await forever()
        except zokio.Cancelled:
            return "too late"
        raise AssertionError

    async def main() -> tuple[int, str]:
        return await zokio.select(ends_when_cancelled(), after(1, "b"), biased=biased)

    assert run_simulated(main()) == (1, "b")


@pytest.mark.parametrize("workers", (0, 4))
def test_of_two_receivers_the_winner_is_never_a_loser(workers: int) -> None:
    """Whatever the workers do, the position and the value belong together."""

    async def main() -> bool:
        for _ in range(200):
            position, found = await zokio.select(*(value(each) for each in "abc"))
            if "abc"[position] != found:
                return False
        return True

    assert run_with(workers, main())


def test_select_waits_until_the_losers_have_cleaned_up() -> None:
    ended: list[str] = []

    async def main() -> float:
        found = await zokio.select(note_end(ended, "loser", 5), after(1, "winner"))
        assert found == (1, "winner") and ended == ["loser"]
        return now()

    assert run_simulated(main()) == 6


def test_an_error_in_the_cleanup_of_a_loser_is_reported_once() -> None:
    reports = Reports()

    async def main() -> None:
        found = await zokio.select(fail_when_cancelled(ValueError("loser")), after(1, "winner"))
        assert found == (1, "winner")
        assert reports.reported == ["ValueError('loser')"], "not reported when select was over"

    zokio.run(main(), config=reports.config)
    gc.collect()
    assert reports.reported == ["ValueError('loser')"]


def test_the_failure_of_the_first_is_raised() -> None:
    async def main() -> None:
        with pytest.raises(KeyError, match="first"):
            await zokio.select(forever(), fail(KeyError("first"), 1))

    run_simulated(main())


def test_a_task_that_loses_goes_on() -> None:
    async def main() -> str:
        handle = zokio.spawn(after(5, "task"))
        assert await zokio.select(handle, after(1, "winner")) == (1, "winner")
        assert not handle.is_finished()
        return await handle

    assert run_simulated(main()) == "task"


def test_a_task_that_wins_gives_its_value() -> None:
    async def main() -> tuple[int, str | None]:
        handle = zokio.spawn(after(1, "task"))
        return await zokio.select(forever(), handle)

    assert run_simulated(main()) == (1, "task")


def test_a_task_that_is_aborted_wins_with_its_error() -> None:
    async def main() -> None:
        handle = zokio.spawn(forever())
        zokio.spawn(abort_later(handle))
        with pytest.raises(zokio.AbortedError):
            await zokio.select(handle, forever())
        assert now() == 1

    async def abort_later(handle: zokio.JoinHandle[None]) -> None:
        await zokio.sleep(1)
        handle.abort()

    run_simulated(main())


def test_select_of_nothing_is_an_error() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="at least one"):
            await zokio.select()

    run_simulated(main())


def test_a_select_that_is_cancelled_waits_for_its_branches() -> None:
    ended: list[str] = []

    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with zokio.timeout(2):
                await zokio.select(note_end(ended, "a", 3), note_end(ended, "b", 4))
        return now()

    assert run_simulated(main()) == 6
    assert ended == ["a", "b"]


def test_a_cancellation_while_the_losers_clean_up_does_not_take_the_value() -> None:
    ended: list[str] = []
    found = []

    async def main() -> float:
        with zokio.move_on_after(2):
            found.append(await zokio.select(after(1, "winner"), note_end(ended, "loser", 5)))
            await zokio.yield_now()
            found.append((9, "not reached"))
        return now()

    assert run_simulated(main()) == 6
    assert found == [(0, "winner")] and ended == ["loser"]


def test_one_of_thousands_of_branches_wins() -> None:
    async def main() -> tuple[int, str]:
        losers = [after(2, "loser") for _ in range(5_000)]
        return await zokio.select(*losers, after(1, "winner"))

    assert run_simulated(main()) == (5_000, "winner")


def test_select_can_be_nested() -> None:
    async def main() -> tuple[int, tuple[int, str]]:
        inner = zokio.select(after(3, "a"), after(2, "b"))
        return await zokio.select(inner, zokio.select(after(5, "c"), after(4, "d")))

    assert run_simulated(main()) == (0, (1, "b"))
