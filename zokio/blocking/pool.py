"""The blocking pool: calls that block, in threads, so many at once.

    hand in --an idle worker, or room for one more--> in the worker's hand --> runs --> returned
            --all are busy--> the queue ---------------^
            --the queue is full--> outside ---^          (or refused, if it cannot wait)

Guarantees: a call is run once or not at all; one that was cancelled, refused or closed before it
began never runs. Calls begin in the order in which they came. Nobody idles while a call waits. No
more threads than `threads_max`, no more calls in the queue than `queue_max`. A worker that idles
for `keep_alive` seconds leaves. Whoever waits for a call is woken when it has ended.

Every transition is one block under the pool's lock, in which nothing foreign is called: wakers,
threads and parkers are told afterwards. So it is not for finalizers and signal handlers, which may
come in the middle of such a block; `survey` is, it takes no lock.

It does not interrupt a call that runs: nothing can.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from zokio.blocking import refusals
from zokio.blocking.at_exit import WORKERS
from zokio.blocking.call import (
    CANCELLED,
    ENDED,
    HANDED,
    OUTSIDE,
    QUEUED,
    REFUSED,
    RETURNED,
    RUNNING,
    CallState,
)
from zokio.blocking.line import AnyCall, Line
from zokio.blocking.worker import BUSY, COMING, GONE, IDLE, Parking, Start, Worker, start_thread
from zokio.core.waker import Waker
from zokio.env.parker import Parker
from zokio.env.threads import Lock

LOGGER = logging.getLogger("zokio")
FOR_EVER = 1e9
"""Seconds: what is longer is not timed."""


class BlockingPool:
    """Threads made when they are needed.

    Args:
        threads_max: so many calls run at once.
        queue_max: so many wait in the queue when all threads are busy.
        keep_alive: seconds that an idle thread waits for another call.
        start: starts a thread; for tests.
        make_parker: makes the place where a thread waits; for tests.
    """

    def __init__(
        self,
        threads_max: int,
        queue_max: int,
        keep_alive: float,
        *,
        start: Start = start_thread,
        make_parker: Callable[[], Parking] = Parker,
    ) -> None:
        self.threads_max = threads_max
        self.keep_alive = keep_alive if keep_alive < FOR_EVER else -1.0
        self.closed = False
        self.workers: dict[Worker, None] = {}
        """Those that have not left, in the order in which they came."""
        self.idle: list[Worker] = []
        """Those that wait for a call. Who came last goes first, so that the others may leave."""
        self.line = Line(queue_max)
        self._lock = Lock()
        self._named = 0
        self._start = start
        self._make_parker = make_parker

    def submit(self, call: AnyCall) -> None:
        """Hand a call in without waiting. From any thread.

        Raises:
            BackpressureError: all threads are busy and the queue is full.
            ClosedError: the pool was closed.
            ThreadsExhaustedError: there is no thread, and the system gives none.
        """
        with self._lock:
            worker = self._place(call, may_wait=False)  # spec: submit
        self._send_for(worker, call)

    def ask(self, call: AnyCall) -> None:
        """Hand a call in; if there is no room in the queue, it waits for that. From any thread.

        Raises:
            ClosedError: the pool was closed.
            ThreadsExhaustedError: there is no thread, and the system gives none.
        """
        with self._lock:
            worker = self._place(call, may_wait=True)  # spec: ask
        self._send_for(worker, call)

    def _place(self, call: AnyCall, *, may_wait: bool) -> Worker | None:
        """Put the call at the end of the line; who is to come for the first one in it."""
        if self.closed:
            call.state = REFUSED  # spec: is_refused
            raise refusals.closed(call.name)
        may_grow = len(self.workers) < self.threads_max
        room = self.line.queue_max + bool(self.idle or may_grow)
        if len(self.line) >= room and not may_wait:
            call.state = REFUSED  # spec: is_refused
            raise refusals.full(call.name, self.threads_max, self.line.queue_max)
        worker = self.idle.pop() if self.idle else self._new_worker() if may_grow else None
        self.line.put(call)
        if worker is not None:
            self._hand(self.line.next(), worker)
        return worker

    def _new_worker(self) -> Worker:
        self._named += 1
        worker = Worker(self, f"zokio-blocking-{self._named}", self._make_parker())
        self.workers[worker] = WORKERS[worker] = None
        return worker

    def _hand(self, call: AnyCall, worker: Worker) -> None:
        call.state = HANDED
        call.worker = worker
        worker.call = call

    def _send_for(self, worker: Worker | None, call: AnyCall) -> None:
        """Have the worker come; `call` is what was handed in for it."""
        if worker is None:
            return
        if worker.state is not COMING:
            worker.parker.unpark()
            return
        try:
            worker.thread = self._start(worker.run, worker.name)  # spec: come
        except BaseException as error:
            self._do_without(worker, error)
            if not isinstance(error, Exception):  # a signal: whoever handed it in leaves
                self.cancel(call)
                raise
        if call.state is REFUSED:
            call.result()

    def _do_without(self, worker: Worker, why: BaseException) -> None:
        """The thread could not be started. If it was the last one, nobody serves the line."""
        other: Worker | None = None
        refused: list[AnyCall] = []
        with self._lock:
            if worker.state is not COMING:
                return  # it has come all the same
            self._leave(worker)  # spec: do_without
            call, worker.call = worker.call, None
            if call is not None:
                self.line.put_first(call)
            if not self.workers:
                refused = self.line.clear()
                for each in refused:
                    self._forgo(each, REFUSED, refusals.no_threads(each.name, why))
            elif self.idle and self.line.queue:
                other = self.idle.pop()
                self._hand(self.line.next(), other)
        if other is not None:
            other.parker.unpark()
        self._tell(refused)

    def take(self, worker: Worker, *, timed_out: bool) -> None:
        """On the worker's thread, when it has come or was parked: what it does next."""
        with self._lock:
            self._take(worker, timed_out=timed_out)  # spec: take

    def _take(self, worker: Worker, *, timed_out: bool) -> None:
        if worker not in self.workers:
            worker.state = GONE
        elif worker.call is not None:
            self._begin(worker)
        elif self.line.queue:
            self._hand(self.line.next(), worker)
            self._begin(worker)
        elif self.closed or timed_out:
            self._leave(worker)
        else:
            self._idle(worker)

    def end(self, worker: Worker) -> None:
        """On the worker's thread, when its call has returned: what it does next.

        First it is there for other calls, then it tells of this one: whoever makes one call after
        another needs one thread.
        """
        with self._lock:
            call, worker.call = worker.call, None  # spec: end
            assert call is not None
            call.state = RETURNED
            call.worker = None
            if worker not in self.workers:
                worker.state = GONE
            elif self.line.queue:
                self._hand(self.line.next(), worker)
                self._begin(worker)
            elif self.closed:
                self._leave(worker)
            else:
                self._idle(worker)
        self._tell((call,))

    def _begin(self, worker: Worker) -> None:
        assert worker.call is not None
        worker.call.state = RUNNING
        worker.state = BUSY  # spec: is_to_run

    def _idle(self, worker: Worker) -> None:
        worker.state = IDLE  # spec: is_idle
        if worker not in self.idle:
            self.idle.append(worker)

    def _leave(self, worker: Worker) -> None:
        worker.state = GONE  # spec: has_left
        self.workers.pop(worker, None)
        WORKERS.pop(worker, None)
        if worker in self.idle:
            self.idle.remove(worker)

    def watch(self, call: AnyCall, waker: Waker) -> bool:
        """Whether the call has ended; if not, `waker` is woken when it does."""
        with self._lock:
            if call.state in ENDED:
                return True
            call.waker = waker  # spec: watch
            return False

    def cancel(self, call: AnyCall) -> bool:
        """Whether the call had not begun: then it never will. From any thread."""
        with self._lock:
            if call.state is OUTSIDE or call.state is QUEUED:
                self.line.remove(call)
            elif call.state is not HANDED:
                return False
            self._forgo(call, CANCELLED, None)  # spec: cancel
            return True

    def _forgo(self, call: AnyCall, state: CallState, why: BaseException | None) -> None:
        """The call, which stands in the line no more, will never run."""
        if call.worker is not None:
            call.worker.call = None  # it comes, and finds something else to do
            call.worker = None
        call.forgo(state, why)

    def _tell(self, calls: Iterable[AnyCall]) -> None:
        """Wake whoever waits for them. A waker that fails harms nobody else."""
        for call in calls:
            waker, call.waker = call.waker, None  # spec: tell_of
            if waker is not None:
                try:
                    waker.wake()
                except Exception:
                    LOGGER.exception("whoever waits for the blocking call %s was not woken", call)

    def close(self) -> None:
        """Take no more calls, forgo those that have not begun, and let the idle threads end.

        Threads that run a call are not waited for; they end with it.
        """
        with self._lock:
            self.closed = True  # spec: close
            forgone = self.line.clear()
            forgone += [w.call for w in self.workers if w.call is not None and w.state is not BUSY]
            for call in forgone:
                self._forgo(call, CANCELLED, refusals.closed(call.name))
            ending = [worker for worker in self.workers if worker.state is not BUSY]
        for worker in ending:
            worker.parker.unpark()
        self._tell(forgone)
        for worker in ending:
            worker.join()

    def abandon(self) -> None:
        """In a forked child, where none of the threads is: the calls are the parent's."""
        self._lock = Lock()
        self.closed = True
        self.workers.clear()
        self.idle.clear()
        self.line.clear()

    def check_invariants(self) -> None:
        """Assert what must hold between two blocks under the lock; for tests."""
        assert len(self.workers) <= self.threads_max, "more threads than allowed"
        assert not (self.idle and len(self.line)), "a worker idles while a call waits"
        assert not self.closed or not len(self.line), "a call waits for a pool that was closed"
        for worker in self.idle:
            assert worker in self.workers and worker.call is None, f"{worker!r} idles"
        for worker in self.workers:
            call = worker.call
            assert call is None or call.worker is worker, f"{worker!r} has a call of another's"
        self.line.check_invariants()
