"""A child that was forked by a task on a worker: what is left of the runtime, and how it ends.

Of the parent's threads only that worker's is in the child, and the program around `run` is on the
stack of another one. So the child goes on with the task, polls it as long as it does not wait (what
would wait is refused), and then the process ends: with the code of a SystemExit, with a traceback
and 1 for any other error, and with 0 otherwise. Standard output is flushed; what `atexit` holds is
the parent's, and is not called.

Guarantees: no lock is touched that a thread of the parent may have held.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from zokio.core.outcome import Failure
from zokio.core.shared_task import SharedTask
from zokio.core.task_state import DONE, QUEUED
from zokio.env.threads import Lock
from zokio.runtime.guest import Guests

if TYPE_CHECKING:
    from zokio.runtime.workers import WorkersRuntime
    from zokio.scheduler.worker import Worker


def abandon_workers(runtime: WorkersRuntime) -> None:
    """In the child, before anything else of the runtime is touched: no lock is the parent's."""
    worker = runtime.together.here()
    runtime.guests = Guests(runtime)
    runtime.together.abandon()
    for task in runtime.tasks.values():
        if isinstance(task, SharedTask):
            task.lock = Lock()
    if worker is not None:
        polled = worker.task
        runtime.forked_in = worker, polled if isinstance(polled, SharedTask) else None


def end_child(worker: Worker, task: SharedTask | None) -> NoReturn:
    """The worker has ended its poll: the end of the process."""
    code = 1
    try:
        code = _finish(worker, task)
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError, AttributeError):  # closed, or none
                pass
        os._exit(code)


def _finish(worker: Worker, task: SharedTask | None) -> int:
    """Poll the task on as long as it is owed a poll; the code to end with."""
    try:
        while task is not None and task.state is QUEUED:
            worker.queue.clear()
            worker.poll(task)
        if task is not None and task.state is not DONE:
            print(f"{task!r} waits in a forked child, where nobody wakes it", file=sys.stderr)
            return 1
        outcome = None if task is None else task.outcome
        if isinstance(outcome, Failure):
            raise outcome.take()
    except SystemExit as way_out:
        return _code(way_out)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _code(way_out: SystemExit) -> int:
    """As the interpreter does."""
    if way_out.code is None or isinstance(way_out.code, int):
        return (way_out.code or 0) & 0xFF
    print(way_out.code, file=sys.stderr)
    return 1
