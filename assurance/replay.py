"""Spec into code: every edge of the specifications' graphs, replayed on the real runtime.

`measure` replays the jobs of `replay_jobs.py` whole, each in a worker process, and compares the
runtime with the machine after every step. It raises AssertionError when the runtime differs
anywhere, an excuse is not needed, a limit was hit, or there were fewer edges than it claims. Which
worker takes which job decides nothing: every job is a fixed set of walks.
"""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Sequence
from ctypes import c_uint64
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized
from os import cpu_count
from time import perf_counter

from assurance.replay_jobs import JOBS, NOT_REPLAYED, Job
from zokio.model import EdgeReplay, Progress, ProgressBar, ReplayReport

EDGES_MIN = 50_000  # what the assurance case claims, of different edges

# Spawned and not forked: the workers start threads, and must not begin with half of somebody's.
PROCESSES = get_context("spawn")
LOOK_S = 0.2


class StepsBar(ProgressBar):
    """The progress bar, in steps."""

    def _line(self, progress: Progress) -> str:
        return super()._line(progress).replace(" states, ", " steps, ").replace(", depth 0", "")


class Counts:
    """What the workers tell of their progress: steps that they know of, steps that they took."""

    def __init__(self) -> None:
        self.planned: Synchronized[int] = PROCESSES.Value(c_uint64)
        self.taken: Synchronized[int] = PROCESSES.Value(c_uint64)

    def show(self, bar: ProgressBar, seconds: float) -> None:
        """Show how far all workers are."""
        planned = max(1, self.planned.value)
        bar(Progress(planned, max(0, planned - self.taken.value), 0, seconds))


_counts: Counts | None = None  # the worker's


def _begin_worker(counts: Counts) -> None:
    global _counts
    _counts = counts


def _add(count: Synchronized[int], steps: int) -> None:
    with count.get_lock():
        count.value += steps


def _run(number: int) -> ReplayReport | str:
    """Replay a job; what went wrong comes as text, for not every error can be sent."""
    assert _counts is not None
    try:
        return run_job(JOBS[number], _counts)
    except Exception:
        return traceback.format_exc()


def run_job(job: Job, counts: Counts) -> ReplayReport:
    """Replay all edges of a job in this process."""
    replay = EdgeReplay(job.machine, job.excuses)
    _add(counts.planned, replay.steps)
    return replay.run(job.make_adapter(), progress=lambda steps: _add(counts.taken, steps))


def run_jobs(numbers: Sequence[int], workers: int) -> list[ReplayReport]:
    """Replay jobs of `JOBS` in worker processes; the reports, in the jobs' order.

    Raises:
        AssertionError: A replay failed.
    """
    counts, began = Counts(), perf_counter()
    with (
        StepsBar("replay") as bar,
        PROCESSES.Pool(workers, _begin_worker, (counts,)) as pool,
    ):
        running = pool.map_async(_run, numbers, chunksize=1)
        while not running.ready():
            running.wait(LOOK_S)
            counts.show(bar, perf_counter() - began)
        results = running.get()
    return reports_in(results)


def reports_in(results: Sequence[ReplayReport | str]) -> list[ReplayReport]:
    """The reports, if no worker sent the text of a failure instead."""
    failures = [result for result in results if isinstance(result, str)]
    assert not failures, "\n".join(failures)
    return [result for result in results if not isinstance(result, str)]


def measure(*, fast: bool) -> dict[str, object]:
    """Replay every edge on the real runtime; the figures, by job and in all.

    Args:
        fast: Only the small machines, a few seconds; each of the specifications is among them.

    Raises:
        AssertionError: The runtime does something else than a machine, an excuse is not needed,
            or an edge was left out.
    """
    began = perf_counter()
    numbers = [number for number, job in enumerate(JOBS) if job.fast or not fast]
    jobs = [JOBS[number] for number in numbers]
    reports = run_jobs(numbers, workers=min(cpu_count() or 1, len(numbers)))
    for job, report in zip(jobs, reports, strict=True):
        assert report.outcome == "complete", f"{job.machine!r} was not replayed whole: {report}"
    # A machine that is replayed on several runtimes has its edges once.
    edges = {report.machine: report for report in reports}.values()
    different = sum(report.replayed for report in edges)
    assert fast or different >= EDGES_MIN, f"{different} edges are fewer than {EDGES_MIN}"
    return {
        "jobs": [
            {"specification": job.name, "over": job.over, **report.to_json()}
            for job, report in zip(jobs, reports, strict=True)
        ],
        "not_replayed": NOT_REPLAYED,
        "specifications": len({job.name for job in jobs}),
        "edges": sum(report.edges for report in edges),
        "edges_replayed": different,
        "edges_excused": sum(report.excused.total() for report in edges),
        "edges_behind_excused": sum(report.behind for report in edges),
        "steps": sum(report.steps for report in reports),
        "restarts": sum(report.restarts for report in reports),
        "seconds": round(perf_counter() - began, 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as JSON; 1 when the claim does not hold."""
    parser = argparse.ArgumentParser(prog="python -m assurance.replay", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="the small machines only")
    try:
        figures = measure(fast=parser.parse_args(arguments).fast)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
