"""Shared variables and containers whose every use is a step of the world.

`Cell` is a variable of a program under test. `SharedAttribute` takes the place of an attribute of a
real class while an exploration goes on: every read and write of it is a step, in code that knows
nothing of it. `Deque` and `List` are the standard library's, each call one step; an iteration is
one step an item, as it is without the GIL. Lists and deques that are put into a shared attribute
become these.

Whatever else a container holds or does (dictionaries, sets, slices) is done with the step before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Final, Generic, SupportsIndex, TypeVar

from zokio.errors import UsageError
from zokio.explore.modelled import Modelled
from zokio.explore.operations import Operation, Place
from zokio.explore.world import World

T = TypeVar("T")


class Cell(Modelled, Generic[T]):
    """A variable that threads share, with a name for the timeline."""

    def __init__(self, value: T, name: str = "") -> None:
        super().__init__()
        self._value = value
        self.version = 0
        """How many times it was written."""
        place = Place(self)
        place.title = name
        self.reading = Operation(place, "read", writes=False)
        self.writing = Operation(place, "write", writes=True)
        self.place = place

    def get(self) -> T:
        """The value, in one step."""
        self.step("reading")
        return self._value

    def set(self, value: T) -> None:
        """Another value, in one step."""
        self.step("writing")
        self._value = value
        self.version += 1


def wait_until(condition: Callable[[], bool], *cells: Cell[Any]) -> None:
    """Spin: look until `condition` holds, anew whenever somebody has written one of `cells`.

    A loop that looks again and again would have executions without an end. Any: cells of anything.
    """
    world = World.current
    while True:
        seen = [cell.version for cell in cells]
        if condition():
            return
        if world is None:
            raise UsageError("wait_until: nobody else is there to make the condition true")
        verb = "wait for a change of"
        enabled = partial(_have_changed, cells, seen)
        world.reach(Operation(cells[0].place, verb, writes=False, enabled=enabled))


def _have_changed(cells: tuple[Cell[Any], ...], seen: list[int]) -> bool:
    return [cell.version for cell in cells] != seen


class SharedAttribute:
    """A data descriptor over an attribute, slotted or not, of any number of objects."""

    def __init__(self, name: str, inner: Any) -> None:  # Any: a member descriptor, or a default
        self.name = name
        self.inner = inner
        self.is_slot = hasattr(type(inner), "__set__")
        self._world: World | None = None
        self._operations: dict[int, tuple[Operation, Operation]] = {}

    def operations(self, world: World, owner: object) -> tuple[Operation, Operation]:
        """To read it and to write it, of one object in one execution."""
        if self._world is not world:
            self._world = world
            self._operations = {}
        made = self._operations.get(id(owner))
        if made is None:
            place = Place(owner, self.name)
            made = (
                Operation(place, "read", writes=False),
                Operation(place, "write", writes=True),
            )
            self._operations[id(owner)] = made
        return made

    def __get__(self, owner: object, kind: type | None = None) -> Any:  # Any: as any attribute
        if owner is None:
            return self
        world = World.current
        if world is not None:
            world.reach(self.operations(world, owner)[0])
        if self.is_slot:
            return self.inner.__get__(owner, kind)
        values = vars(owner)
        if self.name in values:
            return values[self.name]
        if self.inner is MISSING:
            raise AttributeError(f"{type(owner).__name__!r} object has no attribute {self.name!r}")
        return self.inner

    def __set__(self, owner: object, value: object) -> None:
        world = World.current
        if world is not None:
            world.reach(self.operations(world, owner)[1])
            value = shared(value)
        if self.is_slot:
            self.inner.__set__(owner, value)
        else:
            vars(owner)[self.name] = value


MISSING: Final = object()


def shared(value: object) -> object:
    """A list or a deque as one whose uses are steps; anything else as it is."""
    if type(value) is list:
        return List(value)
    if type(value) is deque:
        return Deque(value, value.maxlen)
    return value


class Watched:
    """The steps of a container: `look` and `change`."""

    def watch(self) -> None:
        """Begin; the container's constructor has been called."""
        self.world = World.current
        self.operations: dict[str, Operation] = {}
        self.place = Place(self)

    def look(self, verb: str) -> None:
        """A step which changes nothing."""
        world = World.current
        if world is not None:
            world.reach(self._operation(world, verb, False))

    def change(self, verb: str) -> None:
        """A step which changes the container."""
        world = World.current
        if world is not None:
            world.reach(self._operation(world, verb, True))

    def _operation(self, world: World, verb: str, writes: bool) -> Operation:
        if self.world is not world:  # it has outlived an execution; what it holds it keeps
            self.world = world
            self.operations = {}
            self.place = Place(self)
        made = self.operations.get(verb)
        if made is None:
            made = self.operations[verb] = Operation(self.place, verb, writes=writes)
        return made

    def nothing_there(self) -> None:
        """The change found nothing to change."""
        world = World.current
        if world is not None:
            world.was_only_a_look()


class Deque(deque[T], Watched):
    """A deque; each call is one step."""

    def __init__(self, items: Iterable[T] = (), maxlen: int | None = None) -> None:
        super().__init__(items, maxlen)
        self.watch()

    def append(self, item: T, /) -> None:
        """As the standard library's."""
        self.change("append to")
        super().append(item)

    def appendleft(self, item: T, /) -> None:
        """As the standard library's."""
        self.change("appendleft to")
        super().appendleft(item)

    def extend(self, items: Iterable[T], /) -> None:
        """As the standard library's: in one step, since it is one call."""
        taken = list(items)
        self.change("extend")
        super().extend(taken)

    def pop(self) -> T:  # type: ignore[override]  # a deque pops at its ends only
        """As the standard library's."""
        self.change("pop from")
        if not super().__len__():
            self.nothing_there()
        return super().pop()

    def popleft(self) -> T:
        """As the standard library's."""
        self.change("popleft from")
        if not super().__len__():
            self.nothing_there()
        return super().popleft()

    def remove(self, item: T, /) -> None:
        """As the standard library's."""
        self.change("remove from")
        super().remove(item)

    def clear(self) -> None:
        """As the standard library's."""
        self.change("clear")
        super().clear()

    def __len__(self) -> int:
        self.look("length of")
        return super().__len__()

    def __bool__(self) -> bool:
        self.look("is there any in")
        return super().__len__() > 0

    def __iter__(self) -> Iterator[T]:
        self.look("iterate over")
        for item in super().__iter__():
            yield item
            self.look("next of")

    def __contains__(self, item: object, /) -> bool:
        self.look("search")
        return item in list(super().__iter__())


class List(list[T], Watched):
    """A list; each call is one step."""

    def __init__(self, items: Iterable[T] = ()) -> None:
        super().__init__(items)
        self.watch()

    def append(self, item: T, /) -> None:
        """As the standard library's."""
        self.change("append to")
        super().append(item)

    def extend(self, items: Iterable[T], /) -> None:
        """As the standard library's."""
        taken = list(items)
        self.change("extend")
        super().extend(taken)

    def pop(self, index: SupportsIndex = -1, /) -> T:
        """As the standard library's."""
        self.change("pop from")
        if not super().__len__():
            self.nothing_there()
        return super().pop(index)

    def remove(self, item: T, /) -> None:
        """As the standard library's."""
        self.change("remove from")
        super().remove(item)

    def clear(self) -> None:
        """As the standard library's."""
        self.change("clear")
        super().clear()

    def __len__(self) -> int:
        self.look("length of")
        return super().__len__()

    def __bool__(self) -> bool:
        self.look("is there any in")
        return super().__len__() > 0

    def __iter__(self) -> Iterator[T]:
        self.look("iterate over")
        for item in super().__iter__():
            yield item
            self.look("next of")

    def __contains__(self, item: object, /) -> bool:
        self.look("search")
        return item in list(super().__iter__())
