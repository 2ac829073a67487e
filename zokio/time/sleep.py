"""sleep and sleep_until: suspend until the reactor's clock has reached an instant."""

from __future__ import annotations

from zokio.core.current import current_task
from zokio.core.suspend import suspend, yield_now
from zokio.env.clock import SECOND_NS
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.timers.deadline import deadline_after, duration_ns
from zokio.timers.queue import PENDING


def now() -> float:
    """The running runtime's clock in seconds; only differences mean anything.

    Raises:
        NoRuntimeError: no runtime is running on this thread.
    """
    return current_runtime().reactor.now_ns() / SECOND_NS


async def sleep(seconds: float) -> None:
    """Suspend for `seconds`, never less. 0 lets the other ready tasks run once.

    Args:
        seconds: 0 or more; `math.inf` waits until it is cancelled.

    Raises:
        ValueError: it is negative or not a number.
    """
    duration = duration_ns(seconds)
    if duration == 0:
        await yield_now()
        return
    runtime = current_runtime()
    timers = runtime.timers
    # As `_until`, in line: one coroutine less for each of a hundred thousand sleepers.
    deadline_ns = deadline_after(runtime.reactor.now_ns(), duration)
    timer = timers.insert(deadline_ns, current_task().wake)
    try:
        while timer.state is PENDING:
            await suspend()
    finally:
        timers.cancel(timer)


async def sleep_until(instant: float) -> None:
    """Suspend until `now()` is `instant` or later; if it is already, let other tasks run once.

    Args:
        instant: in seconds of `now()`.

    Raises:
        ValueError: it is negative or not a number.
    """
    await sleep_until_ns(duration_ns(instant))


async def sleep_until_ns(deadline_ns: int) -> None:
    """`sleep_until` in integer nanoseconds of the reactor's clock."""
    runtime = current_runtime()
    if deadline_ns <= runtime.reactor.now_ns():
        await yield_now()
    else:
        await _until(runtime, deadline_ns)


async def _until(runtime: Runtime, deadline_ns: int) -> None:
    """Suspend until the deadline, which is to come."""
    timer = runtime.timers.insert(deadline_ns, current_task().wake)
    try:
        while timer.state is PENDING:
            await suspend()
    finally:
        runtime.timers.cancel(timer)
