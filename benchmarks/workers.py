"""Workers: does a program gain from several worker threads? Four kinds of work.

Tiny tasks run Python code only: with the GIL the workers take turns, and more of them can only
cost. Calls that block release the GIL, so workers overlap them, in the tasks themselves; so does
the blocking pool of `workers=0`, which is what a program without workers would use. The echo is
mostly system calls, which release it too, each for a few microseconds.

The seconds are those of the wall. Where zokio has no workers, these contestants are missing.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial

from benchmarks.benchmark import Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child
from benchmarks.contestants.zokio_workers import POOL
from benchmarks.echo import ECHO, measure

COUNTS = (0, 1, 2, 4)
CONTESTANTS = tuple(f"workers={count}" for count in COUNTS)
WITH_POOL = (CONTESTANTS[0], f"workers=0 {POOL}", *CONTESTANTS[1:])
MODULE = "benchmarks.workers_worker"


def has_gil() -> bool:
    """Whether threads of this interpreter run Python code only in turn."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _why_slower(contestant: str) -> str:
    """What to say of a contestant that was slower than one thread. None of it is measured: it is
    what the contestant does besides, by construction.
    """
    if POOL in contestant:
        return "slower: a hand-over to another thread for each call"
    if CONTESTANTS[1] in contestant:
        return "slower: locks for sharing, and nobody to share with"
    return f"slower: locks for sharing{', and the GIL lets one worker run at a time' * has_gil()}"


def _measure(benchmark: str, contestant: str, sizes: Parameters) -> Measurement:
    return measure_in_child(benchmark, contestant, sizes, module=MODULE)


def _verify_tiny(measurement: Measurement, sizes: Parameters) -> None:
    expect("yields", measurement.operations, int(sizes["tasks"] * sizes["yields"]))


def _verify_calls(measurement: Measurement, sizes: Parameters) -> None:
    expect("calls", measurement.operations, int(sizes["tasks"]))


def _tiny(tasks: int, yields: int) -> Case:
    return Case(f"{tasks:,} tasks x {yields:,} yields", {"tasks": tasks, "yields": yields})


WORKERS_TASKS = Benchmark(
    name="workers_tasks",
    title="yields of tiny tasks, per second",
    unit="M/s",
    better="higher",
    baseline=CONTESTANTS[0],
    contestants=CONTESTANTS,
    cases=(_tiny(1_000, 500), _tiny(50_000, 1)),
    quick=(_tiny(1_000, 100),),
    tiny=(_tiny(10, 5),),
    measure=partial(_measure, "workers_tasks"),
    verify=_verify_tiny,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e6,
    when_worse=_why_slower,
)


def _blocking(
    name: str, title: str, cases: tuple[Case, ...], quick: tuple[Case, ...], tiny: tuple[Case, ...]
) -> Benchmark:
    return Benchmark(
        name=name,
        title=f"{title}, a task for each, per second",
        unit="/s",
        better="higher",
        baseline=CONTESTANTS[0],
        contestants=WITH_POOL,
        cases=cases,
        quick=quick,
        tiny=tiny,
        measure=partial(_measure, name),
        verify=_verify_calls,
        figure=lambda measurement: measurement.operations / measurement.quantity,
        when_worse=_why_slower,
    )


def _bytes(tasks: int, size: int) -> Case:
    return Case(f"{tasks:,} x {size // 1024:,} KiB", {"tasks": tasks, "bytes": size})


def _sleeps(tasks: int, seconds: float) -> Case:
    return Case(f"{tasks:,} x {seconds * 1e3:g} ms", {"tasks": tasks, "seconds": seconds})


MIB = 1 << 20
BLOCKING_HASHING = _blocking(
    "blocking_hashing",
    "SHA-256 of large buffers",
    (_bytes(400, MIB), _bytes(4_000, 16 * 1024)),
    (_bytes(100, MIB),),
    (_bytes(6, 4096),),
)
BLOCKING_SLEEPING = _blocking(
    "blocking_sleeping",
    "calls that sleep",
    (_sleeps(200, 0.005),),
    (_sleeps(50, 0.005),),
    (_sleeps(6, 0.001),),
)
BLOCKING_FILES = _blocking(
    "blocking_files",
    "files opened and read",
    (_bytes(2_000, 4096), _bytes(400, MIB)),
    (_bytes(500, 4096),),
    (_bytes(6, 4096),),
)
WORKERS_ECHO = replace(
    ECHO,
    name="workers_echo",
    title="echo requests per second, connections x message, server on all cores",
    baseline=f"{CONTESTANTS[0]} streams",
    contestants=tuple(f"{name} streams" for name in CONTESTANTS),
    cases=tuple(case for case in ECHO.cases if case.parameters["connections"] > 1),
    quick=ECHO.quick[1:2],
    measure=partial(measure, server_pinned=False),
    when_worse=_why_slower,
)
