"""The task machine on the real runtime, driven by `Runtime.step()`.

The runtime lives on a thread that stops inside of every poll, so that what the specification says
of the time during a poll can be done and compared there. A wake comes from inside the poll when
there is one, and from the owning thread between two steps otherwise.
"""

from __future__ import annotations

from collections.abc import Callable

from spec.task import Task as State
from tests.helpers.controlled_thread import ENDED, ControlledThread
from tests.helpers.directed_task import DirectedError, DirectedTask, Ending
from zokio.core.outcome import Failure
from zokio.core.poll import Ready
from zokio.core.task import Task
from zokio.core.task_state import DONE, QUEUED, RUNNING_WOKEN
from zokio.reactor.contract import Reactor
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime


class TaskAdapter:
    """See `zokio.model.Adapter`; `make_reactor` says which reactor the runtime gets."""

    def __init__(self, make_reactor: Callable[[], Reactor]) -> None:
        self.make_reactor = make_reactor

    def start(self, state: State) -> None:
        """A runtime without tasks."""
        self.thread = ControlledThread()
        self.count = len(state.spawned)
        self.tasks: dict[int, Task] = {}
        self.directed: dict[int, DirectedTask] = {}
        self.reported: list[BaseException] = []
        self.thread.run(self._make_runtime)

    def _make_runtime(self) -> None:
        config = RuntimeConfig(on_task_panic=lambda _, error: self.reported.append(error))
        self.runtime = Runtime(config, reactor=self.make_reactor())

    def spawn(self, task: int) -> None:
        """From the poll that runs, or between two steps."""
        self.directed[task] = DirectedTask(self.thread, f"poll {task}")
        self.thread.run(lambda: self._spawn(task))

    def _spawn(self, task: int) -> None:
        directed = self.directed[task]
        handle = self.runtime.spawn(directed.run(), directed.name)
        self.tasks[task] = self.runtime.tasks[handle.id]

    def wake(self, task: int) -> None:
        """By the waker, which the task itself is."""
        self.thread.run(self.tasks[task].wake)

    def begin_poll(self, task: int) -> None:
        """A step; it stops inside of the poll."""
        self.thread.run(self._step)
        assert self.thread.place == f"poll {task}", f"the step got to {self.thread.place!r}"

    def _step(self) -> None:
        self.was_polled = self.runtime.step()

    def end_pending(self, task: int) -> None:
        self._end(task, "pending")

    def end_again(self, task: int) -> None:
        self._end(task, "again")

    def end_ready(self, task: int) -> None:
        self._end(task, "value")

    def end_error(self, task: int) -> None:
        self._end(task, "error")

    def _end(self, task: int, ending: Ending) -> None:
        self.directed[task].ending = ending
        assert self.thread.go_on() == ENDED, f"the step went on to {self.thread.place!r}"
        assert self.was_polled, "step() said that nothing was ready"

    def abstraction(self) -> State:
        """What the specification sees of the runtime."""
        known = [self.tasks.get(task) for task in range(self.count)]
        numbers = {task.id: number for number, task in self.tasks.items()}
        return State(
            spawned=tuple(task is not None for task in known),
            owed=tuple(
                task is not None and task.state in (QUEUED, RUNNING_WOKEN) for task in known
            ),
            polling=tuple(
                int(self.thread.place == f"poll {number}") for number in range(self.count)
            ),
            done=tuple(task is not None and task.state is DONE for task in known),
            outcome=tuple(self._outcome(number) for number in range(self.count)),
            queue=tuple(numbers[task.id] for task in self.runtime.queue.ready),
        )

    def _outcome(self, number: int) -> str:
        task = self.tasks.get(number)
        outcome = None if task is None else task.outcome
        if isinstance(outcome, Ready):
            assert outcome.value == f"poll {number}", f"task {number} ended with {outcome!r}"
            return "value"
        if isinstance(outcome, Failure):
            assert isinstance(outcome.error, DirectedError), f"task {number} raised {outcome.error}"
            return "error"
        return ""

    def check_invariants(self) -> None:
        """The runtime's own, between two steps; during a poll that it knows whom it polls."""
        assert not self.reported, f"reported although it is still known: {self.reported}"
        polled = self.runtime.queue.task
        if self.thread.place == ENDED:
            assert polled is None, f"{polled!r} is polled by nobody"
            self.runtime.check_invariants()
        else:
            assert polled is not None and polled.name == self.thread.place

    def stop(self) -> None:
        """Shut the runtime down on its own thread."""
        self.thread.release()
        for directed in self.directed.values():
            directed.ending = "value"
        self.thread.run(self.runtime.shutdown)
        self.thread.join()
