"""The child process of the workers' benchmarks; the protocol is that of `worker.py`.

    python -m benchmarks.workers_worker BENCHMARK CONTESTANT PARAMETERS_AS_JSON

The quantity is seconds on the wall: whether threads overlap is the question, and CPU time would
hide the answer. CPU is in the extra figures, and so is how many threads did the work.
"""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.benchmark import Measurement, Parameters
from benchmarks.child import EXIT_MISSING
from benchmarks.contestants.zokio_workers import WorkersNotThere, ZokioWorkers

Extra = dict[str, float]


def hashing(sizes: Parameters, folder: Path) -> Callable[[], object]:
    """SHA-256 of a large buffer, which releases the GIL; the digest is compared."""
    buffer = os.urandom(int(sizes["bytes"]))
    expected = hashlib.sha256(buffer).digest()

    def call() -> None:
        if hashlib.sha256(buffer).digest() != expected:
            raise AssertionError("the digest is wrong")

    return call


def sleeping(sizes: Parameters, folder: Path) -> Callable[[], object]:
    """`time.sleep`, in place of a call that waits for somebody else."""
    return lambda: time.sleep(sizes["seconds"])


def files(sizes: Parameters, folder: Path) -> Callable[[], object]:
    """Open and read a file, mostly from the page cache; its length is compared."""
    path = folder / "read"
    path.write_bytes(os.urandom(int(sizes["bytes"])))

    def call() -> None:
        if len(path.read_bytes()) != sizes["bytes"]:
            raise AssertionError("the file is shorter than it was")

    return call


CALLS = {f"blocking_{call.__name__}": call for call in (hashing, sleeping, files)}


async def measured(benchmark: str, contestant: ZokioWorkers, sizes: Parameters) -> Measurement:
    """Do the work once, inside the running runtime."""
    tasks, extra = int(sizes["tasks"]), Extra()
    with tempfile.TemporaryDirectory() as folder:
        call = CALLS[benchmark](sizes, Path(folder)) if benchmark in CALLS else None
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        if call is None:
            done = await contestant.tiny_tasks(tasks, int(sizes["yields"]))
        else:
            by_thread = await contestant.blocking_calls(call, tasks)
            done = by_thread.total()
            extra = {"threads": len(by_thread), "most_on_one_thread": max(by_thread.values())}
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measurement(
        contestant.label, contestant.version, done, 0, wall, {"cpu_seconds": cpu, **extra}
    )


def main(benchmark: str, name: str, sizes: Parameters) -> int:
    """Measure and print; the exit code."""
    try:
        contestant = ZokioWorkers(name)
    except WorkersNotThere as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    found = contestant.run(lambda: measured(benchmark, contestant, sizes))
    print(json.dumps(dataclasses.asdict(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
