"""zokio.testing.virtual_time: what users test their programs with."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zokio
from zokio.errors import DeadlockError
from zokio.testing import virtual_runtime as make_virtual_runtime
from zokio.testing import virtual_time
from zokio.time import now

A_YEAR = 365 * 24 * 3600.0


@virtual_time
async def test_a_test_may_sleep_for_a_year() -> None:
    assert now() == 0
    await zokio.sleep(A_YEAR)
    assert now() == A_YEAR


@virtual_time
async def test_the_clock_stands_still_while_a_task_can_go_on() -> None:
    ended = zokio.spawn(zokio.sleep(1))
    for _ in range(1_000):
        await zokio.yield_now()
    assert now() == 0 and not ended.is_finished()


@virtual_time(config=zokio.RuntimeConfig(workers=4))
async def test_with_workers_it_jumps_when_all_of_them_sleep() -> None:
    await zokio.join(*(zokio.sleep(seconds) for seconds in range(100)))
    assert now() == 99


@pytest.mark.parametrize("seconds", [1.0, A_YEAR])
@virtual_time
async def test_parameters_and_fixtures_are_filled_in(seconds: float, tmp_path: object) -> None:
    await zokio.sleep(seconds)
    assert now() == seconds and tmp_path is not None


@given(st.integers(0, 10**7))
@virtual_time
async def test_hypothesis_gives_each_example_a_clock_of_its_own(seconds: int) -> None:
    assert now() == 0
    await zokio.sleep(seconds)
    assert now() == seconds


def test_a_failure_is_the_tests_failure() -> None:
    @virtual_time
    async def fails() -> None:
        raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        fails()


def test_a_test_in_which_all_wait_for_nothing_fails_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Threads that earlier tests or pytest left could end the wait, for all the reactor knows.
    monkeypatch.setattr("zokio.reactor.simulated.active_count", lambda: 1)

    @virtual_time
    async def hangs() -> None:
        await zokio.CancellationToken().cancelled()

    with pytest.raises(DeadlockError):
        hangs()


def test_the_value_and_the_signature_stay() -> None:
    @virtual_time
    async def add(a: int, b: int = 2) -> int:
        """Add."""
        return a + b

    assert add(1) == 3 and add.__doc__ == "Add." and add.__name__ == "add"
    assert list(inspect.signature(add).parameters) == ["a", "b"]
    assert not inspect.iscoroutinefunction(add)


def test_the_fixture_is_a_runtime_in_virtual_time(virtual_runtime: zokio.Runtime) -> None:
    async def sleep() -> float:
        await zokio.sleep(A_YEAR)
        return now()

    assert virtual_runtime.block_on(sleep()) == A_YEAR
    assert virtual_runtime.block_on(sleep()) == 2 * A_YEAR


def test_settings_are_kept_but_for_the_reactor() -> None:
    with make_virtual_runtime(zokio.RuntimeConfig(budget=7, reactor="auto")) as runtime:
        assert runtime.config.budget == 7
        assert runtime.config.reactor == "simulated"
