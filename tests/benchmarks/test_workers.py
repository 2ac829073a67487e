"""The benchmarks of workers count what really ran, and say it when zokio has no workers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import pytest

import zokio
from benchmarks import workers, workers_worker
from benchmarks.benchmark import Measurement
from benchmarks.child import EXIT_MISSING, Missing
from benchmarks.contestants.zokio_workers import ZokioWorkers
from benchmarks.echo import ECHO
from benchmarks.loopback import serving
from benchmarks.workers import BLOCKING_SLEEPING, WORKERS_ECHO, WORKERS_TASKS


def run_here(benchmark: str, name: str, sizes: dict[str, float]) -> Measurement:
    """Run the work of a child in this process."""
    contestant = ZokioWorkers(name)
    return contestant.run(lambda: workers_worker.measured(benchmark, contestant, sizes))


def refuse_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**settings: object) -> None:
        raise zokio.UsageError("no workers in this version")

    monkeypatch.setattr(zokio, "RuntimeConfig", refuse)


def test_a_zokio_without_workers_is_missing_with_its_own_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse_workers(monkeypatch)
    assert workers_worker.main("workers_tasks", "workers=2", {"tasks": 1}) == EXIT_MISSING
    assert json.loads(capsys.readouterr().out) == {"missing": "no workers in this version"}


@pytest.mark.parametrize("contestant", WORKERS_TASKS.contestants)
def test_a_contestant_is_measured_if_and_only_if_zokio_has_that_many_workers(
    contestant: str,
) -> None:
    case = WORKERS_TASKS.tiny[0]
    try:
        zokio.RuntimeConfig(workers=int(contestant.removeprefix("workers=")))
    except zokio.UsageError as error:
        with pytest.raises(Missing) as missing:
            WORKERS_TASKS.measure(contestant, case.parameters)
        assert str(missing.value) == str(error)
    else:
        assert WORKERS_TASKS.measure(contestant, case.parameters).operations == 50


@pytest.mark.parametrize("benchmark", workers_worker.CALLS)
@pytest.mark.parametrize("name", ["workers=0", "workers=0 pool"])
def test_every_call_is_made_and_counted_by_the_thread_that_made_it(
    benchmark: str, name: str
) -> None:
    found = run_here(benchmark, name, {"tasks": 5, "bytes": 100, "seconds": 0.001})
    assert found.operations == 5
    assert found.extra["most_on_one_thread"] <= 5
    if name == "workers=0":
        assert (found.extra["threads"], found.extra["most_on_one_thread"]) == (1, 5)
    assert found.label == name


def test_a_file_that_comes_short_fails_the_contestant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda path: b"short")
    with pytest.raises(AssertionError, match="the file is shorter"):
        run_here("blocking_files", "workers=0", {"tasks": 1, "bytes": 100})


def test_a_digest_that_is_wrong_fails_the_contestant(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    buffer = bytearray(10)
    monkeypatch.setattr("os.urandom", lambda size: buffer)
    call = workers_worker.hashing({"bytes": 10}, tmp_path)
    call()
    buffer[0] = 1
    with pytest.raises(AssertionError, match="the digest is wrong"):
        call()


@pytest.mark.parametrize(("gil", "said"), [(True, True), (False, False)])
def test_the_gil_is_blamed_only_for_several_workers_that_have_one(
    gil: bool, said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "has_gil", lambda: gil)
    for name in ("workers=2", "workers=4 streams"):
        assert ("GIL" in WORKERS_TASKS.when_worse(name)) is said
    for name in ("workers=0 pool", "workers=1", "workers=1 streams"):
        assert WORKERS_TASKS.when_worse(name).startswith("slower: ")
        assert "GIL" not in WORKERS_TASKS.when_worse(name)


def test_the_figure_is_by_the_wall() -> None:
    measurement = Measurement("", "", 50, 0, 2.0, {"cpu_seconds": 0.1})
    assert BLOCKING_SLEEPING.figure(measurement) == 25


def test_the_echo_of_workers_is_served_on_all_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    cores: list[int | None] = []

    def serve(command: list[str], core: int | None) -> NoReturn:
        cores.append(core)
        raise Missing("enough")

    monkeypatch.setattr("benchmarks.loopback.cores", lambda: (0, 1))
    monkeypatch.setattr("benchmarks.loopback.serving", serve)
    for benchmark, contestant in ((WORKERS_ECHO, "workers=2 streams"), (ECHO, "zokio streams")):
        with pytest.raises(Missing, match="enough"):
            benchmark.measure(contestant, benchmark.tiny[0].parameters)
    assert cores == [None, 1]


BUSY_THREAD = """
import json, sys, threading, time
def burn():
    while time.thread_time() < 0.2: pass
    print(json.dumps({"port": 1}), flush=True)
    sys.stdin.read()
threading.Thread(target=burn).start()
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell")
def test_the_cpu_of_a_server_is_that_of_all_its_threads() -> None:
    with serving([sys.executable, "-S", "-c", BUSY_THREAD], None) as server:
        used = server.cpu_seconds()
    assert used is not None
    assert used >= 0.2
