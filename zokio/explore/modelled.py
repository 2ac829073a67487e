"""What `zokio.env.threads` and the clock give, modelled: each operation is a step of the world.

The names and signatures are the standard library's, as far as zokio uses them. Outside of an
execution the objects do without steps, so that a finalizer which comes late harms nobody; an object
that outlives an execution is as new in the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from zokio.errors import UsageError
from zokio.explore.operations import Operation, Place
from zokio.explore.world import World

SECOND_NS: Final = 1_000_000_000
OUTSIDE: Final = 0
"""The identity of whoever is no thread of the world."""


def get_ident() -> int:
    """The number of the calling thread, from 1."""
    world = World.current
    return OUTSIDE if world is None else world.running.number + 1


def monotonic_ns() -> int:
    """The time, which moves on only when nobody can run."""
    world = World.current
    return 0 if world is None else world.now_ns


def choose(label: str, count: int) -> int:
    """One of `count` possibilities, from 0; an exploration tries every one."""
    world = World.current
    return 0 if world is None or count == 1 else world.choose(label, count)


def sleep(seconds: float) -> None:
    """Come back when the time has moved on so far."""
    Event().wait(seconds)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Inside, all threads run in one order only: each as long as it can.

    For the beginning and the end of a program, of which the interleavings are not the question. It
    leaves schedules out: what is explored is the rest of the program, from the state that it had.
    """
    world = World.current
    if world is None:
        yield
        return
    before, world.is_calm = world.is_calm, True
    try:
        yield
    finally:
        world.is_calm = before


class Modelled:
    """What has a place, new in every execution. `fresh` is called for each."""

    def __init__(self) -> None:
        self.world = World.current

    def fresh(self) -> None:
        """Forget what an earlier execution has left."""

    def step(self, operation: str) -> World | None:
        """Reach the operation of that name, unless nobody explores."""
        world = World.current
        if world is None:
            return None
        if self.world is not world:
            self.world = world
            self.fresh()
        made: Operation = getattr(self, operation)
        world.reach(made)
        return world


class Lock(Modelled):
    """A lock that one thread holds."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh()

    def fresh(self) -> None:
        """Held by nobody."""
        self.owner = OUTSIDE
        self.depth = 0
        place = Place(self)
        self.acquiring = Operation(place, "acquire", writes=True, enabled=self.is_free, waits=True)
        self.trying = Operation(place, "try", writes=True)
        self.releasing = Operation(place, "release", writes=True, enables=True)
        self.looking = Operation(place, "is it locked", writes=False)

    def is_free(self) -> bool:
        """Whether the lock can be taken."""
        return self.depth == 0

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the standard library's. A timeout is not modelled."""
        if timeout >= 0:
            raise UsageError("acquire(timeout=...) is not modelled; use an Event to wait so long")
        world = self.step("acquiring" if blocking else "trying")
        if not self.is_free():
            if world is None:
                raise UsageError(f"{type(self).__name__} is held by nobody who could release it")
            world.was_only_a_look()
            return False
        self.owner = get_ident()
        self.depth = 1
        return True

    def release(self) -> None:
        """As the standard library's."""
        self.step("releasing")
        if self.depth == 0:
            raise RuntimeError("release unlocked lock")
        self.depth = 0

    def locked(self) -> bool:
        """Whether somebody holds it."""
        self.step("looking")
        return self.depth > 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class RLock(Lock):
    """A lock that its holder may take again, which is no step."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """As the standard library's."""
        if self.depth and self.owner == get_ident() and self.world is World.current:
            self.depth += 1
            return True
        return super().acquire(blocking, timeout)

    def release(self) -> None:
        """As the standard library's."""
        if self.depth and self.owner != get_ident():
            raise RuntimeError("cannot release un-acquired lock")
        if self.depth > 1:
            self.depth -= 1
        else:
            super().release()


class Event(Modelled):
    """A flag that can be waited for. Setting it twice is a look the second time."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh()

    def fresh(self) -> None:
        """Not set."""
        self.flag = False
        place = self.place = Place(self)
        self.setting = Operation(place, "set", writes=True, enables=True)
        self.clearing = Operation(place, "clear", writes=True)
        self.looking = Operation(place, "is it set", writes=False)

    def is_set(self) -> bool:
        """As the standard library's."""
        self.step("looking")
        return self.flag

    def set(self) -> None:
        """As the standard library's."""
        self._change("setting", True)

    def clear(self) -> None:
        """As the standard library's."""
        self._change("clearing", False)

    def _change(self, operation: str, flag: bool) -> None:
        world = self.step(operation)
        if world is not None and self.flag is flag:
            world.was_only_a_look()
        self.flag = flag

    def wait(self, timeout: float | None = None) -> bool:
        """As the standard library's; a timeout comes only when nobody else can run."""
        world = World.current
        if world is None:
            return self.flag
        if self.world is not world:
            self.world = world
            self.fresh()
        if timeout is None:
            world.reach(
                Operation(self.place, "wait", writes=False, enabled=self._is_set, waits=True)
            )
            return True
        deadline_ns = world.now_ns + max(0, round(timeout * SECOND_NS))
        world.reach(
            Operation(
                self.place,
                "wait",
                writes=False,
                enabled=lambda: self.flag or world.now_ns >= deadline_ns,
                deadline_ns=deadline_ns,
            )
        )
        return self.flag

    def _is_set(self) -> bool:
        return self.flag
