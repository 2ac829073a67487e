"""zokio: an async runtime whose scheduler is specified and model-checked.

import zokio

async def main():
    async with zokio.TaskGroup() as group:
        group.spawn(zokio.sleep(1))
        group.spawn(zokio.sleep(1))

zokio.run(main())
"""

from typing import TYPE_CHECKING

from zokio import dns as dns
from zokio import net as net
from zokio import sync as sync
from zokio import time as time
from zokio.core import task_state as _task_state
from zokio.core.future import Future, poll_fn
from zokio.core.join import JoinHandle
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.waker import Context, Waker
from zokio.errors import (
    AbortedError,
    BrokenError,
    BusyError,
    Cancelled,
    ClosedError,
    InternalError,
    LimitError,
    UsageError,
)
from zokio.metrics import RuntimeMetrics, WorkerMetrics
from zokio.runtime.blocking import spawn_blocking
from zokio.runtime.combine import join, select
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.dump import TaskDump
from zokio.runtime.group import TaskGroup
from zokio.runtime.join_set import JoinSet
from zokio.runtime.results import as_completed, map_bounded
from zokio.runtime.run import run
from zokio.runtime.runtime import Runtime
from zokio.runtime.scope import CancelScope
from zokio.runtime.shutdown import ShutdownReport
from zokio.runtime.spawn import current_task, spawn, spawn_local, yield_now
from zokio.runtime.starting import TASK_STATUS_IGNORED, TaskStatus
from zokio.runtime.token import CancellationToken
from zokio.runtime.tracker import TaskTracker
from zokio.time import move_on_after, sleep, timeout

if TYPE_CHECKING:
    from types import ModuleType

    from zokio import http as http
else:

    def __getattr__(name: str) -> "ModuleType":
        """`zokio.http`, which needs the extra `http`, is imported when it is first asked for."""
        if name == "http":
            from importlib import import_module

            return import_module("zokio.http")
        raise AttributeError(f"module 'zokio' has no attribute {name!r}")


compiled: bool = not (_task_state.__file__ or "").endswith(".py")
"""Whether the kernel modules were compiled; the same files, interpreted, otherwise."""

__version__ = "0.1.0"

__all__ = [
    "PENDING",
    "TASK_STATUS_IGNORED",
    "AbortedError",
    "BrokenError",
    "BusyError",
    "CancelScope",
    "CancellationToken",
    "Cancelled",
    "ClosedError",
    "Context",
    "Future",
    "InternalError",
    "JoinHandle",
    "JoinSet",
    "LimitError",
    "Poll",
    "Ready",
    "Runtime",
    "RuntimeConfig",
    "RuntimeMetrics",
    "ShutdownReport",
    "TaskDump",
    "TaskGroup",
    "TaskStatus",
    "TaskTracker",
    "UsageError",
    "Waker",
    "WorkerMetrics",
    "as_completed",
    "compiled",
    "current_task",
    "dns",
    "join",
    "map_bounded",
    "move_on_after",
    "net",
    "poll_fn",
    "run",
    "select",
    "sleep",
    "spawn",
    "spawn_blocking",
    "spawn_local",
    "sync",
    "time",
    "timeout",
    "yield_now",
]
