"""Runtime: one thread that polls tasks, fires timers and waits for descriptors.

    while the root task is not done:
        poll ready tasks, `event_interval` at most          scheduler
        visit the reactor; wait there if nothing is ready   reactor, parked
        take in what other threads injected                 run queue
        fire the timers that are due                        timers

Guarantees: nothing ready means no processor time used; a wake from another thread ends the wait;
a task that fails harms nobody. A `KeyboardInterrupt` or `SystemExit` raised by any task leaves
`block_on`; the other tasks are cancelled and clean up when the runtime is shut down.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from contextvars import copy_context
from functools import partial
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, cast

from zokio.blocking.pool import BlockingPool
from zokio.blocking.survey import survey
from zokio.core.budget import Budget
from zokio.core.cancel import CancelNode
from zokio.core.current import Polling
from zokio.core.join import JoinHandle
from zokio.core.run_queue import RunQueue
from zokio.core.task import Task, TaskId
from zokio.core.task_state import DONE
from zokio.env.threads import get_ident
from zokio.errors import ClosedError, UsageError
from zokio.metrics import RuntimeMetrics
from zokio.reactor.backends import make_reactor
from zokio.reactor.contract import Reactor
from zokio.runtime.awaitable import as_coroutine
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.dump import TaskDump, dump_tasks
from zokio.runtime.entry import Entry
from zokio.runtime.fork import RUNTIMES
from zokio.runtime.interrupt import Interrupts
from zokio.runtime.invariants import check_runtime
from zokio.runtime.measure import measure
from zokio.runtime.report import reporter
from zokio.runtime.shutdown import ShutdownReport, drop, shut_down
from zokio.runtime.watch import place_of_runtime
from zokio.scheduler.current_thread import CurrentThread
from zokio.timers.deadline import NEVER_NS, wait_ns
from zokio.timers.queue import TimerQueue
from zokio.watchdog.process import WATCHER

if TYPE_CHECKING:
    from zokio.runtime.worker_parts import SharedBudget
    from zokio.timers.shared import SharedTimers

T = TypeVar("T")


class Runtime:
    """Runs coroutines. Use it as a context manager, or `shutdown` it.

    Args:
        config: the settings; the defaults if None.
        reactor: a reactor made by hand, for tests; otherwise the one that `config` names.

    Raises:
        UsageError: the platform lacks the reactor.
    """

    structure: AbstractContextManager[bool] | None = None  # of what tasks of several workers share
    placement = "workers=0: tasks run on the thread that calls block_on"  # for people

    def __new__(
        cls, config: RuntimeConfig | None = None, *, reactor: Reactor | None = None
    ) -> Self:
        if not (config or RuntimeConfig()).workers:
            return super().__new__(cls)
        from zokio.runtime.workers import WorkersRuntime  # it is a subclass

        return super().__new__(cast("type[Self]", WorkersRuntime))

    def __init__(
        self, config: RuntimeConfig | None = None, *, reactor: Reactor | None = None
    ) -> None:
        self.config = RuntimeConfig() if config is None else config
        self.reactor = make_reactor(self.config.reactor) if reactor is None else reactor
        self.queue = RunQueue(self.reactor.unpark)
        self.polling: Polling = self.queue  # what streams ask which task of this runtime runs here
        self.report = reporter(self.config.on_task_panic)
        self.scheduler = CurrentThread(self.queue, self.report)
        self.timers: TimerQueue | SharedTimers = TimerQueue()
        self.budget: Budget | SharedBudget = Budget(self.config.budget)
        self.blocking = BlockingPool(
            self.config.blocking_threads,
            self.config.blocking_queue,
            self.config.blocking_keep_alive,
        )
        self.tasks: dict[TaskId, Task] = {}  # every one that is not done
        self.closing = False
        self.turns = self.parks = self.io_wakes = self.spawned = self.slow_polls = 0
        self._next_id, self._entry = count(1).__next__, Entry(self)
        self._forget = self.forget  # bound once, not once for every task
        self.place = place_of_runtime(self, by_hand=reactor is not None)
        RUNTIMES.add(self)

    def spawn(self, coroutine: Awaitable[T], name: str | None = None) -> JoinHandle[T]:
        """Start a task. From any thread.

        Args:
            coroutine: what the task runs.
            name: for reports and dumps; the coroutine's qualified name if None.

        Raises:
            NotAwaitableError: `coroutine` is nothing that can be awaited.
            ClosedError: the runtime was shut down.
        """
        return JoinHandle(self.start_task(coroutine, name, self._forget, "spawn"))

    def start_task(
        self,
        awaitable: Awaitable[object],
        name: str | None,
        on_done: Callable[[Task], None],
        who: str,
        scope: CancelNode | None = None,
    ) -> Task:
        """A new task at the end of the run queue; `on_done` has to end in `forget`.

        It is cancelled with `scope` if there is one, and by a shutdown of the runtime otherwise.
        """
        coroutine = as_coroutine(awaitable, who)
        if self.queue.closed:
            coroutine.close()
            raise ClosedError(f"{who}: the runtime was shut down; make a new one")
        title = coroutine.__qualname__ if name is None else name
        task = Task(coroutine, self.queue, copy_context(), TaskId(self._next_id()), title)
        task.on_done = on_done
        if scope is not None:
            scope.add_member(task)
        if get_ident() == self.queue.thread:
            self._adopt(task)  # spec: spawn_inside
        else:
            self._hand_in(task)  # spec: spawn_outside
        return task

    def _hand_in(self, task: Task) -> None:
        """From another thread."""
        self.queue.inject(partial(self._adopt, task))
        if self.queue.closed:  # since we looked: nobody takes it in any more
            self._adopt(task)

    def _adopt(self, task: Task) -> None:
        if self.queue.closed:
            drop(self, task)
            return
        self.tasks[task.id] = task
        self.spawned += 1
        self.queue.ready.append(task)  # spec: adopt
        if self.queue.parked:  # a finalizer, in the middle of the wait
            self.queue.unpark()
        if self.closing and task.scope is None:
            task.abort()

    def forget(self, task: Task) -> None:
        """The task is done: the runtime needs it no more."""
        self.tasks.pop(task.id, None)

    def block_on(self, coroutine: Awaitable[T]) -> T:
        """Run a coroutine to its end; other tasks run meanwhile, and pause when it ends.

        On the main thread a SIGINT cancels the coroutine, and when its cleanup has ended
        KeyboardInterrupt is raised; a second SIGINT raises it at once.

        Raises:
            NestedRuntimeError: a runtime is running on this thread already.
            BusyError: another thread runs this runtime.
            ClosedError: the runtime was shut down.
            AbortedError: the coroutine's task was aborted.
            BaseException: whatever the coroutine raised.
        """
        root = as_coroutine(coroutine, "block_on")
        started = False
        try:
            with self.entered():
                task = self.start_task(root, None, self.forget, "block_on")
                started = True
                with Interrupts(self.queue, task.abort, self.reactor.bell_fd):
                    self.run_until(lambda: task.state is DONE)
                    return JoinHandle[T](task).result()
        finally:
            if not started:
                root.close()

    def step(self) -> bool:
        """One scheduling step without waiting: visit the reactor and the timers, poll one task.

        Returns:
            False when nothing was ready.
        """
        with self.entered():
            self.turn(may_wait=False)
            return self.scheduler.poll_ready(1) == 1

    def run_until(self, is_over: Callable[[], bool]) -> None:
        """Poll and turn until `is_over` says so. The calling thread is inside `entered`."""
        interval = self.config.event_interval
        poll_ready = self.scheduler.poll_ready
        while True:
            poll_ready(interval)
            if is_over():
                return
            self.turn(may_wait=True)

    def turn(self, may_wait: bool) -> None:
        """Visit the reactor, the other threads' work and the timers; wait if nothing is ready."""
        self.turns, queue = self.turns + 1, self.queue
        if may_wait and not queue.ready and not queue.injected:  # spec: look
            batch = self._park()
        else:
            batch = self.reactor.wait(0)  # spec: visit
        if batch:
            self.io_wakes += len(batch)
            queue.wake_batch(batch)
        if queue.injected:  # spec: take_in
            queue.drain_injected()
        if self.timers.heap:
            self.timers.expire(self.reactor.now_ns())

    def _park(self) -> list[Task]:
        """Wait for an event, the next timer, or the bell.

        Announce first and look once more afterwards: whoever injects in between either is seen
        here or sees `parked` and rings. So does a wake on this very thread, by a signal handler
        or a finalizer.
        """
        self.parks += 1
        queue = self.queue
        queue.parked = True  # spec: announce
        try:
            if queue.injected or queue.ready:  # spec: recheck
                return self.reactor.wait(0)  # spec: visit
            return self.reactor.wait(self._time_to_next_timer_ns())  # spec: sleep/get_up
        finally:
            queue.parked = False  # spec: unannounce
            if WATCHER.asleep and self.place is not None:
                WATCHER.rouse()

    def _time_to_next_timer_ns(self) -> int | None:
        deadline_ns = self.timers.next_deadline_ns() if self.timers.heap else None
        if deadline_ns is None or deadline_ns == NEVER_NS:
            return None
        return wait_ns(deadline_ns, self.reactor.now_ns())

    def entered(self) -> Entry:
        """The calling thread runs this runtime inside the block."""
        return self._entry

    def metrics(self) -> RuntimeMetrics:
        """The counters. From any thread, then possibly a moment old.

        Raises:
            UsageError: the runtime was made with metrics=False.
        """
        if not self.config.metrics:
            raise UsageError("this runtime keeps no metrics; use RuntimeConfig(metrics=True)")
        return measure(self)

    def dump(self) -> TaskDump:
        """Every task that is not done, with where it waits, and the blocking calls."""
        return dump_tasks(list(self.tasks.values()), survey(self.blocking))

    def shutdown(self, timeout: float | None = None) -> ShutdownReport:
        """Cancel every task, let it clean up, drop what is left, and close everything.

        Args:
            timeout: seconds for the cleanup; `RuntimeConfig.shutdown_timeout` if None.

        Raises:
            NestedRuntimeError: called from inside a running runtime.
            BusyError: another thread is running this runtime.
            ValueError: `timeout` is negative or not a number.
        """
        return shut_down(self, self.config.shutdown_timeout if timeout is None else timeout)

    def check_invariants(self) -> None:
        """Assert everything that must hold between two steps."""
        check_runtime(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()
