"""The current-thread scheduler: polls ready tasks first in, first out, on the calling thread.

Guarantees: a task is polled only when it is QUEUED, by one thread, and stands in the queue exactly
once; a wake during a poll leads to one more poll; a task that fails never harms another one. After
`limit` polls the loop returns, so that the reactor and other threads' work are visited: a woken
task waits for at most the tasks before it, and for one visit every `limit` polls.

A `KeyboardInterrupt`, `SystemExit` or the like that leaves a task ends the task with it and leaves
`poll_ready` too: the runtime decides what follows. The loop neither waits nor knows the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zokio.core.run_queue import RunQueue
from zokio.core.suspend import AGAIN, WAIT
from zokio.core.task import Task
from zokio.core.task_state import IDLE, QUEUED, RUNNING, RUNNING_WOKEN
from zokio.errors import InternalError
from zokio.scheduler.poller import SEND, Poller


class CurrentThread(Poller):
    """Polls the tasks of one run queue. `report` is told of errors that nobody asked for."""

    __slots__ = ("polls", "queue")

    def __init__(self, queue: RunQueue, report: Callable[[str, BaseException], None]) -> None:
        super().__init__(report)
        self.queue = queue
        self.polls = 0

    def poll_ready(self, limit: int) -> int:
        """Poll ready tasks, `limit` at most; how many were polled.

        Written flat, since this is the loop that every await goes through; the comments name the
        transitions of `zokio.core.task_state`.
        """
        queue = self.queue
        ready = queue.ready
        popleft = ready.popleft
        append = ready.append
        wait, again, send = WAIT, AGAIN, SEND
        polled = 0
        try:
            while polled < limit and ready:
                task = popleft()
                polled += 1
                if task.state is not QUEUED:
                    raise InternalError(f"{task!r} stood in the run queue; expected QUEUED")
                task.state = RUNNING  # spec: begin_poll
                queue.task = task
                try:
                    if task.cancel_requested:
                        signal = self._poll_cancelled(task)
                    else:
                        signal = task.variables.run(send, task.coroutine, None)
                    if signal is not wait and signal is not task and signal is not again:
                        signal = self._refuse(task, signal)
                except StopIteration as stop:
                    self._end_ready(task, stop.value)  # spec: end_ready/end_error
                except BaseException as error:
                    self._end_failed(task, error)  # spec: end_ready/end_error
                else:
                    if signal is again or task.state is RUNNING_WOKEN:
                        task.state = QUEUED  # spec: end_pending/end_again
                        append(task)
                    else:
                        task.state = IDLE  # spec: end_pending/end_again
        finally:
            queue.task = None
            self.polls += polled
        return polled

    def _poll_cancelled(self, task: Task) -> Any:
        """Raise Cancelled at the suspension point, or run to the first one.

        Cancellation is a level and not an edge: the task is owed another poll, in which it is
        raised again, until it has left the cancelled scope.
        """
        task.state = RUNNING_WOKEN  # spec: wake_inside
        return self._raise_cancelled(task)
