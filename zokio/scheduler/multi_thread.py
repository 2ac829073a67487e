"""The workers together: where a task goes that is to be polled, who is woken, how they all stop.

        schedule --- a worker, in a poll ----> its LIFO slot ------+
                 --- a worker, in the reactor > its batch          +--> notify
                 --- any other thread ------> injection queue -----+
                 --- pinned ----------------> its worker's own queue, and that worker is unparked

Guarantees: a task that was scheduled is polled by one worker, soon, as long as they run. What a
worker raises besides the errors of tasks (an error of the reactor, a SystemExit) is kept for
whoever runs the runtime (`errors`); until it is taken nobody waits in the reactor.

It neither knows the reactor nor the time: `turn` is handed to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from errno import EAGAIN
from typing import Final

from zokio.core.current import CURRENT
from zokio.core.shared_task import SharedTask
from zokio.env.affinity import current_cpu
from zokio.env.choice import choose
from zokio.env.threads import Lock, Thread, deque
from zokio.errors import ThreadsExhaustedError
from zokio.scheduler.idle import Idle
from zokio.scheduler.injection import InjectionQueue
from zokio.scheduler.numa import NumaPlan
from zokio.scheduler.parker import Parker
from zokio.scheduler.placement import rotated
from zokio.scheduler.rest import is_at_rest, seems_at_rest
from zokio.scheduler.worker import Worker

WHEREABOUTS_INTERVAL: Final = 1_000
"""Searches of a worker from one time that it says on which CPU it runs to the next."""


class MultiThread:
    """`count` workers.

    Args:
        count: 1 or more.
        budget: of each worker.
        event_interval: polls of a worker between two visits to the reactor.
        turn: visits the reactor and the timers, and waits there if told so; called by one worker at
            a time. Tasks that it wakes are gathered.
        ring: ends the wait of `turn`, from any thread.
        report: is told of errors that nobody asked for.
        has_left: is told when there is something in `errors`.
        at_rest: is told when the last worker that was awake is about to sleep.
        got_up: is told by a worker that it has slept, and does so no more.
        plan: where the workers run, and so whom each robs first.
        is_virtual: time jumps in `turn`, so only the last worker that is awake may wait there.
    """

    def __init__(
        self,
        count: int,
        *,
        budget: int,
        event_interval: int,
        turn: Callable[[bool], None],
        ring: Callable[[], None],
        report: Callable[[str, BaseException], None],
        has_left: Callable[[], None],
        at_rest: Callable[[], None],
        got_up: Callable[[], None],
        plan: NumaPlan,
        is_virtual: bool = False,
    ) -> None:
        self.event_interval = event_interval
        self.turn = turn
        self.ring = ring
        self.has_left = has_left
        self.at_rest = at_rest
        self.got_up = got_up
        self._follow(plan)
        self.is_virtual = is_virtual
        self.injection = InjectionQueue()
        self.idle = Idle(count)
        self.reactor_lock = Lock()
        self.errors: deque[BaseException] = deque()
        self.is_watched = False
        """Whether somebody waits in the reactor, or is about to."""
        self.stopping = False
        self.workers = tuple(Worker(number, self, budget, report) for number in range(count))
        self.everybody = (1 << count) - 1
        self._threads: list[Thread] = []

    # Where tasks go.

    def schedule(self, task: SharedTask) -> None:
        """A task has just become QUEUED. From any thread."""
        worker = self.here()
        if task.home >= 0:
            home = self.workers[task.home]
            home.queue.pinned.append(task)
            if home is not worker:
                home.unpark()
                if self.is_virtual:
                    self.ring()  # whoever is in the reactor may take all for asleep
        elif worker is None:
            self.injection.push(task)
            self.notify()
        elif worker.batch is not None:
            worker.batch.append(task)
        else:
            worker.queue.push_slot(task)
            self.notify()

    def spawn(self, task: SharedTask) -> None:
        """A new task: behind those that wait already."""
        worker = self.here()
        if task.home >= 0 or worker is None or worker.batch is not None:
            self.schedule(task)
        else:
            worker.queue.push(task)
            self.notify()

    def requeue(self, worker: Worker, task: SharedTask) -> None:
        """The task is owed one more poll: behind those that wait already.

        The worker goes on with its queue at once, so nobody is woken if this is all that is there.
        """
        if task.home >= 0:
            self.workers[task.home].queue.pinned.append(task)
            return
        worker.queue.push(task)
        if len(worker.queue) > 1:
            self.notify()

    def here(self) -> Worker | None:
        """The worker that the calling thread is, of these."""
        worker = CURRENT.queue
        return worker if isinstance(worker, Worker) and worker.together is self else None

    # Who looks for them.

    def notify(self) -> None:
        """There is work in a queue: see to it that somebody who is awake finds it."""
        picked = self.idle.pick()
        if picked:
            self.workers[picked.bit_length() - 1].unpark()

    def victims(self, thief: Worker) -> Sequence[Worker]:
        """The other workers, the nearest ones first; among equals, beginning at any of them."""
        count = len(self.workers) - 1
        if not count:
            return ()
        if self.plan.watched and thief.searches % WHEREABOUTS_INTERVAL == 1:
            self._follow(self.plan.moved(thief.number, current_cpu()))
        order = rotated(self._rings[thief.number], choose("victim", count))
        return [self.workers[number] for number in order]

    def _follow(self, plan: NumaPlan) -> None:
        """Two workers that move at once may undo each other's news: it is a hint, and no more."""
        self.plan = plan
        self._rings = [plan.victims(place.worker) for place in plan.places]

    def has_work_for(self, worker: Worker) -> bool:
        """The last look of a worker that has announced its sleep."""
        if self.injection.tasks or worker.queue.pinned or self.stopping:
            return True
        return any(each.queue.has_work() for each in self.workers)

    def see_rest(self) -> None:
        """A worker is about to sleep: tell if it was the last one."""
        if self.idle.sleepers == self.everybody:
            self.at_rest()

    def enter_reactor(self, worker: Worker) -> bool:
        """The worker waits in the reactor, if it may and nobody else does; whether it did.

        Where time jumps it goes on only at rest. Who finds that it is not looks again when it has
        left the reactor: another one may have come meanwhile, and found it taken. Whoever is seen
        at work then comes here later.
        """
        while not self.errors:
            if self.is_virtual and (self.stopping or not seems_at_rest(self)):
                return False
            if not self.reactor_lock.acquire(blocking=False):
                return False
            try:
                if not self.is_virtual or is_at_rest(self):
                    worker.wait_in_reactor()
                    return True
            finally:
                self.reactor_lock.release()
        return False

    # The threads.

    def start(self, at_work: Callable[[Worker], AbstractContextManager[None]]) -> None:
        """Start a thread for each worker, which works inside of `at_work`.

        Raises:
            ThreadsExhaustedError: the system gives no more threads; those that had begun ended.
        """
        for worker in self.workers:
            name = f"zokio-worker-{worker.number}"
            thread = Thread(target=self._run, args=(worker, at_work), name=name, daemon=True)
            try:
                thread.start()
            except RuntimeError as error:
                self.stop()
                self.stopping = False
                raise ThreadsExhaustedError(
                    EAGAIN,
                    f"the system gave {worker.number} of {len(self.workers)} threads for workers; "
                    "use RuntimeConfig(workers=...) with fewer, or end other threads first",
                ) from error
            self._threads.append(thread)

    def _run(
        self, worker: Worker, at_work: Callable[[Worker], AbstractContextManager[None]]
    ) -> None:
        CURRENT.queue = worker
        with at_work(worker):
            self._work(worker)

    def _work(self, worker: Worker) -> None:
        while not self.stopping:
            try:
                worker.step()
            except BaseException as error:
                if error is worker.left:
                    worker.left = None
                else:
                    self.leave(error)

    def leave(self, error: BaseException) -> None:
        """Keep an error for whoever runs the runtime."""
        self.errors.append(error)
        self.has_left()

    def take_error(self) -> BaseException | None:
        """The oldest error that was kept. The reactor is open again."""
        try:
            error = self.errors.popleft()
        except IndexError:
            return None
        self.notify()
        return error

    def drop_error(self, error: BaseException) -> None:
        """It has reached whoever runs the runtime in another way."""
        try:
            self.errors.remove(error)
        except ValueError:
            return
        self.notify()

    def stop(self) -> None:
        """Stop all workers after what they do now, and wait for that. Not from a worker."""
        self.halt()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def halt(self) -> None:
        """Have all workers stop after what they do now."""
        self.stopping = True
        for worker in self.workers:
            worker.unpark()

    def abandon(self) -> None:
        """In a forked child: the other workers are not there, and may have held any lock."""
        self.idle = Idle(len(self.workers))
        self.reactor_lock = Lock()
        self.errors.clear()
        self._threads.clear()
        self.ring = _nobody
        for worker in self.workers:
            worker.parker = Parker()
        self.stopping = True

    def clear(self) -> None:
        """Forget every task, when no worker runs any more."""
        self.injection.tasks.clear()
        for worker in self.workers:
            worker.queue.clear()


def _nobody() -> None:
    """Rings no bell."""
