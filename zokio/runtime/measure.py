"""The metrics of a runtime, gathered from its organs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zokio.blocking.survey import survey
from zokio.metrics import RuntimeMetrics

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime


def measure(runtime: Runtime) -> RuntimeMetrics:
    """See `Runtime.metrics`."""
    blocking = survey(runtime.blocking)
    return RuntimeMetrics(
        tasks_spawned=runtime.spawned,
        tasks_alive=len(runtime.tasks),
        polls=runtime.scheduler.polls,
        slow_polls=runtime.slow_polls,
        turns=runtime.turns,
        parks=runtime.parks,
        io_wakes=runtime.io_wakes,
        timers_fired=runtime.timers.fired,
        timers_pending=len(runtime.timers),
        ready_length=len(runtime.queue.ready),
        injected_length=len(runtime.queue.injected),
        blocking_pending=len(blocking.running) + len(blocking.waiting),
        blocking_running=len(blocking.running),
        blocking_outside=blocking.outside,
        blocking_threads=blocking.threads,
        blocking_threads_idle=blocking.idle,
    )
