"""The runtime on several workers: `Runtime(RuntimeConfig(workers=N))` is one of these.

        a thread in block_on ---- waits for the end of its root task
        zokio-worker-0 ... N-1 -- poll tasks; one of those that sleep waits in the reactor
        any other thread -------- spawns, wakes, aborts

Guarantees: as `Runtime`, with these differences. The workers start with the first task and run
until the shutdown, so tasks go on between two `block_on`s. Any number of threads may be inside
`block_on`. Tasks move between the workers at any suspension, except those of `spawn_local`. A
KeyboardInterrupt or SystemExit that a task raises leaves `block_on` in one of the threads that are
in it, or else in the next one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import copy_context
from dataclasses import replace
from types import CoroutineType
from typing import Any, NoReturn, TypeVar

from zokio.core.cancel import CancelNode
from zokio.core.current import CURRENT
from zokio.core.join import JoinHandle
from zokio.core.outcome import ABORTED
from zokio.core.poll import PENDING
from zokio.core.shared_queue import SharedQueue
from zokio.core.shared_task import SharedTask
from zokio.core.task import Task, TaskId
from zokio.core.waker import Context
from zokio.errors import ClosedError, UsageError
from zokio.metrics import RuntimeMetrics
from zokio.reactor.contract import Reactor
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.awaitable import as_coroutine
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.guest import Guest, Guests
from zokio.runtime.interrupt import Interrupts
from zokio.runtime.runtime import Runtime
from zokio.runtime.shutdown import ShutdownReport
from zokio.runtime.watch import places_of_workers
from zokio.runtime.worker_parts import SharedBudget, SharedPolling, measure_worker
from zokio.runtime.worker_threads import got_up, start_workers
from zokio.runtime.workers_invariants import check_workers_runtime
from zokio.runtime.workers_shutdown import shut_down_workers
from zokio.scheduler.multi_thread import MultiThread
from zokio.scheduler.numa import make_plan
from zokio.scheduler.rest import is_at_rest
from zokio.scheduler.worker import Worker
from zokio.timers.shared import SharedTimers

T = TypeVar("T")


class WorkersRuntime(Runtime):
    """See the head of this file. Made by `Runtime`."""

    def __init__(
        self, config: RuntimeConfig | None = None, *, reactor: Reactor | None = None
    ) -> None:
        settings = config or RuntimeConfig()
        plan = make_plan(settings.numa, settings.workers)  # first: it may refuse
        super().__init__(config, reactor=reactor)
        self.placement = plan.text
        self.is_virtual = isinstance(self.reactor, SimulatedReactor)
        self.together = MultiThread(
            self.config.workers,
            budget=self.config.budget,
            event_interval=self.config.event_interval,
            turn=self.turn,
            ring=self.reactor.unpark,
            report=self.report,
            has_left=self._wake_guests,
            at_rest=lambda: self.guests.wake_onlookers(),
            got_up=lambda: got_up(self),
            plan=plan,
            is_virtual=self.is_virtual,
        )
        self.shared = SharedQueue(self.reactor.unpark, self.together.schedule, self._is_worker)
        self.queue = self.shared
        self.structure = self.shared.structure
        self.timers = SharedTimers(self.structure, self._is_earlier)
        self.budget = SharedBudget(self.together, self.config.budget)
        self.polling = SharedPolling(self.together)
        self.guests = Guests(self)
        self.place = None  # of one thread; the workers have these:
        self.places = places_of_workers(self, by_hand=reactor is not None)
        self.signals_seen = 0
        self.has_started = False
        self.forked_in: tuple[Worker, SharedTask | None] | None = None
        """In a child that a worker has forked: the worker and its task."""

    # The workers' side.

    def turn(self, may_wait: bool) -> None:
        """Visit the reactor and the timers; the worker which does gathers whom they wake."""
        batch = self._jump() if self.is_virtual and may_wait else self._wait(may_wait)
        if self.reactor.signals != self.signals_seen:  # the main thread runs handlers, once awake
            self.signals_seen = self.reactor.signals
            self._wake_guests()
        self.io_wakes += len(batch)
        self.queue.wake_batch(batch)
        if self.timers.heap:
            self.timers.expire(self.reactor.now_ns())

    def _wait(self, may_wait: bool) -> list[Task]:
        return self.reactor.wait(self._time_to_next_timer_ns() if may_wait else 0)

    def _jump(self) -> list[Task]:
        """Virtual time goes on only while every worker sleeps and nobody is about to wake one.

        They did when the worker came here; another thread may have sent a task since.
        """
        with self.shared.structure:
            timeout_ns = self._time_to_next_timer_ns() if is_at_rest(self.together) else 0
            if timeout_ns is not None:
                return self.reactor.wait(timeout_ns)
        assert isinstance(self.reactor, SimulatedReactor)
        self.reactor.threads = self.config.workers + self.guests.waiting
        return self.reactor.wait(None)

    def _is_earlier(self) -> None:
        """A new timer comes before all others: whoever waits in the reactor waits too long."""
        if self.together.is_watched:
            self.reactor.unpark()

    def _is_worker(self) -> bool:
        return self.together.here() is not None

    def _wake_guests(self) -> None:
        self.guests.wake_all()

    # Everybody's side.

    def start_task(
        self,
        awaitable: Awaitable[object],
        name: str | None,
        on_done: Callable[[Task], None],
        who: str,
        scope: CancelNode | None = None,
        home: int = -1,
    ) -> Task:
        """See `Runtime.start_task`; `home` is the worker that the task is pinned to."""
        task = self.make_task(awaitable, name, on_done, who, scope, home)
        self.together.spawn(task)
        return task

    def make_task(
        self,
        awaitable: Awaitable[object],
        name: str | None,
        on_done: Callable[[Task], None],
        who: str,
        scope: CancelNode | None = None,
        home: int = -1,
    ) -> SharedTask:
        """A new task that stands in no queue yet."""
        coroutine = as_coroutine(awaitable, who)
        with self.shared.structure:
            if self.queue.closed:
                coroutine.close()
                raise ClosedError(f"{who}: the runtime was shut down; make a new one")
            if not self.has_started:
                self._start(coroutine)
            task = SharedTask(
                coroutine,
                self.shared,
                copy_context(),
                TaskId(self._next_id()),
                coroutine.__qualname__ if name is None else name,
                home,
            )
            task.on_done = on_done
            if scope is not None:
                scope.add_member(task)
            self.tasks[task.id] = task
            self.spawned += 1
            if self.closing and scope is None:
                task.abort()
        return task

    def _start(self, first: CoroutineType[Any, Any, object]) -> None:
        try:
            start_workers(self)
        except BaseException:
            first.close()
            raise
        self.has_started = True

    def spawn_local(self, coroutine: Awaitable[T], name: str | None = None) -> JoinHandle[T]:
        """See `zokio.spawn_local`."""
        worker = self.together.here()
        home = -1 if worker is None else worker.number
        return JoinHandle(self.start_task(coroutine, name, self._forget, "spawn_local", home=home))

    def forget(self, task: Task) -> None:
        """The task is done: the runtime needs it no more."""
        super().forget(task)
        if self.closing and not self.tasks:
            self.guests.wake_all()

    def block_on(self, coroutine: Awaitable[T]) -> T:
        """See `Runtime.block_on`; the calling thread waits, the workers poll."""
        root = as_coroutine(coroutine, "block_on")
        task: SharedTask | None = None
        started = False
        try:
            with self.guests.visit() as guest:
                guest.root = task = self.make_task(root, None, self.forget, "block_on")
                # It begins when SIGINT is caught, for the workers begin with it at once.
                with Interrupts(self.queue, task.abort, self.reactor.bell_fd):
                    started = True
                    self.together.spawn(task)
                    return self._wait_for(JoinHandle[T](task), guest)
        finally:
            if not started:
                root.close()
                if task is not None:
                    task.finish(ABORTED)

    def _wait_for(self, handle: JoinHandle[T], guest: Guest) -> T:
        cx = Context(guest)
        while True:
            self.raise_what_left()
            try:
                answer = handle.poll(cx)
            except BaseException as error:
                self.together.drop_error(error)  # a SystemExit of the root itself has left, too
                raise
            if answer is not PENDING:
                return answer.value
            guest.park()

    def raise_what_left(self) -> None:
        """Raise the oldest error that left the workers and reached nobody yet."""
        error = self.together.take_error()
        if error is not None:
            raise error

    def step(self) -> NoReturn:
        """Refused: the workers take the steps.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"step() of a runtime with workers={self.config.workers}: its workers poll by "
            "themselves; use RuntimeConfig(workers=0) to take single steps"
        )

    def metrics(self) -> RuntimeMetrics:
        """See `Runtime.metrics`: sums over the workers, and each on its own."""
        workers = tuple(measure_worker(worker) for worker in self.together.workers)
        return replace(
            super().metrics(),
            polls=sum(worker.polls for worker in workers),
            turns=sum(worker.turns for worker in workers),
            parks=sum(worker.parks for worker in workers),
            ready_length=sum(worker.ready_length for worker in workers),
            injected_length=len(self.together.injection),
            workers=workers,
        )

    def shutdown(self, timeout: float | None = None) -> ShutdownReport:
        """See `Runtime.shutdown`; all workers have ended when it returns."""
        seconds = self.config.shutdown_timeout if timeout is None else timeout
        return shut_down_workers(self, seconds)

    def check_invariants(self) -> None:
        """See `Runtime.check_invariants`. It waits until every worker sleeps.

        Raises:
            UsageError: called in a task.
        """
        check_workers_runtime(self)

    def stand_in(self) -> None:
        """The workers have stopped: the calling thread acts as one, to clean up after them."""
        CURRENT.queue = self.together.workers[0]
