"""One worker: polls tasks of its own queue, looks for others, and sleeps when there are none.

        step:  next_task ----------------------------------------> poll
                  | nothing                                         ^
                  v                                                 |
               search: injection queue, half of a victim's queue ---+
                  | nothing
                  v
               park: announce, look once more, then wait in the reactor if nobody does, or else
                     on the own parker

Every `INJECTION_INTERVAL` takes the injection queue is looked at first, so that own work never
starves it; every `event_interval` polls the reactor is visited, by whoever finds it free.

Guarantees: a task in a worker's hands is in no queue. Whoever gives up searching because it has
found something, and was the last one to search, wakes another worker; so does whoever leaves the
reactor with work: as long as one worker sleeps, one waits in the reactor or is on its way there.

One thread calls `step`. What others call: `unpark`, and `steal` of the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from zokio.core.budget import Budget
from zokio.core.shared_task import SharedTask
from zokio.core.suspend import AGAIN, WAIT
from zokio.scheduler.parker import IN_REACTOR, Parker
from zokio.scheduler.poller import SEND, Poller
from zokio.scheduler.stealing_queue import StealingQueue

if TYPE_CHECKING:
    from zokio.core.task import Task
    from zokio.scheduler.multi_thread import MultiThread

INJECTION_INTERVAL: Final = 31


class Worker(Poller):
    """See the head of this file. Made by `MultiThread`."""

    __slots__ = (
        "batch",
        "batched",
        "batches",
        "bit",
        "budget",
        "injected_first",
        "injected_taken",
        "left",
        "left_until_visit",
        "number",
        "parker",
        "parks",
        "polls",
        "queue",
        "searches",
        "searches_refused",
        "searching",
        "steals",
        "stolen",
        "task",
        "ticks",
        "together",
        "turns",
        "unparks",
    )

    def __init__(
        self,
        number: int,
        together: MultiThread,
        budget: int,
        report: Callable[[str, BaseException], None],
    ) -> None:
        super().__init__(report)
        self.number = number
        self.bit = 1 << number
        self.together = together
        self.queue = StealingQueue()
        self.parker = Parker()
        self.budget = Budget(budget)
        self.task: Task | None = None
        """The task that is being polled now."""
        self.batch: list[SharedTask] | None = None
        """During a visit to the reactor: whom it wakes."""
        self.searching = False
        self.left: BaseException | None = None
        """The error that a task has raised on: it is kept already for whoever runs all this."""
        self.ticks = 0
        self.left_until_visit = together.event_interval
        self.polls = self.searches = self.steals = self.stolen = 0
        self.injected_taken = self.parks = self.unparks = self.turns = 0
        self.batches = self.batched = self.injected_first = self.searches_refused = 0

    def step(self) -> None:
        """One round: poll a task, or search for one, or sleep."""
        task = self.next_task() or self.search()
        if task is None:
            self.park()
            return
        if self.searching:
            self.stop_searching()
        self.poll(task)
        self.left_until_visit -= 1
        if self.left_until_visit <= 0:
            self.visit()

    def next_task(self) -> SharedTask | None:
        """From the own queue; from the injection queue if it is its turn, or nothing is left."""
        self.ticks += 1
        if self.ticks >= INJECTION_INTERVAL:
            self.ticks = 0
            task = self.take_injected()  # workers: take_injected
            self.injected_first += task is not None
            task = task or self.take_own()
        else:
            task = self.take_own()
        return task or self.take_injected()  # workers: take_injected

    def take_own(self) -> SharedTask | None:
        """The next of the own queue."""
        task = self.queue.take()
        if task is not None and task.home >= 0 and self.queue.has_work():
            # Others may sleep beside what is left: what was queued last counted on being next.
            self.together.notify()
        return task

    def take_injected(self) -> SharedTask | None:
        """The oldest task from outside."""
        task = self.together.injection.take()
        if task is not None:
            self.injected_taken += 1
        return task

    def poll(self, task: SharedTask) -> None:
        """Poll a task that was taken from a queue, and put it where it belongs then."""
        task.begin_poll()
        self.polls += 1
        self.task = task
        try:
            if task.cancel_requested:
                task.wake()  # cancellation is a level: the task is owed another poll
                signal = self._raise_cancelled(task)
            else:
                signal = task.variables.run(SEND, task.coroutine, None)
            if signal is not WAIT and signal is not task and signal is not AGAIN:
                signal = self._refuse(task, signal)
        except StopIteration as stop:
            self._end_ready(task, stop.value)
        except BaseException as error:
            self._end_failed(task, error)
        else:
            if task.end_pending(signal is AGAIN):
                self.together.requeue(self, task)
        finally:
            self.task = None

    def search(self) -> SharedTask | None:
        """Look for work of others; the caller goes on as a searcher, if it was let."""
        if not self.searching:
            if not self.together.idle.begin_search():
                self.searches_refused += 1
                return None
            self.searching = True
        self.searches += 1
        task = self.take_injected()  # workers: look
        return task or self.steal_from(self.together.victims(self))

    def steal_from(self, victims: Sequence[Worker]) -> SharedTask | None:
        """From the first who has anything."""
        for victim in victims:
            stolen = self.queue.steal(victim.queue)
            if stolen:
                self.steals += 1
                self.stolen += len(stolen)
                return stolen[0]
        return None

    def stop_searching(self) -> None:
        """Something was found. The last searcher wakes another: there may be more."""
        self.searching = False
        if self.together.idle.end_search():
            self.together.notify()

    def park(self) -> None:
        """Sleep until there may be something to do."""
        together = self.together
        together.idle.fall_asleep(self.bit, self.searching)
        self.searching = False
        found = True
        try:
            found = together.has_work_for(self)
            if not found:
                self.parks += 1
                together.see_rest()
                if not together.enter_reactor(self):
                    self.parker.park()
        finally:
            self.searching = together.idle.get_up(self.bit, found)
            self.unparks += self.searching and not found
            together.got_up()
        if len(self.queue):
            if self.searching:
                self.stop_searching()
            else:
                together.notify()  # also since somebody else has to watch the reactor

    def wait_in_reactor(self) -> None:
        """Wait there. The caller holds the reactor."""
        together = self.together
        if self.parker.settle(IN_REACTOR):
            together.is_watched = True  # before the time of the next timer is looked up
            try:
                self.turn(may_wait=True)
            finally:
                together.is_watched = False
                self.parker.clear()

    def visit(self) -> None:
        """Look at the reactor between two polls, unless somebody else holds it."""
        self.left_until_visit = self.together.event_interval
        lock = self.together.reactor_lock
        if lock.acquire(blocking=False):
            try:
                self.turn(may_wait=False)
            finally:
                lock.release()
            if len(self.queue):
                self.together.notify()

    def turn(self, may_wait: bool) -> None:
        """Whom the reactor and the timers wake goes on the own queue, in one operation."""
        self.turns += 1
        batch = self.batch = []
        try:
            self.together.turn(may_wait)
        finally:
            self.batch = None
            self.queue.push_batch(batch)
            self.batches += len(batch) > 0
            self.batched += len(batch)

    def unpark(self) -> None:
        """End its sleep, or the next one. From any thread."""
        if self.parker.unpark():
            self.together.ring()  # workers: ring

    def _leave(self, error: BaseException) -> None:
        self.left = error
        self.together.leave(error)
