"""The watchdog on a runtime: what is logged and counted, and who is watched. Looks are by hand."""

from __future__ import annotations

import logging

import pytest

import zokio
from tests.helpers.simulation import run_simulated, value
from zokio.env.clock import SECOND_NS
from zokio.env.threads import Thread
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime import runtime as module
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.watchdog.process import WATCHER

# So long that the watcher of the process itself tells of nothing, and looks at nothing in between.
BY_HAND = zokio.RuntimeConfig(slow_poll_threshold=10_000)


def look_from_another_thread(*seconds: float) -> None:
    """As the watcher does, at these times; the calling thread is in the middle of a poll."""
    place = current_runtime().place
    assert place is not None

    def look() -> None:
        for each in seconds:
            place.look(int(each * SECOND_NS))

    thread = Thread(target=look)
    thread.start()
    thread.join()


def test_a_slow_poll_is_logged_once_and_counted(caplog: pytest.LogCaptureFixture) -> None:
    def block() -> None:
        look_from_another_thread(1, 5_000, 10_001, 20_000)

    async def main() -> int:
        await zokio.yield_now()
        block()
        return current_runtime().metrics().slow_polls

    with caplog.at_level(logging.WARNING, "zokio"), Runtime(BY_HAND) as runtime:
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


def test_a_task_that_awaits_in_time_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> int:
        for seconds in (1, 9_000, 18_000, 27_000):
            look_from_another_thread(seconds)
            await zokio.yield_now()
        return current_runtime().metrics().slow_polls

    with Runtime(BY_HAND) as runtime:
        assert runtime.block_on(main()) == 0
    assert caplog.records == []


@pytest.mark.parametrize("threshold", [0, None, float("inf")])
def test_nobody_is_watched_who_does_not_want_it(threshold: float | None) -> None:
    with Runtime(zokio.RuntimeConfig(slow_poll_threshold=threshold)) as runtime:
        assert runtime.place is None
        assert runtime.block_on(value(1)) == 1


def test_whose_time_is_not_the_clocks_is_not_watched() -> None:
    async def main() -> bool:
        return current_runtime().place is None

    assert run_simulated(main())
    with Runtime(reactor=SimulatedReactor()) as runtime:
        assert runtime.block_on(main())


def test_a_runtime_is_watched_while_a_thread_runs_it() -> None:
    async def main() -> bool:
        return current_runtime().place in WATCHER.places

    with Runtime(BY_HAND) as runtime:
        assert runtime.block_on(main())
        assert runtime.place is not None and runtime.place not in WATCHER.places


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

    with Runtime(BY_HAND) as runtime:
        runtime.block_on(main())
    assert sleeper.roused == 1
    sleeper.asleep = True
    run_simulated(main())
    assert sleeper.roused == 1, "nobody watches a simulated runtime"
