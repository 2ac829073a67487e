"""The parallel stress lane: real threads on the run queues, and every history checked.

    python -m assurance.queues [--fast]

Exploration runs the real code one thread at a time, so that it sees every order of the atomic
steps, and none of what two processors do in the same moment. Here nothing is controlled: threads
run as they do, switched as often as the interpreter can (on a build without the GIL: at the same
time), and what each saw is held against the specification of the queues by `linearizability.py`.

What a pass says: none of these histories was wrong. It proves nothing about others, and differs
from run to run; only what each thread does follows from the seed. Broken queues go through the same
mill and have to be found, each within `ROUNDS_TO_FIND`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from assurance.broken_queues import BROKEN_INJECTIONS, BROKEN_QUEUES
from assurance.command import run_as_command
from assurance.design_queues import DesignInjection, DesignQueue
from assurance.histories import eager_switches, overlaps, record
from assurance.linearizability import Operation, explain, linearize
from assurance.queue_cast import WORKERS, Injection, WorkerQueue, cast_of
from assurance.run_queue_spec import run_queues

SEED = "queues"
OPERATIONS = 12
"""Of each thread in one history: enough to fill and empty a queue, few enough to search."""
ROUNDS_FAST, ROUNDS = 100, 2_000
ROUNDS_TO_FIND = 1_000
SPECIFICATION = run_queues(WORKERS)


@dataclass(frozen=True, slots=True)
class Found:
    """What so many rounds gave."""

    rounds: int
    operations: int
    overlapping: int
    wrong: str


def stress(
    worker_queue: Callable[[], WorkerQueue], injection: Callable[[], Injection], rounds: int
) -> Found:
    """Record and check so many histories, or fewer: it ends with the first wrong one."""
    actors = cast_of(worker_queue, injection)
    operations = overlapping = 0
    with eager_switches():
        for number in range(1, rounds + 1):
            history = record(actors, OPERATIONS, f"{SEED} {number}")
            operations += len(history)
            overlapping += overlaps(history)
            wrong = complaint(history)
            if wrong:
                return Found(number, operations, overlapping, f"{SEED} {number}: {wrong}")
    return Found(rounds, operations, overlapping, "")


def complaint(history: list[Operation]) -> str:
    """Why a history of the run queues is wrong; empty if it is linearizable."""
    verdict = linearize(history, SPECIFICATION)
    return "" if verdict.holds else explain(history, verdict)


def under_test() -> tuple[Callable[[], WorkerQueue], Callable[[], Injection]]:
    """The scheduler's own queues; where it has none, those of the design."""
    queue = scheduler_class("stealing_queue", "StealingQueue", DesignQueue)
    injection = scheduler_class("injection", "InjectionQueue", DesignInjection)
    return cast(Callable[[], WorkerQueue], queue), cast(Callable[[], Injection], injection)


def scheduler_class(module: str, name: str, otherwise: type) -> object:
    """A class of zokio.scheduler, or the other one if that module is not there.

    Raises:
        AttributeError: the module is there and lacks the class: it was renamed.
    """
    full = f"zokio.scheduler.{module}"
    if importlib.util.find_spec(full) is None:
        return otherwise
    return getattr(importlib.import_module(full), name)


def name_of(made_by: object) -> str:
    """A class with its module."""
    return f"{getattr(made_by, '__module__', '?')}.{getattr(made_by, '__qualname__', made_by)}"


def _has_gil() -> bool:
    """Whether threads of this interpreter run Python code only in turn."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def _rounds_to_find(
    worker_queue: Callable[[], WorkerQueue], injection: Callable[[], Injection]
) -> int:
    """How many rounds until the broken queue is found."""
    found = stress(worker_queue, injection, ROUNDS_TO_FIND)
    broken = name_of(worker_queue if worker_queue is not DesignQueue else injection)
    assert found.wrong, f"{broken} was not found in {found.rounds} rounds"
    return found.rounds


def measure(*, fast: bool) -> dict[str, object]:
    """Stress the queues, then the broken ones; the figures of both."""
    worker_queue, injection = under_test()
    found = stress(worker_queue, injection, ROUNDS_FAST if fast else ROUNDS)
    assert not found.wrong, found.wrong
    assert found.overlapping, "no two operations overlapped: nothing was tested"
    broken = {q.__name__: _rounds_to_find(q, DesignInjection) for q in BROKEN_QUEUES}
    broken |= {q.__name__: _rounds_to_find(DesignQueue, q) for q in BROKEN_INJECTIONS}
    return {
        "under test": [name_of(worker_queue), name_of(injection)],
        "threads": "in turn (GIL)" if _has_gil() else "at the same time (no GIL)",
        "seed": SEED,
        "histories": found.rounds,
        "operations": found.operations,
        "operations that began during one of another thread": found.overlapping,
        "rounds until a broken queue was found": broken,
    }


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
