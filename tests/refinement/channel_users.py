"""The users of a channel as real tasks in one run queue, polled one at a time.

What an adapter of a channel stands on: it says in `work` what a user does, and adds the actions
and variables of its own machine.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from inspect import CORO_CREATED, getcoroutinestate
from typing import Any

from spec import channel_users
from spec.channel_users import AWAY, CANCELLED, FAILED, NEW, NOTHING, WAITING, Users
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.task import Task, TaskId
from zokio.core.wait_queue import CLOSED, GRANTED, Waiter, WaiterState, WaitQueue
from zokio.errors import ClosedError
from zokio.runtime.runtime import Runtime

TOLD: dict[WaiterState, str] = {GRANTED: channel_users.GRANTED, CLOSED: channel_users.CLOSED}


class ChannelUsers(ABC):
    """`count` users; `work` says what one does, and `note` is called with what it came to."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], count: int) -> None:
        self._make_reactor = make_reactor
        self.count = count

    def start(self, state: tuple[Hashable, ...]) -> None:
        self.runtime = Runtime(reactor=self._make_reactor())
        self.ids: list[TaskId | None] = [None] * self.count
        self.ends: dict[int, str] = {}
        self.open()

    @abstractmethod
    def open(self) -> None:
        """Make a fresh channel."""

    @abstractmethod
    async def work(self, user: int) -> str:
        """What the user does; how it ends, if well."""

    async def _user(self, user: int) -> None:
        try:
            self.ends[user] = await self.work(user)
        except ClosedError:
            self.ends[user] = FAILED

    # Actions

    def begin(self, user: int) -> None:
        self.ids[user] = self.runtime.spawn(self._user(user)).id

    def poll(self, user: int) -> None:
        with self.runtime.entered():
            assert self.runtime.scheduler.poll_ready(1) == 1

    def cancel(self, user: int) -> None:
        with self.runtime.entered():
            self.task(user).abort()

    def wake_for_no_reason(self, user: int) -> None:
        with self.runtime.entered():
            self.task(user).wake()

    def stop(self) -> None:
        self.runtime.shutdown(0)

    # What the runtime's state means

    def task(self, user: int) -> Task:
        number = self.ids[user]
        assert number is not None
        return self.runtime.tasks[number]

    def living(self, user: int) -> Task | None:
        number = self.ids[user]
        return None if number is None else self.runtime.tasks.get(number)

    def users(self) -> Users:
        everybody = range(self.count)
        return Users(
            queue=tuple(self.ids.index(task.id) for task in self.runtime.queue.ready),
            at=tuple(map(self.state_of, everybody)),
            told=tuple(map(self.told, everybody)),
            cancelling=tuple(map(self.is_cancelling, everybody)),
        )

    def state_of(self, user: int) -> str:
        if self.ids[user] is None:
            return AWAY
        task = self.living(user)
        if task is None:
            return self.ends.get(user, CANCELLED)
        assert task.coroutine is not None
        return NEW if getcoroutinestate(task.coroutine) == CORO_CREATED else WAITING

    def told(self, user: int) -> str:
        waiter = self.waiter_of(user)
        return NOTHING if waiter is None else TOLD.get(waiter.state, NOTHING)

    def is_cancelling(self, user: int) -> bool:
        task = self.living(user)
        return task is not None and task.root is not None and task.root.cancel_called

    def waiter_of(self, user: int) -> Waiter[Any] | None:
        """The waiter that the user's coroutine awaits now."""
        task = self.living(user)
        return None if task is None else waiter_in(task.coroutine)

    def line(self, queue: WaitQueue[Any]) -> tuple[int, ...]:
        """Who stands in a queue."""
        standing = []
        waiter = queue.first
        while waiter is not None:
            standing.append(self.ids.index(waiter.waker.id))
            waiter = waiter.next
        return tuple(standing)


def waiter_in(awaited: Any) -> Waiter[Any] | None:
    """The waiter at the bottom of what a coroutine awaits: a local variable of its last frame."""
    waiter = None
    while awaited is not None:
        frame = getattr(awaited, "cr_frame", None) or getattr(awaited, "gi_frame", None)
        for name in ("self", "waiter"):
            found = frame.f_locals.get(name) if frame is not None else None
            waiter = found if isinstance(found, Waiter) else waiter
        awaited = getattr(awaited, "cr_await", None) or getattr(awaited, "gi_yieldfrom", None)
    return waiter
