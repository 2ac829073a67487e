"""The cancel scope machine on the real runtime, poll by poll.

The runtime lives on a thread that stops inside of every poll, so that scopes are entered, left and
cancelled there one at a time. The thread of the test is the other thread, which cancels as well.
Deadlines are moved when they are to pass, and time is virtual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from inspect import CORO_CREATED, getcoroutinestate

import zokio
from spec.scope_tree import ABSENT, CLOSING, NEW, RUNNING, SCOPE, SUSPENDED, TASK, State
from tests.helpers.controlled_thread import ENDED, ControlledThread
from tests.helpers.scoped_task import FAR_S, OpenScope, Order, ScopedTask
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.cancel import CancelNode
from zokio.core.task import Task
from zokio.core.task_state import DONE, RUNNING_WOKEN
from zokio.env.clock import SECOND_NS


class CancelScopesAdapter:
    """See `zokio.model.Adapter`; `make_reactor` says which reactor the runtime gets."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor]) -> None:
        self.make_reactor = make_reactor

    def start(self, state: State) -> None:
        """A runtime with one task, which has not begun."""
        self.thread = ControlledThread()
        self.count = len(state.phase), len(state.called)
        self.tasks: dict[int, Task] = {}
        self.scripts: dict[int, ScopedTask] = {}
        self.scopes: dict[int, OpenScope] = {}
        self.thread.run(self._make_runtime)
        self.spawn_apart()

    def _make_runtime(self) -> None:
        self.reactor = self.make_reactor()
        self.runtime = zokio.Runtime(reactor=self.reactor)

    # The scheduler

    def poll(self) -> None:
        self.thread.run(self._poll)

    def _poll(self) -> None:
        with self.runtime.entered():
            assert self.runtime.scheduler.poll_ready(1) == 1, "nobody was polled"

    def suspend(self) -> None:
        self._tell("suspend")

    def wake(self, task: int) -> None:
        self.thread.run(self.tasks[task].wake)

    # The running task

    def enter(self, kind: Order) -> None:
        self._tell(kind)

    def leave(self) -> None:
        self._tell("leave")

    def pass_on(self) -> None:
        self._tell("leave")

    def catch(self) -> None:
        self._tell("catch")

    def end(self) -> None:
        self._tell("leave")

    def _tell(self, order: Order) -> None:
        self.scripts[self._running()].order = order
        self.thread.go_on()

    def cancel(self, scope: int) -> None:
        self.thread.run(self.scopes[scope].scope.cancel)

    def abort(self, task: int) -> None:
        self.thread.run(self.tasks[task].abort)

    def change_shield(self, scope: int) -> None:
        self.thread.run(lambda: self._change_shield(self.scopes[scope].scope))

    def _change_shield(self, scope: zokio.CancelScope) -> None:
        scope.shield = not scope.shield

    def spawn(self, scope: int) -> None:
        self.thread.run(lambda: self._spawn(self.scopes[scope].group))

    # From outside

    def spawn_apart(self) -> None:
        self.thread.run(lambda: self._spawn(None))

    def _spawn(self, group: zokio.TaskGroup | None) -> None:
        number = next(each for each in range(self.count[0]) if not self._is_alive(each))
        script = ScopedTask(self.thread, f"task {number}", self.scopes)
        handle = (self.runtime if group is None else group).spawn(script.run(), name=script.name)
        self.scripts[number] = script
        self.tasks[number] = self.runtime.tasks[handle.id]

    def pass_deadline(self, scope: int) -> None:
        assert self.scopes[scope].scope.deadline == FAR_S
        self.thread.run(lambda: self._move_deadline(self.scopes[scope].scope))
        self.reactor.clock.advance(SECOND_NS)
        self.turn()

    def _move_deadline(self, scope: zokio.CancelScope) -> None:
        scope.deadline = self.reactor.now_ns() / SECOND_NS + 1

    def cancel_from_thread(self, scope: int) -> None:
        self.scopes[scope].scope.cancel()

    def abort_from_thread(self, task: int) -> None:
        self.tasks[task].abort()

    def turn(self) -> None:
        self.thread.run(self._turn)

    def _turn(self) -> None:
        with self.runtime.entered():
            self.runtime.turn(may_wait=False)

    # What the specification sees

    def abstraction(self) -> State:
        """The tree, read from the tasks, the nodes and the queues."""
        tasks, scopes = range(self.count[0]), range(self.count[1])
        opened = [self.scopes.get(scope) for scope in scopes]
        return State(
            phase=tuple(self._phase(task) for task in tasks),
            flight=tuple(self._is_alive(task) and self.scripts[task].flying for task in tasks),
            aborted=tuple(self._is_aborted(task) for task in tasks),
            stack=tuple(self._stack(task) for task in tasks),
            members=tuple(
                self._numbers(None if each is None else each.scope.members) for each in opened
            ),
            group=tuple(each is not None and each.group is not None for each in opened),
            called=tuple(each is not None and each.scope.cancel_called for each in opened),
            shield=tuple(each is not None and each.scope.shield for each in opened),
            lost=tuple(each is not None and self._has_lost(each) for each in opened),
            queue=self._numbers(self.runtime.queue.ready),
            owed=any(task.state is RUNNING_WOKEN for task in self.tasks.values()),
            mail=tuple(self._mail()),
        )

    def _has_lost(self, opened: OpenScope) -> bool:
        members = None if opened.group is None else opened.group._members
        return members is not None and members.is_lost

    def _numbers(self, tasks: Iterable[Task] | None) -> tuple[int, ...]:
        numbers = {task: number for number, task in self.tasks.items()}
        return tuple(numbers[task] for task in tasks or ())

    def _is_alive(self, task: int) -> bool:
        return task in self.tasks and self.tasks[task].state is not DONE

    def _running(self) -> int:
        return next(n for n, task in self.tasks.items() if task is self.runtime.queue.task)

    def _is_aborted(self, task: int) -> bool:
        root = self.tasks[task].root if self._is_alive(task) else None
        return root is not None and root.cancel_called

    def _phase(self, number: int) -> str:
        if not self._is_alive(number):
            return ABSENT
        task = self.tasks[number]
        if task is self.runtime.queue.task:
            return RUNNING
        assert task.coroutine is not None
        if getcoroutinestate(task.coroutine) == CORO_CREATED:
            return NEW
        known = [each.scope for each in self.scopes.values()]
        is_shielded = any(node not in known for node in self._nodes(task))
        return CLOSING if is_shielded else SUSPENDED

    def _nodes(self, task: Task) -> Iterator[CancelNode]:
        """The scopes that the task is in, from the inside, without its root."""
        node = task.scope
        while node is not None and node is not task.root and node.task is task:
            yield node
            node = node.parent

    def _stack(self, task: int) -> tuple[int, ...]:
        if not self._is_alive(task):
            return ()
        numbers = {each.scope: number for number, each in self.scopes.items()}
        inside_out = [numbers[n] for n in self._nodes(self.tasks[task]) if n in numbers]
        return tuple(reversed(inside_out))

    def _mail(self) -> Iterator[tuple[str, int]]:
        for work in self.runtime.queue.injected:
            target = getattr(work, "__self__", None)
            for number, opened in self.scopes.items():
                if opened.scope is target:
                    yield SCOPE, number
            for number, task in self.tasks.items():
                if task is target and self._is_alive(number):
                    yield TASK, number

    def check_invariants(self) -> None:
        """The runtime's own between two polls, and the tree's also during one."""
        if self.thread.place == ENDED:
            self.runtime.check_invariants()
        for task in self.tasks.values():
            if task.root is not None:
                task.root.check_invariants()
        for opened in self.scopes.values():
            opened.scope.check_invariants()

    def stop(self) -> None:
        """Every task is woken and leaves its blocks; nobody has to be dropped."""
        for script in self.scripts.values():
            script.is_over = True
        self.thread.release()
        self.thread.join()
        for task in self.tasks.values():
            task.wake()
        report = self.runtime.shutdown(1)
        assert report.dropped == (), f"{report.dropped} did not end"
