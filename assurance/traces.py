"""Code into spec: programs are recorded, and every recorded event has to be a step of a machine.

Recorded are all runs of the examples that `tests/examples` makes, short runs of the benchmarks,
and the three programs of `tests/env/programs/`: a storm of threads, what is rare, and calls that
block. Three things
are claimed and measured: every trace is consumed whole; a corrupted one is rejected, and just where
the definition says (`tests/model/naive_validation.py` judges, on the traces that are small enough
for it); planted bugs show in the trace.

    python -m assurance.traces [--fast]

prints the figures as JSON. It needs the interpreted build.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from assurance.trace_corruptions import Corruption, corruptions
from benchmarks import loopback
from benchmarks.catalogue import BENCHMARKS
from tests.examples.program import TRACES_VARIABLE
from tests.helpers.traces import (
    BLOCKING,
    ENDINGS,
    ROOT,
    STORM,
    launch_command,
    machine_of,
    read,
    record,
    record_with_bug,
    validation_of,
)
from tests.model.naive_validation import validate_naively
from tests.mutants.blocking_pool import MUTANTS as POOL_MUTANTS
from tests.mutants.scheduler import MUTANTS as SCHEDULER_MUTANTS
from tests.mutants.task import MUTANTS as TASK_MUTANTS
from tests.mutants.timers import MUTANTS as TIMERS_MUTANTS
from zokio.model import Progress, ProgressBar, RecordedTrace, validate

SEED = 3
NAIVE_EVENTS_MAX = 100
"""Up to this length the definition itself judges."""
CORRUPTED_EVENTS = {True: 20, False: 120}
"""How many events of a trace are corrupted, in each of the five ways: fast, and in full."""

BENCHMARK_SIZES: dict[str, dict[str, float]] = {
    "switches": {"tasks": 200, "yields": 50},
    "locks": {"tasks": 10, "rounds": 100},
    "channels_ping_pong": {"rounds": 500},
    "channels_throughput": {"items": 2_000, "capacity": 16},
    "spawn_join": {"tasks": 500},
    "timers": {"tasks": 200, "shortest_seconds": 0.3, "spread_seconds": 0.1},
    "idle_memory": {"tasks": 200},
    "idle_cpu": {"tasks": 200, "seconds": 0.2},
}
"""Short runs of every benchmark but echo, which has a process of its own for its server."""

NOT_RECORDED = {
    *("workers_tasks", "workers_echo", "echo_pipelined", "http"),
    *("blocking_hashing", "blocking_sleeping", "blocking_files"),
}
"""Benchmarks that compare numbers of workers, or have servers of their own: on one thread they do
what the others, or the examples, do."""

SILENT = {
    f"{name}.py.jsonl": runs
    for name, runs in (
        *(("port_scanner", 3), ("web_crawler", 2), ("processes", 5), ("http_api", 3)),
        ("chat_page", 1),
    )
}
"""Runs of examples that leave no trace: who is called with wrong arguments ends before there is a
runtime, a parent has none, and the proxy's servers and one of the chat page's are killed."""

HIDDEN = {
    "a_wake_during_a_poll_queues_the_task_at_once": "the loop itself refuses: the program fails",
    "a_wake_of_a_queued_task_queues_it_twice": "the loop itself refuses: the program fails",
    "the_outcome_is_dropped": "neither machine looks at what an outcome is",
}
"""Planted bugs that the traces of the storm need not show, with the reason."""

SHOWN_OF_POOL = {
    "the_queue_is_a_stack",
    "a_worker_idles_although_calls_wait",
    "one_thread_too_many",
    "a_worker_tells_of_its_call_before_it_is_there_for_others",
}
"""Of the bugs in the blocking pool, those that show in every run of the program that blocks."""

PROGRAMS = {
    "a_wake_on_the_parked_thread_does_not_ring": ENDINGS,
    **dict.fromkeys(SHOWN_OF_POOL, BLOCKING),
}
"""The others show in the storm; the first needs a signal handler that wakes."""

SHOWN_OF_TIMERS = {"a_timer_fires_early", "a_timer_is_marked_as_fired_only_after_its_action"}
"""Of the bugs in the timers, those that the storm is made to show: it has few timers."""


def measure(*, fast: bool) -> dict[str, object]:
    """Record, validate, corrupt, plant bugs.

    Args:
        fast: only examples that end by themselves, one benchmark, few corruptions and bugs.

    Raises:
        AssertionError: a trace is no run, or a corruption or a bug is not found where it should be.
    """
    with tempfile.TemporaryDirectory() as name, ProgressBar("traces") as bar:
        folder = Path(name)
        steps = _Steps(bar, 5)
        traces = _examples(folder, fast=fast)
        steps.done()
        traces += _benchmarks(folder, fast=fast)
        steps.done()
        for program in (STORM, ENDINGS, BLOCKING):
            traces += record(folder / f"{program.name}.jsonl", str(program))
        figures = _validated(traces)
        steps.done()
        figures |= _corrupted(_chosen(traces), fast=fast)
        steps.done()
        figures |= _bugs(folder, fast=fast)
    return figures


class _Steps:
    """Shows how much of the measurement is done."""

    def __init__(self, bar: ProgressBar, steps: int) -> None:
        self._bar, self._steps, self._done = bar, steps, 0

    def done(self) -> None:
        """One step more."""
        self._done += 1
        self._bar(Progress(self._steps, self._steps - self._done, self._done, self._done))


def _examples(folder: Path, *, fast: bool) -> list[RecordedTrace]:
    """The examples as the tests run them; fast: those that end by themselves."""
    if fast:
        ports = ["--ports", "20000-20019", "--at-once", "3"]
        programs = [["hello.py"], ["custom_future.py"], ["port_scanner.py", *ports]]
        return [
            trace
            for name, *words in programs
            for trace in record(folder / f"{name}.jsonl", str(ROOT / "examples" / name), *words)
        ]
    runs = folder / "examples"
    runs.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/examples"],
        cwd=ROOT,
        env={**os.environ, TRACES_VARIABLE: str(runs)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"the examples do not pass with the probe:\n{done.stdout}"
    files = sorted(runs.iterdir())
    silent = [file.name for file in files if not file.stat().st_size]
    assert Counter(name.partition("-")[2] for name in silent) == SILENT, silent
    return [trace for file in files if file.stat().st_size for trace in read(file)]


def _benchmarks(folder: Path, *, fast: bool) -> list[RecordedTrace]:
    """A short run of each benchmark; fast: one of them."""
    assert {"echo", *BENCHMARK_SIZES, *NOT_RECORDED} == {benchmark.name for benchmark in BENCHMARKS}
    names = ["switches"] if fast else list(BENCHMARK_SIZES)
    traces = []
    for name in names:
        sizes = json.dumps(BENCHMARK_SIZES[name])
        module = "channels_worker" if name.startswith("channels") else "worker"
        words = ["-m", f"benchmarks.{module}", name, "zokio", sizes]
        traces += record(folder / f"{name}.jsonl", *words)
    return traces if fast else [*traces, *_echo(folder / "echo.jsonl")]


def _echo(file: Path) -> list[RecordedTrace]:
    """The echo server under the load of the benchmark's own client, in Python."""
    command = launch_command(file, ["-m", "benchmarks.echo_worker", "zokio", "streams"])
    with loopback.serving(command, None) as server:
        port = str(server.facts["port"])
        numbers = ["8", "1024", "0.2", "0.1"]
        client = [sys.executable, "-m", "benchmarks.echo_client", "127.0.0.1", port, *numbers]
        loopback.load(client, None, 60.0)
    return read(file)


def _validated(traces: list[RecordedTrace]) -> dict[str, object]:
    """Hold every trace against its machine."""
    consumed: Counter[str] = Counter()
    number: Counter[str] = Counter()
    widest = 1
    for trace in traces:
        found = validation_of(trace)
        assert found.verdict == "accepted", (
            f"a trace of {trace.program} is no run of {trace.machine}: event {found.index}: "
            f"{found.reason}"
        )
        assert found.consumed == len(trace.events)
        number[trace.machine] += 1
        consumed[trace.machine] += found.consumed
        widest = max(widest, found.orders_max)
    longest = max(traces, key=lambda trace: len(trace.events))
    return {
        "traces": dict(number),
        "events": dict(consumed),
        "consumed_percent": 100 * sum(consumed.values()) / sum(map(_length, traces)),
        "longest_trace_events": len(longest.events),
        "most_tasks": max(int(str(trace.constants.get("tasks", 0))) for trace in traces),
        "most_threads": max(int(str(trace.constants.get("threads", 1))) for trace in traces),
        "orders_side_by_side_max": widest,
    }


def _chosen(traces: list[RecordedTrace]) -> list[RecordedTrace]:
    """One small and one large trace of each machine: the definition judges the small ones."""
    chosen = []
    for machine in ("surroundings", "task", "clockwork", "blocking_runs"):
        own = sorted((each for each in traces if each.machine == machine), key=_length)
        small = [each for each in own if 20 <= len(each.events) <= NAIVE_EVENTS_MAX]
        large = [each for each in own if 200 <= len(each.events) <= 3_000]
        chosen += [*small[-1:], *large[-1:]]
    return chosen


def _length(trace: RecordedTrace) -> int:
    return len(trace.events)


def _corrupted(traces: list[RecordedTrace], *, fast: bool) -> dict[str, object]:
    """Corrupt, and see that it is found; on small traces where the definition finds it."""
    tried: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    judged = legal = 0
    for trace in traces:
        machine = machine_of(trace)
        for corruption in _sample(trace, CORRUPTED_EVENTS[fast]):
            found = validate(machine, corruption.events)
            tried[corruption.kind] += 1
            rejected[corruption.kind] += found.verdict == "rejected"
            assert found.verdict != "incomplete", found.reason
            if len(trace.events) <= NAIVE_EVENTS_MAX:
                defined = validate_naively(machine, corruption.events)
                assert (found.index, found.consumed) == (defined.index, defined.consumed), (
                    f"{trace.machine}: {corruption.kind} of event {corruption.at}: {found.index} "
                    f"after {found.consumed} events, and by the definition {defined}"
                )
                judged += 1
                legal += defined.index is None
    assert judged > 0
    return {
        "corruptions": sum(tried.values()),
        "corruptions_rejected": sum(rejected.values()),
        "corruptions_legal_by_chance": sum(tried.values()) - sum(rejected.values()),
        "corruptions_by_kind": {kind: [rejected[kind], tried[kind]] for kind in tried},
        "corruptions_judged_by_the_definition": judged,
        "of_these_legal": legal,
    }


def _sample(trace: RecordedTrace, events_max: int) -> Iterator[Corruption]:
    numbers = list(range(len(trace.events)))
    if len(numbers) > events_max:
        numbers = sorted(Random(f"sample {SEED} {trace.machine}").sample(numbers, events_max))
    for at in numbers:
        yield from corruptions(machine_of(trace), trace.events, SEED, at)


def _bugs(folder: Path, *, fast: bool) -> dict[str, object]:
    """Plant each bug, record the storm, and see that its trace is no run."""
    of_timers = [mutant for mutant in TIMERS_MUTANTS if mutant.name in SHOWN_OF_TIMERS]
    assert len(of_timers) == len(SHOWN_OF_TIMERS)
    of_pool = [mutant for mutant in POOL_MUTANTS if mutant.name in SHOWN_OF_POOL]
    assert len(of_pool) == len(SHOWN_OF_POOL)
    planted = [*SCHEDULER_MUTANTS, *TASK_MUTANTS, *of_timers, *of_pool]
    shown = [mutant for mutant in planted if mutant.name not in HIDDEN]
    assert len(planted) - len(shown) == len(HIDDEN)
    tried = [mutant for mutant in shown if not fast or mutant.name == "nobody_rings"]
    missed = []
    for mutant in tried:
        program = PROGRAMS.get(mutant.name, STORM)
        traces = record_with_bug(folder, mutant, str(program))
        if not any(validation_of(trace).verdict == "rejected" for trace in traces):
            missed.append(mutant.name)
    assert not missed, f"planted bugs that did not show in a trace: {', '.join(missed)}"
    return {
        "bugs_tried": len(tried),
        "bugs_shown": len(tried) - len(missed),
        "bugs_hidden": HIDDEN,
    }


def main() -> int:
    """Print the figures; 1 if a claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m assurance.traces", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="a subset of about 20 seconds")
    try:
        print(json.dumps(measure(fast=parser.parse_args().fast), indent=2))
    except AssertionError as error:
        print(f"not held: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
