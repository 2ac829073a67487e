"""The scheduler machine on the real runtime: its own loop on one thread, wakers on others.

`Runtime.run_until` runs on a thread of its own that stops between the atomic steps
(`tests/helpers/scheduler_probes.py`); so do the threads that wake and spawn from outside. Each
action of the specification lets one of them go on to its next stop. The owner's sleep is a real
wait in the real reactor, which a real ring ends.
"""

from __future__ import annotations

from collections.abc import Callable

from spec.scheduler_state import IDLE, NOBODY, Entry, Scheduler, Thread
from tests.helpers.bell import is_ringing
from tests.helpers.controlled_thread import ENDED, ControlledThread
from tests.helpers.directed_task import DirectedTask, Ending
from tests.helpers.scheduler_probes import (
    InjectedProbe,
    ReactorProbe,
    ReadyProbe,
    Stops,
    entry_of,
    flag_probe,
)
from zokio.core.task import Task
from zokio.core.task_state import DONE, QUEUED, RUNNING_WOKEN
from zokio.core.task_state import IDLE as IDLE_TASK
from zokio.env.threads import get_ident
from zokio.reactor.contract import Reactor
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime


class SchedulerAdapter:
    """See `zokio.model.Adapter`; `make_reactor` says which reactor the runtime gets."""

    def __init__(self, make_reactor: Callable[[], Reactor], interval: int) -> None:
        self.make_reactor = make_reactor
        self.interval = interval

    def start(self, state: Scheduler) -> None:
        """The loop is about to poll task 0 for the first time."""
        self.count = len(state.status)
        self.tasks: dict[int, Task] = {}
        self.directed: dict[int, DirectedTask] = {}
        self.asked: set[int] = set()  # woken from outside and not polled since
        self.waited = [0] * self.count
        self.polls_before = 0
        self.over = False
        self.stops = Stops()
        self.probed_task = flag_probe(self.stops)
        self.owner = ControlledThread()
        self.others = [ControlledThread() for _ in state.threads]
        self.owner.run(self._make_runtime)
        self.stops.threads = [self.owner, *self.others]
        self.owner.run(self._loop)

    def _make_runtime(self) -> None:
        self.reactor = self.make_reactor()
        self.runtime = Runtime(
            RuntimeConfig(event_interval=self.interval),
            reactor=ReactorProbe(self.reactor, self.stops, self.owner),
        )
        queue = self.runtime.queue
        queue.ready, queue.injected = ReadyProbe(), InjectedProbe()
        queue.ready.stops = queue.injected.stops = self.stops
        queue.injected.queue = queue
        queue.injected.on_spawn = self._learn
        self._spawn(0)

    def _loop(self) -> None:
        with self.runtime.entered():
            self.runtime.run_until(lambda: self.over)

    def _spawn(self, task: int) -> None:
        directed = self.directed[task] = DirectedTask(self.owner, f"poll {task}")
        handle = self.runtime.spawn(directed.run(), directed.name)
        if handle.id in self.runtime.tasks:
            self._learn(self.runtime.tasks[handle.id])

    def _learn(self, task: Task) -> None:
        task.__class__ = self.probed_task
        self.tasks[number_of(task)] = task

    # The owner polls.

    def begin_poll(self, task: int) -> None:
        standing = self._standing()
        for other in standing - {task}:
            self.waited[other] += 1
        self.waited[task] = 0
        self.asked.discard(task)
        self.owner.go_on()

    def wake_inside(self, task: int) -> None:
        self.owner.run(self.tasks[task].wake)

    def spawn_inside(self, task: int) -> None:
        self.owner.run(lambda: self._spawn(task))

    def end_pending(self) -> None:
        self._end("pending")

    def end_again(self) -> None:
        self._end("again")

    def end_ready(self) -> None:
        task = number_in(self.owner.place)
        self.waited[task] = 0
        self.asked.discard(task)
        self._end("value")

    def _end(self, ending: Ending) -> None:
        self.directed[number_in(self.owner.place)].ending = ending
        self.owner.go_on()

    # The owner parks, and takes in what others injected: each time one step further.

    def look(self) -> None:
        self.owner.go_on()

    announce = recheck = visit = unannounce = measure = take = adopt = clear = deliver = look

    def wake_in_between(self, task: int) -> None:
        """At the owner's stop, on its thread; or while it is blocked, as if on its thread."""
        if self.owner.blocked:
            self._wake_the_sleeper(self.tasks[task])
        elif self.owner.run(self.tasks[task].wake) == "ringing":
            self.owner.go_on()

    def _wake_the_sleeper(self, task: Task) -> None:
        """Only the main thread of a process runs handlers in a wait; here the owner is another.

        So the handler's thread passes for the owner's, while that does nothing but wait.
        """
        was_idle = task.state is IDLE_TASK
        owner, self.runtime.queue.thread = self.runtime.queue.thread, get_ident()
        task.wake()
        self.runtime.queue.thread = owner
        if was_idle:
            self.owner.wait_for_stop()

    def take_in(self) -> None:
        self.polls_before = self._polls()
        self.owner.go_on()

    def sleep(self) -> None:
        """Into the real wait; out of it at once if the bell has rung."""
        has_rung = is_ringing(self.reactor)
        self.owner.go_on()
        if has_rung:
            self.owner.wait_for_stop()

    # Other threads.

    def wake_outside(self, thread: int, task: int) -> None:
        if self.tasks[task].state is not DONE:
            self.asked.add(task)
        self.others[thread].run(self.tasks[task].wake)

    def spawn_outside(self, thread: int, task: int) -> None:
        self.others[thread].run(lambda: self._spawn(task))

    def push(self, thread: int) -> None:
        self.others[thread].go_on()

    mark = see = push

    def ring(self, thread: int) -> None:
        """The real bell; a sleeping owner gets up."""
        self.others[thread].go_on()
        if self.owner.blocked:
            self.owner.wait_for_stop()

    # What is compared.

    def abstraction(self) -> Scheduler:
        """What the specification sees of the runtime."""
        if self.owner.blocked and self.owner.has_moved():
            self.owner.wait_for_stop()  # it does not sleep at all
        known = [self.tasks.get(task) for task in range(self.count)]
        queue = self.runtime.queue
        polled = queue.task
        return Scheduler(
            ready=tuple(map(number_of, queue.ready)),
            owner="polling" if self._is_polling() else self.owner.place,
            task=self._task(),
            woken=polled is not None and polled.state is RUNNING_WOKEN,
            polls=self._polls() - self.polls_before,
            left=self.stops.left,
            status=tuple(map(self._status, range(self.count))),
            flagged=tuple(task is not None and task.wake_injected for task in known),
            owed=tuple(map(self._is_owed, range(self.count))),
            waited=tuple(self.waited),
            injected=tuple((what, number_of(task)) for what, task in map(entry_of, queue.injected)),
            parked=queue.parked,
            rung=is_ringing(self.reactor),
            threads=tuple(map(self._thread, self.others)),
        )

    def _polls(self) -> int:
        return sum(directed.polls for directed in self.directed.values())

    def _is_polling(self) -> bool:
        return self.owner.place.startswith("poll ")

    def _task(self) -> int:
        if self._is_polling():
            return number_in(self.owner.place)
        if self.owner.place in ("clearing", "delivering", "adopting"):
            return number_of(self.stops.entries[self.owner][1])
        return NOBODY

    def _status(self, number: int) -> str:
        task = self.tasks.get(number)
        if task is None:
            return "new"
        if task.state is DONE:
            return "done"
        return "alive" if task.id in self.runtime.tasks else "handed over"

    def _is_owed(self, number: int) -> bool:
        task = self.tasks.get(number)
        return task is not None and (task.state in (QUEUED, RUNNING_WOKEN) or number in self.asked)

    def _standing(self) -> set[int]:
        """Which tasks stand in a queue, except those which are done."""
        queue = self.runtime.queue
        tasks = [*queue.ready, *(entry_of(work)[1] for work in queue.injected)]
        return {number_of(task) for task in tasks if task.state is not DONE}

    def _thread(self, thread: ControlledThread) -> Thread:
        if thread.place == ENDED:
            return IDLE
        what, task = self.stops.entries[thread]
        entry: Entry = (what, number_of(task))
        return Thread(thread.place, entry)

    def check_invariants(self) -> None:
        """The runtime's own, whenever it polls nobody."""
        if not self._is_polling():
            self.runtime.check_invariants()

    def stop(self) -> None:
        """Let everybody run to the end, and shut the runtime down on its own thread."""
        self.over = True
        for thread in self.others:
            thread.release()
            thread.join()
        self.reactor.unpark()  # the owner sleeps no more
        for directed in self.directed.values():
            directed.ending = "pending"
        self.owner.release()
        for directed in self.directed.values():
            directed.ending = "value"
        self.owner.run(self.runtime.shutdown)
        self.owner.join()


def number_of(task: Task) -> int:
    """The specification's number of a real task."""
    return number_in(task.name)


def number_in(name: str) -> int:
    """The number in the name of a task, which is also the place where it stops."""
    return int(name.removeprefix("poll "))
