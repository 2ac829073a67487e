"""Modules and classes in the modelled world, and back."""

from __future__ import annotations

import threading
from collections import deque
from types import ModuleType

import pytest

from zokio.env import threads
from zokio.env.choice import choose
from zokio.env.clock import monotonic_ns
from zokio.errors import UsageError
from zokio.explore import Cell, Deque, Event, Lock, Thread, explore, replaced
from zokio.explore.shared import List


class Defaults(threads.ThreadLocal):
    """With a default, as the runtime's own."""

    owner: str = "nobody"


class Slotted:
    """Attributes in slots."""

    __slots__ = ("items", "number")

    def __init__(self) -> None:
        self.number = 0
        self.items: list[int] = []


class Plain:
    """Attributes in a dictionary, one of them with a default."""

    level = 3

    def __init__(self) -> None:
        self.queue: deque[int] = deque()


class Derived(Slotted):
    """Has nothing of its own."""


def module() -> ModuleType:
    """One that uses everything there is."""
    made = ModuleType("made")
    made.__dict__.update(
        Lock=threads.Lock,
        Event=threads.Event,
        deque=deque,
        choose=choose,
        monotonic_ns=monotonic_ns,
        CURRENT=Defaults(),
        GUARD=threading.Lock(),
        number=5,
    )
    return made


def test_names_mean_the_modelled_things_until_the_block_ends() -> None:
    one, other = module(), module()
    vars(other)["CURRENT"] = one.CURRENT
    before = dict(vars(one))
    with replaced([one, other]):
        assert (one.Lock, one.Event, one.deque) == (Lock, Event, Deque)
        assert one.number == 5 and isinstance(one.GUARD, Lock)
        assert one.CURRENT is other.CURRENT and one.CURRENT.owner == "nobody"
        assert one.choose("any", 9) == 0 == one.monotonic_ns()
    assert vars(one) == before


@pytest.mark.parametrize("kind", [Slotted, Derived])
def test_reads_and_writes_of_an_attribute_are_steps(kind: type[Slotted]) -> None:
    def program() -> int:
        thing = kind()

        def change() -> None:
            thing.number += 1

        threads = [Thread(target=change) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return thing.number

    assert explore(program).results == (2,), "it is not shared yet"
    with replaced(attributes={Slotted: ("number",)}):
        assert set(explore(program).results) == {1, 2}
    assert explore(program).results == (2,), "it is shared still"


def test_containers_in_a_shared_attribute_are_modelled() -> None:
    def program() -> object:
        slotted, plain = Slotted(), Plain()
        level = plain.level
        plain.level = 4
        return type(slotted.items), type(plain.queue), level, plain.level

    with replaced(attributes={Slotted: ("items",), Plain: ("queue", "level", "missing")}):
        assert explore(program).results == ((List, Deque, 3, 4),)
        with pytest.raises(AttributeError, match="no attribute 'missing'"):
            _ = getattr(Plain(), "missing")  # noqa: B009  # the type checker knows that it is not
        assert type(Plain().queue) is deque, "outside of an exploration all is as it was"
    assert Plain.level == 3 and not hasattr(Plain, "missing")


def test_what_cannot_be_watched_is_refused_and_the_rest_undone() -> None:
    with (
        pytest.raises(UsageError, match="belongs to a base class"),
        replaced(attributes={Plain: ("queue",), Derived: ("number",)}),
    ):
        pass
    assert "queue" not in vars(Plain)
    with (
        replaced(attributes={Slotted: ("number",)}),
        pytest.raises(UsageError, match="shared already"),
        replaced(attributes={Slotted: ("number",)}),
    ):
        pass
    with (
        pytest.raises(UsageError, match="explore the interpreted build"),
        replaced(attributes={int: ("real",)}),
    ):
        pass


def test_a_module_of_the_test_itself_is_explored() -> None:
    made = module()

    def program() -> str:
        with made.GUARD:
            made.CURRENT.owner = "main"
            seen = Cell("", "seen")
            thread = Thread(target=lambda: seen.set(made.CURRENT.owner))
            thread.start()
            thread.join()
            return seen.get()

    with replaced([made]):
        assert explore(program).results == ("nobody",)
