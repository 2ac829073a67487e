"""RuntimeConfig: how a runtime is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zokio.errors import UsageError
from zokio.reactor.backends import REACTORS
from zokio.scheduler.numa import NUMA_POLICIES

WORKERS_MAX = 1024
"""More than any machine has processors, and fewer than a slip of the keyboard would give."""


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


@dataclass(frozen=True, slots=True)
class RuntimeConfig:
    """The settings of a runtime; every one is checked when the object is made.

    Attributes:
        workers: threads that poll tasks; 0 polls them on the calling thread.
        blocking_threads: threads for `spawn_blocking`, at the most; made when needed.
        blocking_queue: blocking calls that may wait for a thread; the tasks of further ones wait
            for room.
        blocking_keep_alive: seconds that a thread for blocking calls waits for another one before
            it ends; `math.inf` for ever.
        budget: operations that may complete without waiting before one yields to other tasks.
        reactor: "auto", "epoll", "kqueue", "poll", "select", "portable" or "simulated".
        numa: "auto" (workers steal first from those last seen on their own NUMA node), "pin"
            (each worker is bound to a CPU, and so is what it starts), or "off"; it concerns worker
            threads, so with workers=0 it changes nothing.
        metrics: whether `Runtime.metrics()` may be asked.
        on_task_panic: called with the task's name and its error, instead of the report through
            `logging`, when a task failed and nobody asked for its result.
        event_interval: polls between two visits to the reactor while tasks are ready.
        slow_poll_threshold: seconds after which a poll that still goes on is logged and counted;
            0 or None for no such watch.
        shutdown_timeout: seconds that cancelled tasks get for their cleanup before a shutdown
            drops them, unless `shutdown` is told otherwise.

    Raises:
        UsageError: a setting is out of its range.
    """

    workers: int = 0
    blocking_threads: int = 64
    blocking_queue: int = 1024
    blocking_keep_alive: float = 10.0
    budget: int = 128
    reactor: str = "auto"
    numa: str = "auto"
    metrics: bool = True
    on_task_panic: Callable[[str, BaseException], None] | None = None
    event_interval: int = 61
    slow_poll_threshold: float | None = 0.1
    shutdown_timeout: float = 10.0

    def __post_init__(self) -> None:
        self._check_workers()
        for name in ("blocking_threads", "blocking_queue", "budget", "event_interval"):
            self._check(name, _is_whole(getattr(self, name)), "be a whole number")
            self._check(name, getattr(self, name) >= 1, "be at least 1")
        self._check("reactor", self.reactor in REACTORS, f"be one of {', '.join(REACTORS)}")
        self._check("numa", self.numa in NUMA_POLICIES, f"be one of {', '.join(NUMA_POLICIES)}")
        self._check("metrics", isinstance(self.metrics, bool), "be True or False")
        self._check(
            "on_task_panic",
            self.on_task_panic is None or callable(self.on_task_panic),
            "be None or a function (name, error)",
        )
        for name in ("blocking_keep_alive", "shutdown_timeout"):
            duration = _is_duration(getattr(self, name))
            self._check(name, duration, "be a number of seconds, 0 or more")
        self._check(
            "slow_poll_threshold",
            self.slow_poll_threshold is None or _is_duration(self.slow_poll_threshold),
            "be None, or a number of seconds, 0 or more",
        )

    def _check_workers(self) -> None:
        self._check("workers", _is_whole(self.workers), "be a whole number")
        self._check("workers", self.workers >= 0, "be 0 or more")
        self._check("workers", self.workers <= WORKERS_MAX, f"be {WORKERS_MAX} at the most")

    def _check(self, name: str, holds: bool, rule: str) -> None:
        if not holds:
            raise UsageError(f"RuntimeConfig({name}={getattr(self, name)!r}): it must {rule}")
