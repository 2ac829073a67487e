"""The watchdog on a runtime: what is logged and counted, and who is watched. Looks are by hand."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

import zokio
from tests.helpers.simulation import run_simulated, value
from zokio.env.clock import SECOND_NS
from zokio.env.threads import Thread, current_thread
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime import runtime as module
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.runtime.workers import WorkersRuntime
from zokio.watchdog.place import PollingPlace
from zokio.watchdog.process import WATCHER


@pytest.fixture(autouse=True)
def _nobody_looks() -> None:
    """An earlier test may have left the watcher awake, and about to look."""
    WATCHER.stop()


on_one_thread_and_on_workers = pytest.mark.parametrize("workers", [0, 2])


def by_hand(workers: int | None = None) -> Runtime:
    """The watcher of the process itself tells of nothing, and looks at nothing in between."""
    config = zokio.RuntimeConfig(slow_poll_threshold=10_000)
    return Runtime(config if workers is None else replace(config, workers=workers))


def place_here() -> PollingPlace | None:
    """Where the calling thread polls."""
    runtime = current_runtime()
    if not isinstance(runtime, WorkersRuntime):
        return runtime.place
    worker = runtime.together.here()
    assert worker is not None
    return runtime.places[worker.number]


def look_from_another_thread(*seconds: float) -> None:
    """As the watcher does, at these times; the calling thread is in the middle of a poll."""
    place = place_here()
    assert place is not None

    def look() -> None:
        for each in seconds:
            place.look(int(each * SECOND_NS))

    thread = Thread(target=look)
    thread.start()
    thread.join()


@on_one_thread_and_on_workers
def test_a_slow_poll_is_logged_once_and_counted(
    workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    def block() -> None:
        look_from_another_thread(1, 5_000, 10_001, 20_000)

    async def main() -> int:
        await zokio.yield_now()
        block()
        return current_runtime().metrics().slow_polls

    with caplog.at_level(logging.WARNING, "zokio"), by_hand(workers) as runtime:
        assert runtime.block_on(main()) == 1
    (record,) = caplog.records
    assert record.name == "zokio"
    said = record.getMessage()
    assert said.startswith("task 1 (")
    assert "has kept its thread for 10000.00 s without awaiting" in said
    assert "zokio.spawn_blocking" in said
    lines = said.splitlines()
    assert "main (" in lines[1] and f"{__file__}:" in lines[1]
    assert "block (" in lines[2] and f"{__file__}:" in lines[2]


@on_one_thread_and_on_workers
def test_a_task_that_awaits_in_time_is_not_logged(
    workers: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> int:
        for seconds in (1, 9_000, 18_000, 27_000):
            look_from_another_thread(seconds)
            await zokio.yield_now()
        return current_runtime().metrics().slow_polls

    with by_hand(workers) as runtime:
        assert runtime.block_on(main()) == 0
    assert caplog.records == []


@pytest.mark.parametrize("threshold", [0, None, float("inf")])
def test_nobody_is_watched_who_does_not_want_it(threshold: float | None) -> None:
    with Runtime(zokio.RuntimeConfig(slow_poll_threshold=threshold)) as runtime:
        assert runtime.place is None
        assert not isinstance(runtime, WorkersRuntime) or set(runtime.places) == {None}
        assert runtime.block_on(value(1)) == 1


def test_whose_time_is_not_the_clocks_is_not_watched() -> None:
    async def main() -> bool:
        return place_here() is None

    assert run_simulated(main())
    with Runtime(reactor=SimulatedReactor()) as runtime:
        assert runtime.block_on(main())


def test_a_thread_is_watched_while_it_polls() -> None:
    async def main() -> PollingPlace | None:
        place = place_here()
        assert place in WATCHER.places
        return place

    with by_hand() as runtime:
        place = runtime.block_on(main())
    assert place is not None and place not in WATCHER.places


def test_whoever_gets_up_rouses_the_watcher_if_it_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sleeper:
        asleep = True
        roused = 0

        def rouse(self) -> None:
            self.asleep = False
            self.roused += 1

    sleeper = Sleeper()
    monkeypatch.setattr(module, "WATCHER", sleeper)

    async def main() -> None:
        for _ in range(3):
            await zokio.sleep(0.000001)

    with by_hand(0) as runtime:
        runtime.block_on(main())
    assert sleeper.roused == 1
    sleeper.asleep = True
    run_simulated(main())
    assert sleeper.roused == 1, "nobody watches a simulated runtime"


def test_a_worker_that_gets_up_rouses_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every one of them: that is asked at the end of each sleep."""
    asked: list[str] = []

    async def main() -> None:
        for _ in range(3):
            await zokio.sleep(0.000001)

    with by_hand(2) as runtime:
        monkeypatch.setattr(WATCHER, "asleep", True)
        monkeypatch.setattr(WATCHER, "rouse", lambda: asked.append(current_thread().name))
        runtime.block_on(main())
    assert asked and all(name.startswith("zokio-worker-") for name in asked)
