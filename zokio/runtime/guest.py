"""Guests: threads that are no workers and wait for what the workers do.

Whoever is in `block_on` is a guest, and whoever shuts the runtime down is its last one. There may
be many at a time; a shutdown has the runtime to itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zokio.core.task import Task
from zokio.core.task_state import IDLE
from zokio.core.waker import Waker
from zokio.errors import BusyError, ClosedError, NestedRuntimeError
from zokio.runtime.current import RUNNING
from zokio.scheduler.parker import Parker

if TYPE_CHECKING:
    from zokio.runtime.workers import WorkersRuntime


class Guest(Parker):
    """The waker of a thread that waits on its own parker."""

    __slots__ = ("root",)

    def __init__(self) -> None:
        super().__init__()
        self.root: Task | None = None
        """The task whose end it waits for."""

    def wake(self) -> None:
        """See `zokio.core.waker.Waker`."""
        self.unpark()

    def will_wake(self, other: Waker, /) -> bool:
        """Whether `other` wakes this very thread."""
        return other is self


class Guests:
    """The guests of one runtime."""

    __slots__ = ("_inside", "_is_closing", "_onlookers", "_runtime")

    def __init__(self, runtime: WorkersRuntime) -> None:
        self._runtime = runtime
        self._inside: dict[Guest, None] = {}
        self._onlookers: dict[Guest, None] = {}
        self._is_closing = False

    @property
    def waiting(self) -> int:
        """How many wait for a task that waits itself: one that is ready yet has to be pushed."""
        roots = [guest.root for guest in list(self._inside)]
        return sum(root is not None and root.state is IDLE for root in roots)

    def wake_all(self) -> None:
        """Something has happened that concerns whoever runs the runtime."""
        for guest in list(self._inside):
            guest.wake()

    def wake_onlookers(self) -> None:
        """Every worker is about to sleep. Not for those in `block_on`: it would be for nothing."""
        for guest in list(self._onlookers):
            guest.wake()

    def add(self, onlooker: Guest) -> None:
        """Wake it whenever all workers are about to sleep."""
        self._onlookers[onlooker] = None

    def remove(self, onlooker: Guest) -> None:
        """Wake it no more."""
        self._onlookers.pop(onlooker, None)

    @contextmanager
    def visit(self, *, alone: bool = False) -> Iterator[Guest]:
        """Inside the block the calling thread runs the runtime, with others or alone.

        Raises:
            NestedRuntimeError: it runs one already.
            ClosedError: the runtime was shut down.
            BusyError: it is being shut down; or, for one who wants to be alone, others are inside.
        """
        runtime = self._runtime
        if RUNNING.runtime is not None:
            raise NestedRuntimeError(
                "a zokio runtime is running on this thread already; inside it, await the "
                "coroutine or zokio.spawn it"
            )
        guest = Guest()
        with runtime.shared.structure:
            if runtime.queue.closed:
                raise ClosedError("the runtime was shut down; make a new one")
            if self._is_closing or (alone and self._inside):
                raise BusyError(
                    "another thread is running this runtime; wait until its block_on or shutdown "
                    "has ended"
                )
            self._is_closing = alone
            self._inside[guest] = None
        RUNNING.runtime = runtime
        try:
            yield guest
        finally:
            RUNNING.runtime = None
            with runtime.shared.structure:
                self._inside.pop(guest, None)
                self._is_closing = False
