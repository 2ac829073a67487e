"""OnceCell and LazyCell: made once, and by the next when it fails. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import LazyCell, OnceCell


class Maker:
    """Makes a value in a second; fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.calls = 0
        self.failures = failures

    async def __call__(self) -> int:
        self.calls += 1
        await zokio.sleep(1)
        if self.calls <= self.failures:
            raise ZeroDivisionError
        return self.calls


def test_a_value_is_made_once_for_all_who_ask() -> None:
    async def main() -> tuple[int, ...]:
        cell, make = OnceCell[int](), Maker()
        asked = [cell.get_or_init(make) for _ in range(3)]
        values = await zokio.join(*asked)
        assert cell.is_set() and cell.get() == 1 and repr(cell) == "<OnceCell, 1>"
        return (*values, await cell.get_or_init(make), make.calls)

    assert run_simulated(main()) == (1, 1, 1, 1, 1)


def test_when_making_fails_the_error_is_its_callers_and_the_next_makes_it() -> None:
    async def main() -> tuple[int, float]:
        cell, make = OnceCell[int](), Maker(failures=1)
        first, second = (zokio.spawn(cell.get_or_init(make)) for _ in range(2))
        with pytest.raises(ZeroDivisionError):
            await first
        assert repr(cell) == "<OnceCell, its value is being made, 0 waiting>"
        return await second, zokio.time.now()

    assert run_simulated(main()) == (2, 2)


def test_when_the_maker_is_cancelled_the_next_makes_it() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        first, second = (zokio.spawn(cell.get_or_init(make)) for _ in range(2))
        await zokio.yield_now()
        first.abort()
        return await second

    assert run_simulated(main()) == 2


def test_when_all_who_ask_are_cancelled_the_cell_is_as_before() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        with zokio.move_on_after(0.5):
            await zokio.join(cell.get_or_init(make), cell.get_or_init(make))
        assert repr(cell) == "<OnceCell, no value, 0 waiting>"
        cell.set(7)
        return await cell.get_or_init(make)

    assert run_simulated(main()) == 7


@pytest.mark.one_thread  # on workers the next maker may have begun
def test_one_whose_turn_has_come_and_who_is_cancelled_passes_it_on() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        first, second, third = (zokio.spawn(cell.get_or_init(make)) for _ in range(3))
        await zokio.yield_now()
        first.abort()
        await zokio.yield_now()
        second.abort()
        return await third

    assert run_simulated(main()) == 2


def test_one_who_waits_and_is_cancelled_disturbs_nobody() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        first, second = (zokio.spawn(cell.get_or_init(make)) for _ in range(2))
        await zokio.yield_now()
        second.abort()
        return await first

    assert run_simulated(main()) == 1


def test_a_value_can_be_given_once() -> None:
    cell = OnceCell[str]()
    with pytest.raises(zokio.UsageError, match="no value yet"):
        cell.get()
    cell.set("value")
    with pytest.raises(zokio.UsageError, match="once"):
        cell.set("another")
    assert cell.get() == "value"


def test_a_value_that_is_being_made_cannot_be_given() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        handle = zokio.spawn(cell.get_or_init(make))
        await zokio.yield_now()
        with pytest.raises(zokio.UsageError, match="while it is made"):
            cell.set(7)
        return await handle

    assert run_simulated(main()) == 1


def test_who_makes_the_value_and_asks_for_it_gets_an_error_instead_of_a_deadlock() -> None:
    async def main() -> None:
        cell = OnceCell[int]()

        async def make() -> int:
            return await cell.get_or_init(make)

        with pytest.raises(zokio.UsageError, match="would wait for itself"):
            await cell.get_or_init(make)
        assert not cell.is_set()

    run_simulated(main())


def test_a_value_that_is_given_between_the_look_and_the_queue_is_seen() -> None:
    async def main() -> int:
        cell, make = OnceCell[int](), Maker()
        cell.set(7)
        assert not cell._begin() and not await cell._stand()
        return await cell.get_or_init(make)

    assert run_simulated(main()) == 7


def test_a_lazy_cell_makes_its_value_when_it_is_awaited() -> None:
    async def main() -> tuple[int, int]:
        make = Maker()
        cell = LazyCell(make)
        assert not cell.is_set() and make.calls == 0
        first, second = await cell, await cell.get()
        assert cell.is_set()
        return first, second

    assert run_simulated(main()) == (1, 1)


def test_a_lazy_cell_whose_making_failed_makes_it_again() -> None:
    async def main() -> int:
        cell = LazyCell(Maker(failures=1))
        with pytest.raises(ZeroDivisionError):
            await cell
        return await cell

    assert run_simulated(main()) == 2
