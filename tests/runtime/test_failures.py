"""A task that fails: the error reaches whoever asks, or the log once, and harms nobody else."""

from __future__ import annotations

import gc
import logging
import traceback
from collections.abc import Iterator

import pytest

import zokio
from tests.helpers.program import run_program
from tests.helpers.reports import recorded_reports
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.errors import NeverAwaitedError

UNASKED = "failed and nobody awaited it; await its JoinHandle or spawn it in a TaskGroup"


async def fail(error: BaseException) -> None:
    raise error


@pytest.fixture
def reports() -> Iterator[list[logging.LogRecord]]:
    """What zokio reports during the test."""
    with recorded_reports() as records:
        yield records


def test_a_failure_nobody_asks_for_is_reported_once_with_its_traceback(
    reports: list[logging.LogRecord],
) -> None:
    async def main() -> str:
        zokio.spawn(fail(ValueError("lost")), name="forgotten")
        await zokio.sleep(1)
        return "went on"

    assert run_simulated(main()) == "went on"
    gc.collect()
    (report,) = reports
    assert report.name == "zokio"
    assert report.levelno == logging.ERROR
    assert report.getMessage() == f"task forgotten {UNASKED}"
    assert report.exc_info is not None
    _, error, tb = report.exc_info
    assert repr(error) == "ValueError('lost')"
    assert [frame.name for frame in traceback.extract_tb(tb)] == ["fail"]


def test_it_is_reported_when_the_last_handle_is_dropped(reports: list[logging.LogRecord]) -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(fail(ValueError()))
        runtime.step()
        assert handle.is_finished()
        assert not reports
        del handle
        assert len(reports) == 1


def test_a_failure_that_was_awaited_before_is_not_reported(
    reports: list[logging.LogRecord],
) -> None:
    async def main() -> None:
        with pytest.raises(ValueError):
            await zokio.spawn(fail(ValueError()))

    run_simulated(main())
    gc.collect()
    assert not reports


def test_a_failure_that_is_asked_for_afterwards_is_not_reported(
    reports: list[logging.LogRecord],
) -> None:
    with simulated_runtime() as runtime:
        awaited = runtime.spawn(fail(ValueError()))
        looked_at = runtime.spawn(fail(ValueError()))
        while runtime.step():
            pass
        with pytest.raises(ValueError):
            runtime.block_on(awaited)
        with pytest.raises(ValueError):
            looked_at.result()
        del awaited, looked_at
    gc.collect()
    assert not reports


def test_a_waiter_that_was_cancelled_before_the_failure_has_not_asked(
    reports: list[logging.LogRecord],
) -> None:
    async def late() -> None:
        await zokio.sleep(2)
        raise ValueError

    async def main() -> None:
        with zokio.move_on_after(1):
            await zokio.spawn(late())
        await zokio.sleep(5)

    run_simulated(main())
    gc.collect()
    assert len(reports) == 1


def test_a_failure_during_the_shutdown_is_reported(reports: list[logging.LogRecord]) -> None:
    async def worker() -> None:
        try:
            await forever()
        finally:
            raise ValueError("in the cleanup")

    runtime = simulated_runtime()
    runtime.spawn(worker(), name="worker")
    runtime.step()
    runtime.shutdown()
    (report,) = reports
    assert report.getMessage() == f"task worker {UNASKED}"


def test_on_task_panic_is_told_instead_of_the_log(reports: list[logging.LogRecord]) -> None:
    told: list[tuple[str, BaseException]] = []
    error = ValueError()

    async def main() -> None:
        zokio.spawn(fail(error), name="forgotten")
        with pytest.raises(KeyError):
            await zokio.spawn(fail(KeyError()), name="awaited")

    def tell(name: str, error: BaseException) -> None:
        told.append((name, error))

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated", on_task_panic=tell))
    gc.collect()
    assert told == [("forgotten", error)]
    assert not reports


def test_an_on_task_panic_that_fails_harms_nobody_and_both_errors_are_logged(
    reports: list[logging.LogRecord],
) -> None:
    def tell(name: str, error: BaseException) -> None:
        raise KeyError(name)

    async def main() -> str:
        zokio.spawn(fail(ValueError("lost")), name="forgotten")
        await zokio.sleep(1)
        return "went on"

    config = zokio.RuntimeConfig(reactor="simulated", on_task_panic=tell)
    assert zokio.run(main(), config=config) == "went on"
    errors = [report.exc_info[1] for report in reports if report.exc_info]
    assert [repr(error) for error in errors] == ["KeyError('forgotten')", "ValueError('lost')"]


def test_a_task_that_returned_a_coroutine_is_reported_too(
    reports: list[logging.LogRecord],
) -> None:
    async def returns_a_coroutine() -> object:
        return value(1)

    async def main() -> None:
        zokio.spawn(returns_a_coroutine())
        await zokio.sleep(1)

    run_simulated(main())
    gc.collect()
    (report,) = reports
    assert report.exc_info is not None
    assert isinstance(report.exc_info[1], NeverAwaitedError)


def test_a_coroutine_that_is_never_awaited_is_python_own_warning() -> None:
    ended = run_program(
        """
        import zokio

        async def main():
            zokio.sleep(1)

        zokio.run(main())
        """
    )
    assert ended.exit_code == 0
    assert "RuntimeWarning: coroutine 'sleep' was never awaited" in ended.error


def test_a_failure_nobody_asks_for_appears_on_standard_error_without_any_set_up() -> None:
    ended = run_program(
        """
        import zokio

        async def forgotten():
            raise ValueError("lost")

        async def main():
            zokio.spawn(forgotten())
            await zokio.yield_now()

        zokio.run(main())
        """
    )
    assert ended.exit_code == 0
    assert ended.error.count("task forgotten failed and nobody awaited it") == 1
    assert ended.error.splitlines()[-1] == "ValueError: lost"
