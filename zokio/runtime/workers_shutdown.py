"""The shutdown of a runtime with workers: as `shutdown.py`, but it is the workers that poll.

          RUNNING --shutdown--> CANCELLING --all done, or the time is up--> STOPPING --> CLOSED

Guarantees: it ends within the timeout plus the longest single poll of each worker; afterwards every
task is done and no worker's thread is left. Coroutines that are left are closed on the calling
thread, which acts as a worker meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from zokio.core.current import CURRENT
from zokio.runtime.guest import Guest
from zokio.runtime.interrupt import Interrupts
from zokio.runtime.shutdown import Patience, ShutdownReport, close, drop_all, report

if TYPE_CHECKING:
    from zokio.runtime.workers import WorkersRuntime


def shut_down_workers(runtime: WorkersRuntime, timeout: float) -> ShutdownReport:
    """See `Runtime.shutdown`."""
    patience = Patience(runtime, timeout)
    if runtime.queue.closed:
        return report(runtime, 0, ())
    dropped: list[str] = []
    with runtime.guests.visit(alone=True) as guest:
        ended_before = runtime.spawned - len(runtime.tasks)

        def hurry() -> None:
            patience.end()
            guest.wake()

        try:
            with Interrupts(runtime.queue, hurry, runtime.reactor.bell_fd):
                try:
                    way_out = _cancel_all(runtime, guest, patience)
                finally:
                    runtime.together.stop()
                    runtime.stand_in()
                    _drop_and_refuse(runtime, dropped)
        finally:
            try:
                runtime.together.clear()
                close(runtime)
            finally:
                CURRENT.queue = None
    cancelled = runtime.spawned - ended_before - len(dropped)
    if way_out is not None:
        raise way_out
    runtime.raise_what_left()
    return report(runtime, cancelled, tuple(dropped))


def _cancel_all(runtime: WorkersRuntime, guest: Guest, patience: Patience) -> BaseException | None:
    """Cancel everybody and wait; the first error that left the workers meanwhile."""
    way_out: BaseException | None = None
    with runtime.shared.structure:  # virtual time stands still until everybody has been told
        runtime.closing = True
        patience.begin()
        bell = runtime.timers.insert(patience.deadline_ns, guest.wake)
        for task in list(runtime.tasks.values()):
            task.abort()
    while runtime.tasks and not patience.is_over():
        error = runtime.together.take_error()
        if error is None:
            guest.park()
        else:
            way_out = way_out or error
    runtime.timers.cancel(bell)
    return way_out


def _drop_and_refuse(runtime: WorkersRuntime, dropped: list[str]) -> None:
    """No worker runs any more; other threads may still spawn until the queue is closed."""
    while not runtime.queue.closed:
        dropped.extend(drop_all(runtime))
        with runtime.shared.structure:
            runtime.queue.closed = not runtime.tasks
