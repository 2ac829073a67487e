"""Threads and what each of them keeps for itself, modelled: see `modelled.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zokio.errors import UsageError
from zokio.explore.modelled import SECOND_NS
from zokio.explore.operations import Operation, Place
from zokio.explore.strand import Strand
from zokio.explore.world import World


class Thread:
    """A thread of the world."""

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:  # Any: what `target` takes
        self._target = target
        self._args = tuple(args)
        self._kwargs = dict(kwargs or {})
        self._name = name
        self.daemon = bool(daemon)
        self.strand: Strand | None = None

    @property
    def name(self) -> str:
        """The name; without one of its own, from the number."""
        if self._name is not None:
            return self._name
        return "thread" if self.strand is None else self.strand.name

    @property
    def ident(self) -> int | None:
        """As `get_ident` tells it to the thread itself."""
        return None if self.strand is None else self.strand.number + 1

    def run(self) -> None:
        """What it does; to be overridden, or given as `target`."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def start(self) -> None:
        """Let it run.

        Raises:
            RuntimeError: it was started before.
            UsageError: nobody explores.
        """
        world = World.current
        if self.strand is not None:
            raise RuntimeError("threads can only be started once")
        if world is None:
            raise UsageError("a modelled thread runs in an exploration only; see zokio.explore")
        place = Place(None)
        place.title = f"thread {self._name or 'without a name'}"
        world.reach(Operation(place, "start", writes=True, enables=True))
        name = self._name or f"thread-{len(world.strands)}"
        self.strand = world.add_strand(name, self.run, place, daemon=self.daemon)

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end; with a timeout, at most until nobody else can run."""
        world, strand = World.current, self._started()
        if world is None:
            return
        if timeout is None:
            operation = Operation(
                strand.place, "join", writes=False, enabled=lambda: strand.ended, waits=True
            )
        else:
            deadline_ns = world.now_ns + max(0, round(timeout * SECOND_NS))
            operation = Operation(
                strand.place,
                "join",
                writes=False,
                enabled=lambda: strand.ended or world.now_ns >= deadline_ns,
                deadline_ns=deadline_ns,
            )
        world.reach(operation)

    def is_alive(self) -> bool:
        """Whether it has begun and not ended."""
        if self.strand is None:
            return False
        if World.current is not None:
            World.current.reach(Operation(self.strand.place, "is it alive", writes=False))
        return not self.strand.ended

    def _started(self) -> Strand:
        if self.strand is None:
            raise RuntimeError("cannot join thread before it is started")
        return self.strand


class ThreadLocal:
    """What each thread has of its own; defaults come from the class, as usual."""

    def __getattribute__(self, name: str) -> Any:  # Any: as any attribute
        mine = _kept_by_this_thread(self)
        if name in mine:
            return mine[name]
        return object.__getattribute__(self, name)

    def __setattr__(self, name: str, value: object) -> None:
        _kept_by_this_thread(self)[name] = value

    def __delattr__(self, name: str) -> None:
        mine = _kept_by_this_thread(self)
        if name not in mine:
            raise AttributeError(name)
        del mine[name]


def _kept_by_this_thread(place: ThreadLocal) -> dict[str, object]:
    world = World.current
    if world is None:
        return {}
    return world.running.locals.setdefault(id(place), {})
