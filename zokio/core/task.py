"""A task: one coroutine, its state, and its place in the run queue.

Guarantees: only the owning thread moves the state; a wake from another thread goes through the
injection queue; a done task has let go of its coroutine and its context, and keeps its outcome.
A task is its own waker.

The scheduler polls it; what awaits it is `JoinHandle`; what cancels it is `CancelNode`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context as Variables
from types import CoroutineType
from typing import Any, Final, NewType, Protocol

from zokio.core.cancel import CancelNode
from zokio.core.outcome import Aborted, Failure
from zokio.core.poll import Ready
from zokio.core.run_queue import RunQueue
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN, TaskState
from zokio.core.waker import Context, Waker
from zokio.env.threads import get_ident

TaskId = NewType("TaskId", int)

# The result of a task may be of any type; who awaits it knows which.
Outcome = Ready[Any] | Failure | Aborted


def _forget(_: Task) -> None:
    """What a task without an owner does at its end: nothing."""


class Runs(Protocol):
    """What runs a poll: the task's own context variables, or whoever stands in front of them."""

    # Any: what a poll gives and takes is the task's own.
    def run(self, function: Callable[..., Any], /, *arguments: Any) -> Any:
        """Call it, with the task's context variables in force."""
        ...


LET_GO: Final = Variables()
"""In the place of the context of a task that is done."""


class Task:
    """One coroutine being run. Made by `spawn`; see `JoinHandle` for the side that awaits it."""

    __slots__ = (
        "cancel_requested",
        "context",
        "coroutine",
        "id",
        "joiners",
        "name",
        "on_done",
        "outcome",
        "queue",
        "root",
        "scope",
        "state",
        "variables",
        "wake_injected",
    )

    def __init__(
        self,
        coroutine: CoroutineType[Any, Any, Any],
        queue: RunQueue,
        variables: Variables,
        id: TaskId,
        name: str,
    ) -> None:
        self.coroutine: CoroutineType[Any, Any, Any] | None = coroutine
        self.variables: Runs = variables
        self.queue = queue
        self.id = id
        self.name = name
        self.state: TaskState = QUEUED
        self.cancel_requested = False
        self.wake_injected = False
        self.scope: CancelNode | None = None
        """The innermost cancel scope."""
        self.root: CancelNode | None = None
        """The task's own outermost scope, made when it is first needed."""
        self.context: Context | None = None
        self.joiners: list[Waker] | None = None
        self.outcome: Outcome | None = None
        self.on_done: Callable[[Task], None] = _forget

    def wake(self) -> None:
        """Have the task polled again: see `zokio.core.waker.Waker`."""
        queue = self.queue
        if get_ident() != queue.thread:
            self._wake_from_outside()
        elif self.state is IDLE:  # spec: wake_inside/wake_in_between
            self.state = QUEUED
            queue.ready.append(self)
            if queue.parked:  # spec: wake_in_between, by a signal handler or a finalizer
                queue.unpark()  # spec: wake_in_between
        elif self.state is RUNNING:
            self.state = RUNNING_WOKEN

    def will_wake(self, other: Waker, /) -> bool:
        """Whether `other` wakes this very task."""
        return other is self

    def _wake_from_outside(self) -> None:
        # One entry in the injection queue is enough however many threads wake. The owner clears
        # the flag before it wakes, so a wake that comes later makes an entry of its own.
        if not self.wake_injected:  # spec: wake_outside
            try:
                self.wake_injected = True  # spec: mark
                self.queue.inject(self.wake_injected_now)
            except BaseException:
                # A signal handler has raised, before the push or before the ring; another wake may
                # have found the flag raised and gone home. Carry it out, then let the error go on.
                self.wake_injected = False
                self.queue.inject(self.wake_injected_now)
                raise

    def wake_injected_now(self) -> None:
        """The owner's half of a wake from another thread."""
        self.wake_injected = False  # spec: clear
        self.wake()  # spec: deliver

    def poll_context(self) -> Context:
        """The context that futures awaited by this task are polled with."""
        context = self.context
        if context is None:
            context = self.context = Context(self)
        return context

    def refresh_cancel(self) -> None:
        """Take over what the innermost scope says. A cancelled task is owed a poll."""
        scope = self.scope
        if scope is None or not scope.cancelled:
            self.cancel_requested = False
        elif not self.cancel_requested and self.state is not DONE:
            self.cancel_requested = True
            self.wake()

    def own_root(self) -> CancelNode:
        """The task's own outermost scope; made before the task enters any other scope."""
        if self.root is None:
            self.root = CancelNode()
            self.root.attach(self.scope, self)
            self.scope = self.root
        return self.root

    def abort(self) -> None:
        """Cancel the whole task. From any thread; nothing if it is done."""
        if not self.queue.is_local():
            self.queue.inject(self.abort)  # spec: call_outside
        elif self.state is not DONE:
            self.own_root().cancel()

    def finish(self, outcome: Outcome) -> None:
        """The end: keep the outcome, let go of the rest, tell whoever waits."""
        self.outcome = outcome  # before the state: another thread may ask for it once it is DONE
        self.state = DONE
        self.variables = LET_GO
        self.coroutine = self.context = None
        if self.root is not None:
            self.root.detach()
        self.scope = None
        on_done, self.on_done = self.on_done, _forget  # whoever keeps the task keeps no owner
        try:
            if self.joiners is not None:
                self._wake_joiners()
        finally:
            on_done(self)  # it may want to know whether the task was aborted
            self.root = None

    def _wake_joiners(self) -> None:
        """Wake all of them; a waker which raises, written by a user, keeps no other one asleep."""
        joiners, self.joiners = tuple(self.joiners or ()), None
        for number, waker in enumerate(joiners):
            try:
                waker.wake()
            except BaseException:
                self.joiners = list(joiners[number + 1 :])
                self._wake_joiners()
                raise

    def __repr__(self) -> str:
        return f"<Task {self.id} {self.name} {self.state.value}>"
