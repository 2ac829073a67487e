"""From what was recorded to the traces of each run queue, machine by machine.

The scheduler's trace (`spec/surroundings.py`) has every event. Its constants are what the run
needed: as many tasks, and as many other threads, as occur in it. The task machine's trace
(`spec/task.py`) is a projection of it: who was spawned, woken and polled, whatever the way. It ends
where a shutdown drops a task, of which that machine knows nothing.

The timers have a queue of their own, and a trace of their own (`spec/clockwork.py`). Its instants
are the numbers of those that occur, in order: only which comes first is of interest.

So has the blocking pool (`spec/blocking_runs.py`): there every event is one of that machine.

The traces are written as JSON lines (`zokio/model/events.py` says how, and reads them).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TextIO

from .recorder import OTHERS, RawEvent, Recorder

Json = dict[str, object]

TIMER_STEPS = {"insert", "cancel", "tell", "fire_first", "end_expire"}
"""Actions of the timers."""

NEVER_NS = (1 << 63) - 1
"""The deadline that never comes (`zokio/timers/deadline.py`; the probe imports nothing of it)."""

ENTRIES = {"wake_outside", "spawn_outside", "call_outside"}

SCHEDULER_STEPS = {"end_error": "end_ready"}
"""Where the scheduler's machine has another name: it does not look at the outcome."""

TASK_STEPS = {
    "adopt": "spawn",
    "spawn_inside": "spawn",
    "deliver": "wake",
    "wake_by_event": "wake",
    "wake_in_between": "wake",
    "wake_inside": "wake",
    "begin_poll": "begin_poll",
    "end_again": "end_again",
    "end_pending": "end_pending",
    "end_ready": "end_ready",
    "end_error": "end_error",
}
"""What the task machine sees of the scheduler's actions."""


def write(recorder: Recorder, file: TextIO, program: str) -> None:
    """Write the traces of every run queue that was used."""
    queues: dict[int, list[RawEvent]] = {}
    for event in recorder.events():
        queues.setdefault(event.queue, []).append(event)
    for queue, events in sorted(queues.items()):
        complete = not recorder.is_cut
        if queue in recorder.limits:
            limits = recorder.limits[queue]
            if limits is not None:  # else nobody has called anything
                _write_trace(file, "blocking_runs", *pool_trace(events, *limits), program, complete)
            continue
        if events[0].name in TIMER_STEPS:
            _write_trace(file, "clockwork", *timer_trace(events), program, complete)
            continue
        interval = recorder.intervals.get(queue, 1)
        _write_trace(file, "surroundings", *scheduler_trace(events, interval), program, complete)
        _write_trace(file, "task", *task_trace(events), program, complete)


def _write_trace(
    file: TextIO, machine: str, constants: Json, lines: Sequence[Json], program: str, complete: bool
) -> None:
    header: Json = {"trace": 1, "machine": machine, "constants": constants, "program": program}
    end: Iterable[Json] = [{"events": len(lines)}] if complete else []
    for entry in (header, *lines, *end):
        file.write(json.dumps(entry, separators=(",", ":")) + "\n")


def scheduler_trace(events: Sequence[RawEvent], interval: int) -> tuple[Json, list[Json]]:
    """The constants and the events of the scheduler among its surroundings."""
    threads = _Numbers()
    strands = _Numbers()

    def arguments(event: RawEvent) -> list[int]:
        of_task = [event.item - 1] if event.item and event.name not in WITHOUT_TASK else []
        is_others = event.name in OTHERS  # their first argument is the thread
        return [threads(event.thread), *of_task] if is_others else of_task

    lines = _lines(
        events, lambda event: SCHEDULER_STEPS.get(event.name, event.name), arguments, strands
    )
    entries = sum(event.name in ENTRIES for event in events)
    constants: Json = {
        "tasks": max(1, *(event.item for event in events)),
        "threads": max(1, len(threads)),
        "interval": interval,
        "entries_max": entries + 1,
    }
    return constants, lines


WITHOUT_TASK = {
    "adopt",
    "clear",
    "deliver",
    "mark",
    "end_pending",
    "end_again",
    "end_ready",
    "end_error",
}
"""Actions of which the machine knows the task itself."""


def task_trace(events: Sequence[RawEvent]) -> tuple[Json, list[Json]]:
    """The constants and the events of the task machine."""
    spawned: set[int] = set()
    kept = []
    for event in events:
        if event.name == "drop":
            break
        step = TASK_STEPS.get(event.name)
        if step == "spawn":
            spawned.add(event.item)
        if step is not None and event.item in spawned:  # who is not yet spawned is owed a poll
            kept.append(event)
    lines = _lines(
        kept, lambda event: TASK_STEPS[event.name], lambda event: [event.item - 1], _Numbers()
    )
    return {"tasks": max(1, *(event.item for event in events)), "pollers": 1}, lines


def timer_trace(events: Sequence[RawEvent]) -> tuple[Json, list[Json]]:
    """The constants and the events of one timer queue."""
    instants = sorted({event.instant for event in events if event.instant is not None})
    number_of = {instant: number for number, instant in enumerate(instants)}

    def arguments(event: RawEvent) -> list[object]:
        if event.name == "insert":
            assert event.instant is not None
            return [None if event.instant == NEVER_NS else number_of[event.instant], "nothing"]
        if event.name == "tell":
            assert event.instant is not None
            return [number_of[event.instant]]
        return [] if event.name == "end_expire" else [event.item - 1]

    lines = _lines(events, lambda event: event.name, arguments, _Numbers())
    timers = sum(event.name == "insert" for event in events)
    return {"timers": max(1, timers), "horizon": max(1, len(instants))}, lines


CALL_STEPS = {"submit", "ask", "watch", "unwatch", "cancel", "is_refused"}
"""Actions of the blocking pool that are about a call."""

WORKER_STEPS = {"come", "do_without", "take", "end", "run_out", "is_idle", "has_left"}
"""Its actions that are about a worker. Of `tell_of` and `is_to_run` the call is recorded, and who
the worker is says the thread."""


def pool_trace(events: Sequence[RawEvent], threads: int, queue_max: int) -> tuple[Json, list[Json]]:
    """The constants and the events of one blocking pool.

    Where a call is recorded and a worker is wanted, it is the one whose thread it was.
    """
    workers = {event.thread: event.item for event in events if event.name == "take"}

    def arguments(event: RawEvent) -> list[int]:
        worker = workers.get(event.thread, 0) - 1
        if event.name == "tell_of":
            return [worker]
        if event.name == "is_to_run":
            return [event.item - 1, worker]
        return [] if event.name == "close" else [event.item - 1]

    lines = _lines(events, lambda event: event.name, arguments, _Numbers())
    constants: Json = {
        "calls": max(1, *(event.item for event in events if event.name in CALL_STEPS)),
        "threads": threads,
        "queue_max": queue_max,
        "failures_max": sum(event.name == "do_without" for event in events),
        "workers": max(1, *(event.item for event in events if event.name in WORKER_STEPS)),
    }
    return constants, lines


def _lines(
    events: Iterable[RawEvent],
    action: Callable[[RawEvent], str],
    arguments: Callable[[RawEvent], list[Any]],  # Any: JSON values
    strands: _Numbers,
) -> list[Json]:
    return [
        {
            "action": action(event),
            "arguments": arguments(event),
            "strand": strands(event.thread),
            "begin": event.begin,
            "end": event.end,
        }
        for event in events
    ]


class _Numbers:
    """Small numbers in the order of first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}

    def __call__(self, key: tuple[int, int]) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)
