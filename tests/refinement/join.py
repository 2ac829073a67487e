"""The join machine on the real runtime: a task, its JoinHandle, and those who await it.

The task and the awaiters inside are real tasks in one run queue, polled one at a time. An awaiter
from outside polls the handle by hand, with a waker that counts. Aborts from a thread come from a
real one. Nothing here keeps the task's outcome alive: what it was is noted when the task ends, so
an error that everybody has let go of is really lost, and reported.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import CORO_CREATED, getcoroutinestate

from spec.join_state import (
    ABORT,
    ABORTED,
    ANSWERED,
    AWAY,
    CANCELLED,
    DONE,
    ERROR,
    NEW,
    READY,
    SUSPENDED,
    TASK,
    WAIT,
    WAITING,
    State,
)
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.current import current_task
from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.poll import PENDING
from zokio.core.suspend import suspend
from zokio.core.task import Task, TaskId
from zokio.core.waker import Context, Waker
from zokio.env.threads import Thread
from zokio.errors import AbortedError, Cancelled
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime

VALUE = "value"


class WorkError(Exception):
    """What the task raises."""


class Outsider:
    """An awaiter which is no task: its own waker."""

    def __init__(self, handle: JoinHandle[str]) -> None:
        self.handle: JoinHandle[str] | None = handle
        self.woken = 0
        self.gone = False

    def wake(self) -> None:
        self.woken += 1

    def will_wake(self, other: Waker, /) -> bool:
        return other is self


class JoinAdapter:
    """One task and its awaiters; `inside` of them are tasks."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, inside: int, outside: int
    ) -> None:
        self._make_reactor = make_reactor
        self._inside = inside
        self._count = inside + outside

    def start(self, state: State) -> None:
        config = RuntimeConfig(on_task_panic=self.report)
        self.runtime = Runtime(config, reactor=self._make_reactor())
        self.reported = 0
        self.outcomes: list[str] = []
        self.answers: list[list[str]] = [[] for _ in range(self._count)]
        self.ids: list[TaskId | None] = [None] * self._inside
        self.outsiders: dict[int, Outsider] = {}
        self.asked = False
        self.closed = False
        self.answer = WAIT
        self.handle: JoinHandle[str] | None = self.runtime.spawn(self.work())
        self.id = self.handle.id
        self.note_the_end(self.runtime.tasks[self.id])

    def report(self, name: str, error: BaseException) -> None:
        assert isinstance(error, WorkError) and name.endswith("work"), (name, error)
        self.reported += 1

    def note_the_end(self, task: Task) -> None:
        """Note how the task ends, and let it end."""
        forget = task.on_done

        def note(task: Task) -> None:
            outcome = task.outcome
            failed, aborted = isinstance(outcome, Failure), isinstance(outcome, Aborted)
            self.outcomes.append(ERROR if failed else ABORTED if aborted else READY)
            forget(task)

        task.on_done = note

    async def work(self) -> str:
        """What the task does: in each poll, what it is told."""
        while True:
            if self.answer == READY:
                return VALUE
            if self.answer == ERROR:
                raise WorkError
            if self.answer == ABORT:
                current_task().abort()
            try:
                await suspend()
            except Cancelled:
                if self.answer == ABORTED:
                    raise

    async def await_it(self, awaiter: int, handle: JoinHandle[str]) -> None:
        try:
            self.answers[awaiter].append(answer_of(await handle))
        except (WorkError, AbortedError) as error:
            self.answers[awaiter].append(answer_of(error))

    # Actions

    def poll_task(self, answer: str) -> None:
        self.answer = answer
        self.poll()

    def wake_task(self) -> None:
        self.wake(self.runtime.tasks[self.id])

    def abort(self) -> None:
        self.held_handle().abort()

    def abort_from_a_thread(self) -> None:
        thread = Thread(target=self.held_handle().abort)
        thread.start()
        thread.join()

    def take_in(self) -> None:
        with self.runtime.entered():
            self.runtime.turn(may_wait=False)

    def begin(self, awaiter: int) -> None:
        self.ids[awaiter] = self.runtime.spawn(self.await_it(awaiter, self.held_handle())).id

    def poll_awaiter(self, awaiter: int) -> None:
        self.poll()

    def cancel(self, awaiter: int) -> None:
        self.awaiting_task(awaiter).abort()

    def wake_for_no_reason(self, awaiter: int) -> None:
        self.wake(self.awaiting_task(awaiter))

    def poll_by_hand(self, awaiter: int) -> None:
        if awaiter not in self.outsiders:
            self.outsiders[awaiter] = Outsider(self.held_handle())
        outsider = self.outsiders[awaiter]
        assert outsider.handle is not None
        try:
            answer = outsider.handle.poll(Context(outsider))
        except (WorkError, AbortedError) as error:
            self.answers[awaiter].append(answer_of(error))
        else:
            if answer is PENDING:
                return
            self.answers[awaiter].append(answer_of(answer.value))
        outsider.handle = None

    def go_away(self, awaiter: int) -> None:
        outsider = self.outsiders[awaiter]
        assert outsider.handle is not None
        outsider.handle.close(Context(outsider))
        outsider.handle = None
        outsider.gone = True

    def ask(self) -> None:
        try:
            answer = answer_of(self.held_handle().result())
        except (WorkError, AbortedError) as error:
            answer = answer_of(error)
        assert [answer] == self.outcomes, f"asked: {answer}, ended: {self.outcomes}"
        self.asked = True

    def let_go(self) -> None:
        self.handle = None

    def shut_down(self) -> None:
        self.answer = WAIT
        self.runtime.shutdown(0)
        self.closed = True

    # Words of the runtime

    def poll(self) -> None:
        """Poll the first of the run queue, without a visit to the reactor."""
        with self.runtime.entered():
            assert self.runtime.scheduler.poll_ready(1) == 1

    def wake(self, waker: Waker) -> None:
        with self.runtime.entered():
            waker.wake()

    def held_handle(self) -> JoinHandle[str]:
        assert self.handle is not None
        return self.handle

    def awaiting_task(self, awaiter: int) -> Task:
        number = self.ids[awaiter]
        assert number is not None
        return self.runtime.tasks[number]

    # What the runtime's state means

    def abstraction(self) -> State:
        task = self.runtime.tasks.get(self.id)
        awaiters = range(self._count)
        return State(
            queue=tuple(self.number_of(each) for each in self.runtime.queue.ready),
            at=DONE if task is None else NEW if is_new(task) else SUSPENDED,
            aborting=task is not None and is_cancelling(task),
            injected=len(self.runtime.queue.injected),
            outcomes=tuple(self.outcomes),
            registered=tuple(self.number_of(each) for each in (task and task.joiners) or ()),
            awaiters=tuple(map(self.state_of, awaiters)),
            cancelling=tuple(map(self.is_cancelling, awaiters)),
            woken=tuple(
                self.outsiders[each].woken if each in self.outsiders else 0 for each in awaiters
            ),
            answers=tuple(map(tuple, self.answers)),
            held=self.handle is not None,
            asked=self.asked,
            reported=self.reported,
            closed=self.closed,
        )

    def number_of(self, waker: Waker) -> int:
        """Whom a waker wakes."""
        if isinstance(waker, Task):
            return TASK if waker.id == self.id else self.ids.index(waker.id)
        return next(number for number, each in self.outsiders.items() if each is waker)

    def state_of(self, awaiter: int) -> str:
        if self.answers[awaiter]:
            return ANSWERED
        if awaiter >= self._inside:
            outsider = self.outsiders.get(awaiter)
            return AWAY if outsider is None else CANCELLED if outsider.gone else WAITING
        number = self.ids[awaiter]
        if number is None:
            return AWAY
        task = self.runtime.tasks.get(number)
        return CANCELLED if task is None else NEW if is_new(task) else WAITING

    def is_cancelling(self, awaiter: int) -> bool:
        number = self.ids[awaiter] if awaiter < self._inside else None
        task = None if number is None else self.runtime.tasks.get(number)
        return task is not None and is_cancelling(task)

    def check_invariants(self) -> None:
        if not self.closed:
            self.runtime.check_invariants()
        if self.handle is not None:
            assert self.handle.is_finished() == bool(self.outcomes)

    def stop(self) -> None:
        self.handle = None
        self.answer = WAIT
        self.outsiders.clear()
        self.runtime.shutdown(0)


def answer_of(result: str | Exception) -> str:
    """The model's word for what awaiting gave."""
    if isinstance(result, AbortedError):
        return ABORTED
    if isinstance(result, WorkError):
        return ERROR
    assert result == VALUE, result
    return READY


def is_new(task: Task) -> bool:
    """Whether the task was not polled yet."""
    assert task.coroutine is not None
    return getcoroutinestate(task.coroutine) == CORO_CREATED


def is_cancelling(task: Task) -> bool:
    """Whether the living task was aborted."""
    return task.root is not None and task.root.cancel_called
