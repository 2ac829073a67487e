"""A task that any worker may poll: each transition is made under the task's own lock.

The same transitions as `zokio.core.task_state` lists. Between two polls a task belongs to whoever
takes it from a queue, so it may go on in another thread after each suspension; its context
variables go with it.

Two locks: the task's own guards its state, and under it there are reads and writes of attributes
and no calls, so that neither a signal handler nor a finalizer can come in between. The structure
lock of the runtime guards what tasks share, and the end of a task; no code of users runs under it,
but for finalizers and the wakers that they write for timers.
"""

from __future__ import annotations

from contextvars import Context as Variables
from types import CoroutineType
from typing import Any

from zokio.core.shared_queue import SharedQueue
from zokio.core.task import LET_GO, Outcome, Task, TaskId, _forget
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN
from zokio.env.threads import Lock
from zokio.errors import InternalError


class SharedTask(Task):
    """See the head of this file, and `Task`."""

    __slots__ = ("home", "lock", "shared")

    def __init__(
        self,
        coroutine: CoroutineType[Any, Any, Any],
        queue: SharedQueue,
        variables: Variables,
        id: TaskId,
        name: str,
        home: int = -1,
    ) -> None:
        super().__init__(coroutine, queue, variables, id, name)
        self.shared = queue
        self.home = home
        """The number of the worker that it is pinned to; -1: none."""
        self.lock = Lock()
        # Made at once: two workers that begin to wait for the task must find the same list. Whoever
        # adds a waker looks at the outcome afterwards, and that is set before the wakers are woken.
        self.joiners = []

    def wake(self) -> None:
        """Have the task polled again, from any thread: see `zokio.core.waker.Waker`."""
        with self.lock:
            state = self.state
            if state is IDLE:
                self.state = QUEUED
            elif state is RUNNING:
                self.state = RUNNING_WOKEN
        if state is IDLE:
            self.shared.schedule(self)

    def begin_poll(self) -> None:
        """A worker has taken it from a queue.

        Raises:
            InternalError: it is not QUEUED.
        """
        with self.lock:
            state = self.state
            if state is QUEUED:
                self.state = RUNNING
        if state is not QUEUED:
            raise InternalError(f"{self!r} stood in a queue of the workers; expected QUEUED")

    def end_pending(self, again: bool) -> bool:
        """The poll came back with PENDING; True: the worker has to queue it again.

        `again`: it has woken itself. After a False it is out of the worker's hands: another one
        may be polling it already.
        """
        with self.lock:
            if again or self.state is RUNNING_WOKEN:
                self.state = QUEUED
                return True
            self.state = IDLE
            return False

    def abort(self) -> None:
        """Cancel the whole task. From any thread; nothing if it is done."""
        with self.shared.structure:
            if self.state is not DONE:
                self.own_root().cancel()

    def finish(self, outcome: Outcome) -> None:
        """The end: see `Task.finish`. What it lets go of may have finalizers: those run at last."""
        let_go = (self.variables, self.coroutine, self.context)
        with self.shared.structure:
            self.outcome = outcome
            with self.lock:
                self.state = DONE
            self.variables = LET_GO
            self.coroutine = self.context = None
            if self.root is not None:
                self.root.detach()
            self.scope = None
            on_done, self.on_done = self.on_done, _forget
            try:
                on_done(self)
            finally:
                self.root = None
        if self.joiners:
            self._wake_joiners()
        del let_go
