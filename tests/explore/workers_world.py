"""The runtime on several workers as programs to explore: the real code, from `block_on` down.

Everything is real but the reactor: a bell that can be rung and waited for, with the modelled time.
Each program makes a runtime, has a few tasks and other threads do something, and shuts it down.
Capacities are small: two workers unless a program says otherwise, the reactor visited after every
second poll. A lost wake or unpark leaves everybody asleep, which the exploration reports. Here is
what the programs are made of; they are in `workers_programs.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from socket import SOCK_STREAM
from types import ModuleType
from typing import Any, Protocol

from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.task import Task
from zokio.core.waker import Context, Waker
from zokio.errors import AbortedError
from zokio.explore import (
    Cell,
    Event,
    Happening,
    Thread,
    monotonic_ns,
    replaced,
    sleep,
    uninterrupted,
)
from zokio.explore.modelled import SECOND_NS
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("core", "runtime", "scheduler", "time", "timers")

SHARED = {
    "zokio.core.run_queue.RunQueue": ("closed",),
    "zokio.core.task.Task": ("state", "outcome", "cancel_requested", "joiners"),
    "zokio.runtime.runtime.Runtime": ("closing",),
    "zokio.scheduler.idle.Idle": ("searching", "sleepers"),
    "zokio.scheduler.multi_thread.MultiThread": ("stopping", "is_watched"),
    "zokio.scheduler.parker.Parker": ("_place", "_token"),
}
"""What threads share without being a lock or a queue."""


def attributes() -> dict[type, tuple[str, ...]]:
    """`SHARED`, by the classes themselves."""
    found = {}
    for path, names in SHARED.items():
        module, _, kind = path.rpartition(".")
        found[getattr(import_module(module), kind)] = names
    return found


def modules() -> list[ModuleType]:
    """The modules of the runtime."""
    return [
        import_module(f"zokio.{package}.{file.stem}")
        for package in PACKAGES
        for file in sorted((ROOT / "zokio" / package).glob("*.py"))
        if file.stem != "__init__"
    ]


@contextmanager
def modelled() -> Iterator[None]:
    """The runtime's modules in the modelled world."""
    with replaced(modules(), attributes()):
        yield


class BellReactor:
    """A reactor without descriptors. One thread waits at a time."""

    bell_fd = -1
    signals = 0

    def __init__(self) -> None:
        self.now_ns = monotonic_ns
        self._bell = Event()

    def socket(self, family: int, kind: int = SOCK_STREAM) -> Socket:
        raise AssertionError("no program here opens one")

    def register(self, fd: int) -> Registration:
        raise AssertionError("no program here opens one")

    def deregister(self, registration: Registration) -> list[Task]:
        raise AssertionError("no program here opens one")

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """Until the bell rings; a ring is heard once."""
        if timeout_ns == 0:
            if self._bell.is_set():
                self._bell.clear()
            return []
        self._bell.wait(None if timeout_ns is None else timeout_ns / SECOND_NS)
        self._bell.clear()
        return []

    def unpark(self) -> None:
        self._bell.set()

    def close(self) -> None:
        pass

    def check_invariants(self) -> None:
        pass


class Signal(Future[None]):
    """Ready once it was given; the last to poll is woken."""

    def __init__(self, name: str = "signal") -> None:
        self.given = Cell(False, name)
        self.waker: Cell[Waker | None] = Cell(None, f"{name}'s waker")

    def poll(self, cx: Context) -> Poll[None]:
        if self.given.get():
            return Ready(None)
        self.waker.set(cx.waker)
        return Ready(None) if self.given.get() else PENDING

    def give(self) -> None:
        """From any thread."""
        self.given.set(True)
        waker = self.waker.get()
        if waker is not None:
            waker.wake()


class Polls:
    """Counts the polls of a task, and notices when two threads poll it at the same time."""

    def __init__(self, name: str) -> None:
        self.inside = Cell(False, f"polling {name}")

    def visit(self) -> None:
        """Inside of a poll."""
        assert not self.inside.get(), "polled by two threads at the same time"
        self.inside.set(True)
        self.inside.set(False)


def make(workers: int = 2) -> Runtime:
    """A runtime on the bell."""
    config = RuntimeConfig(workers=workers, event_interval=2, budget=4)
    return Runtime(config, reactor=BellReactor())


@contextmanager
def at_rest(*tasks: Coroutine[Any, Any, object], workers: int = 2) -> Iterator[Scene]:
    """A runtime whose tasks wait and whose workers sleep; afterwards it is shut down.

    Neither the beginning nor the end is explored: what the block does is.
    """
    with uninterrupted():
        runtime = make(workers)
        handles = [runtime.spawn(task, f"task {number}") for number, task in enumerate(tasks, 1)]
        sleep(1e-3)  # until nobody else can run
    scene = Scene(runtime, handles)
    yield scene
    with uninterrupted():
        scene.end()


class Watch(Protocol):
    """A listener that wants to know the runtime."""

    runtime: Runtime | None


class OnePlace:
    """A listener: after every step, each task stands in one queue, slot or batch at the most."""

    looks = 0
    """How many tasks were found standing somewhere, in all executions."""

    def __init__(self) -> None:
        self.runtime: Runtime | None = None
        Scene.watch = self

    def __call__(self, happening: Happening) -> None:
        """Look at the queues, by the base class: what is modelled would take steps."""
        if self.runtime is None:
            return
        together = getattr(self.runtime, "together")  # noqa: B009  # not every tree has it
        queues = [together.injection.tasks]
        for each in together.workers:
            queues += [each.queue.ready, each.queue.slot, each.queue.pinned]
        standing = [task for queue in queues for task in deque.__iter__(queue)]
        OnePlace.looks += len(standing)
        if len(set(standing)) < len(standing):
            raise AssertionError("a task stands in two places")


class Scene:
    """A runtime at work, its tasks, and other threads."""

    watch: Watch | None = None
    """Is told of the runtime, if it listens."""

    def __init__(self, runtime: Runtime, handles: list[JoinHandle[object]]) -> None:
        self.runtime = runtime
        if self.watch is not None:
            self.watch.runtime = runtime
        self.handles = handles
        self._threads: list[Thread] = []

    def others(self, *bodies: Callable[[], object]) -> None:
        """Each in a thread that is no worker."""
        for body in bodies:
            thread = Thread(target=body, name=f"other {len(self._threads) + 1}")
            self._threads.append(thread)
            thread.start()

    def end(self) -> None:
        """Wait for the other threads, and shut the runtime down. Nobody listens any more."""
        if self.watch is not None:
            self.watch.runtime = None
        for thread in self._threads:
            thread.join()
        self.runtime.shutdown(timeout=1.0)

    def results(self, seconds: float = 1e-3) -> tuple[object, ...]:
        """What the tasks have come to when nobody can run any more; "aborted" for one that was.

        The calling thread sleeps until then, and so wakes nobody who was forgotten.
        """
        sleep(seconds)
        with uninterrupted():
            return tuple([self._result(handle) for handle in self.handles])

    def _result(self, handle: JoinHandle[object]) -> object:
        assert handle.is_finished(), f"everybody is at rest, and {handle.name} has not ended"
        try:
            return handle.result()
        except AbortedError:
            return "aborted"
