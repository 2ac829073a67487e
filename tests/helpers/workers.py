"""Workers driven by hand, on the test's own thread: one step of one of them at a time.

`Workshop` stands in the place of the runtime: its reactor is a list of tasks which the next visit
wakes. A test that lets a worker park alone sets its token before, or the test would sleep.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from types import CoroutineType
from typing import Any, cast

from zokio.core.current import CURRENT
from zokio.core.shared_queue import SharedQueue
from zokio.core.shared_task import SharedTask
from zokio.core.suspend import suspend, yield_now
from zokio.core.task import TaskId
from zokio.scheduler.multi_thread import MultiThread
from zokio.scheduler.numa import NumaPlan, make_plan
from zokio.scheduler.parker import IN_REACTOR, Parker
from zokio.scheduler.worker import Worker

Body = Coroutine[Any, Any, object]


class Workshop:
    """`count` workers without threads."""

    def __init__(
        self,
        count: int,
        event_interval: int = 1_000,
        is_virtual: bool = False,
        plan: NumaPlan | None = None,
    ) -> None:
        self.together = MultiThread(
            count,
            budget=128,
            event_interval=event_interval,
            turn=self._turn,
            ring=lambda: self.rings.append(self.together.is_watched),
            report=lambda name, error: self.reports.append((name, error)),
            has_left=lambda: self.told.append("left"),
            at_rest=lambda: self.told.append("at rest"),
            got_up=lambda: self.told.append("got up"),
            plan=make_plan("off", count) if plan is None else plan,
            is_virtual=is_virtual,
        )
        self.workers = self.together.workers
        self.queue = SharedQueue(
            lambda: None, self.together.schedule, lambda: self.together.here() is not None
        )
        self.events: list[SharedTask] = []
        """Whom the next visit of the reactor wakes."""
        self.turns: list[bool] = []
        """The visits: whether each was allowed to wait."""
        self.rings: list[bool] = []
        self.told: list[str] = []
        """What the runtime was told, in order: "left", "at rest", "got up"."""
        self.reports: list[tuple[str, BaseException]] = []
        self.spawned = 0

    def _turn(self, may_wait: bool) -> None:
        self.turns.append(may_wait)
        events, self.events = self.events, []
        for task in events:
            task.wake()

    def task(self, body: Body, home: int = -1) -> SharedTask:
        """A task that stands nowhere yet."""
        self.spawned += 1
        return SharedTask(
            cast("CoroutineType[Any, Any, Any]", body),
            self.queue,
            copy_context(),
            TaskId(self.spawned),
            f"task-{self.spawned}",
            home,
        )

    def spawn(self, body: Body, home: int = -1) -> SharedTask:
        """A task where a spawn puts it: by the worker that the thread acts as, or from outside."""
        task = self.task(body, home)
        self.together.spawn(task)
        return task

    @contextmanager
    def acting_as(self, number: int) -> Iterator[Worker]:
        """Inside the block the test's thread is the worker of that number."""
        before = CURRENT.queue
        CURRENT.queue = self.workers[number]
        try:
            yield self.workers[number]
        finally:
            CURRENT.queue = before

    def step(self, number: int, times: int = 1) -> None:
        """Let a worker do so many rounds, none of which may sleep on its parker."""
        with self.acting_as(number) as worker:
            for _ in range(times):
                worker.step()

    def close(self) -> None:
        """End what is left without a warning."""
        for worker in self.workers:
            for queue in (worker.queue.ready, worker.queue.slot, worker.queue.pinned):
                _close_all(list(queue))
        _close_all(list(self.together.injection.tasks))
        self.together.clear()


def has_token(parker: Parker) -> bool:
    """Whether somebody has unparked it; the token is taken."""
    if parker.settle(IN_REACTOR):
        parker.clear()
        return False
    return True


async def note(log: list[str], name: str) -> str:
    """A task that says its name."""
    log.append(name)
    return name


async def note_twice(log: list[str], name: str) -> None:
    """It yields in between."""
    log.append(name)
    await yield_now()
    log.append(name)


async def wait_then_note(log: list[str], name: str) -> None:
    """It waits to be woken first."""
    await suspend()
    log.append(name)


def _close_all(tasks: list[SharedTask]) -> None:
    for task in tasks:
        if task.coroutine is not None:
            task.coroutine.close()
