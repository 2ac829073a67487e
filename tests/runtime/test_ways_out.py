"""What is no Exception: Cancelled by hand ends its task, SystemExit and its like leave it all."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator

import pytest

import zokio
from tests.helpers.program import run_program
from tests.helpers.reports import recorded_reports
from tests.helpers.simulation import forever, run_simulated, simulated_runtime


async def fail(error: BaseException) -> None:
    raise error


async def cleaning_up(log: list[str], name: str) -> None:
    """Waits until it is cancelled, then takes its time."""
    try:
        await forever()
    finally:
        with zokio.CancelScope(shield=True):
            await zokio.sleep(5)
        log.append(name)


@pytest.fixture
def reports() -> Iterator[list[logging.LogRecord]]:
    """What zokio reports during the test."""
    with recorded_reports() as records:
        yield records


def test_cancelled_raised_by_hand_ends_the_task_as_an_abort_does() -> None:
    async def main() -> str:
        with pytest.raises(zokio.AbortedError):
            await zokio.spawn(fail(zokio.Cancelled()))
        return "went on"

    assert run_simulated(main()) == "went on"


def test_cancelled_raised_by_hand_in_the_root_makes_run_raise_aborted_error() -> None:
    with pytest.raises(zokio.AbortedError):
        run_simulated(fail(zokio.Cancelled()))


@pytest.mark.parametrize("way_out", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_a_way_out_raised_in_the_root_leaves_run_when_the_others_have_cleaned_up(
    way_out: BaseException, reports: list[logging.LogRecord]
) -> None:
    log: list[str] = []

    async def main() -> None:
        zokio.spawn(cleaning_up(log, "other"))
        await zokio.yield_now()
        raise way_out

    with pytest.raises(type(way_out)) as caught:
        run_simulated(main())
    assert caught.value is way_out
    assert log == ["other"]
    gc.collect()
    assert not reports


@pytest.mark.parametrize("way_out", [SystemExit(3), KeyboardInterrupt()])
def test_a_way_out_raised_in_any_task_leaves_run_when_the_others_have_cleaned_up(
    way_out: BaseException, reports: list[logging.LogRecord]
) -> None:
    log: list[str] = []

    async def main() -> None:
        zokio.spawn(cleaning_up(log, "other"))
        await zokio.sleep(1)  # until it waits
        zokio.spawn(fail(way_out))
        await cleaning_up(log, "root")

    with pytest.raises(type(way_out)) as caught:
        run_simulated(main())
    assert caught.value is way_out
    assert sorted(log) == ["other", "root"]
    gc.collect()
    assert not reports


@pytest.mark.parametrize("form", ["group", "join", "select", "await"])
def test_a_way_out_raised_in_a_child_leaves_run_as_it_is_and_not_in_a_group(form: str) -> None:
    log: list[str] = []
    way_out = SystemExit(3)

    async def leave() -> None:
        await zokio.sleep(1)
        raise way_out

    async def main() -> None:
        zokio.spawn(cleaning_up(log, "other"))
        if form == "group":
            async with zokio.TaskGroup() as group:
                group.spawn(leave())
                group.spawn(cleaning_up(log, "sibling"))
        elif form == "join":
            await zokio.join(leave(), cleaning_up(log, "sibling"))
        elif form == "select":
            await zokio.select(leave(), cleaning_up(log, "sibling"))
        else:
            zokio.spawn(cleaning_up(log, "sibling"))
            await zokio.spawn(leave())
        log.append("went on")

    with pytest.raises(SystemExit) as caught:
        run_simulated(main())
    assert caught.value is way_out
    assert sorted(log) == ["other", "sibling"]


def test_a_group_that_a_child_left_does_not_end_as_if_all_was_well() -> None:
    async def main() -> str:
        async with zokio.TaskGroup() as group:
            group.spawn(fail(SystemExit(3)))
        return "all was well"

    with simulated_runtime() as runtime:
        handle = runtime.spawn(main())
        with pytest.raises(SystemExit):
            runtime.block_on(forever())
        with pytest.raises(zokio.AbortedError):  # the runtime was not shut down: it goes on
            runtime.block_on(handle)


def test_two_ways_out_at_once_leave_every_task_done() -> None:
    async def leave_twice() -> None:
        try:
            await forever()
        finally:
            raise SystemExit(2)

    with pytest.raises(SystemExit) as caught, simulated_runtime() as runtime:
        handles = [runtime.spawn(leave_twice()) for _ in range(3)]
        for _ in handles:
            runtime.step()
        raise SystemExit(1)
    assert caught.value.code == 2
    assert all(handle.is_finished() for handle in handles)


PROGRAM = """
    import logging, sys, zokio

    async def other():
        try:
            await zokio.sleep(1000)
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(0.000001)
            print("cleaned up")

    async def leave():
        {leave}

    async def main():
        zokio.spawn(other())
        await zokio.yield_now()
        {how}
        await zokio.sleep(1000)

    zokio.run(main())
"""
PLACES = {
    "the root": "await leave()",
    "a task": "zokio.spawn(leave())",
    "a group": """
        async with zokio.TaskGroup() as group:
            group.spawn(leave())""",
}


@pytest.mark.parametrize("place", PLACES)
def test_system_exit_ends_the_process_with_its_code(place: str) -> None:
    ended = run_program(PROGRAM.format(leave="sys.exit(7)", how=PLACES[place]))
    assert (ended.exit_code, ended.output, ended.error) == (7, "cleaned up\n", "")


@pytest.mark.parametrize("place", PLACES)
def test_keyboard_interrupt_raised_in_a_task_ends_the_process_as_ctrl_c_does(place: str) -> None:
    ended = run_program(PROGRAM.format(leave="raise KeyboardInterrupt", how=PLACES[place]))
    assert (ended.exit_code, ended.output) == (-2, "cleaned up\n")
    assert ended.error.splitlines()[-1] == "KeyboardInterrupt"
    assert "Error" not in ended.error and "Warning" not in ended.error
