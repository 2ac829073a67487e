"""The machines of Notify, Event and Barrier on the real ones: tasks come, are told, and go on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from spec import barrier, event, notify
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.sync import Barrier, Event, Notify


async def and_away(waiting: Awaitable[object]) -> bool:
    """Wait, and be inside of nothing afterwards."""
    await waiting
    return False


class NotifyAdapter(WaitingAdapter):
    """A Notify."""

    def start(self, state: notify.State) -> None:
        self.notify = Notify()
        queue = self.notify._queue = NotedQueue()
        self.begin_tasks(queue)

    def ask(self, task: int) -> None:
        self.tell(task, lambda: and_away(self.notify.notified()))

    def notify_one(self) -> None:
        with self.runtime.entered():
            self.notify.notify_one()

    def notify_all(self) -> None:
        with self.runtime.entered():
            self.notify.notify_all()

    def abstraction(self) -> notify.State:
        waiters = self.waiters()
        return notify.State(
            kept=self.notify._stored,
            tasks=self.places(),
            by_one=tuple(
                task in waiters and waiters[task].value is True for task in range(self.count)
            ),
        )


class EventAdapter(WaitingAdapter):
    """An Event."""

    def start(self, state: event.State) -> None:
        self.event = Event()
        queue = self.event._queue = NotedQueue()
        self.begin_tasks(queue)

    def ask(self, task: int) -> None:
        self.tell(task, lambda: and_away(self.event.wait()))

    def set(self) -> None:
        with self.runtime.entered():
            self.event.set()

    def clear(self) -> None:
        self.event.clear()

    def abstraction(self) -> event.State:
        return event.State(flag=self.event.is_set(), tasks=self.places())


class BarrierAdapter(WaitingAdapter):
    """A Barrier for so many parties."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, tasks: int, parties: int
    ) -> None:
        super().__init__(make_reactor, tasks)
        self._parties = parties

    def start(self, state: barrier.State) -> None:
        self.barrier = Barrier(self._parties)
        queue = self.barrier._queue = NotedQueue()
        self.begin_tasks(queue)

    async def wait(self, task: int) -> bool:
        """Wait; the last has to be told the last place."""
        told = self.waiters
        place = await self.barrier.wait()
        assert 0 <= place < self._parties and task not in told()
        self.told.append(place)
        return False

    def come(self, task: int) -> None:
        self.told: list[int] = []
        fills = self.barrier.waiting == self._parties - 1 and not self.barrier.is_closed
        self.tell(task, lambda: self.wait(task))
        assert self.told == ([self._parties - 1] if fills else [])

    def close(self) -> None:
        with self.runtime.entered():
            self.barrier.close()

    def poll(self, task: int) -> None:
        self.told = []
        waiter, cancelled = self.waiters()[task], self.places().cancelling[task]
        refused = isinstance(waiter.value, str)
        super().poll(task)
        assert self.told == ([] if cancelled or refused else [waiter.value])

    def abstraction(self) -> barrier.State:
        waiters = self.waiters()
        values = [waiters[task].value if task in waiters else None for task in range(self.count)]
        return barrier.State(
            tasks=self.places(),
            places=tuple(value if isinstance(value, int) else barrier.NO_PLACE for value in values),
            closed=self.barrier.is_closed,
        )
