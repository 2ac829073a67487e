"""A changed text takes the place of the code that runs, or is refused whole."""

from __future__ import annotations

import importlib.util
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest

from assurance.code_patch import NotInPlaceError, patch

TEXT = """
from types import coroutine

LIMIT = 3


def limited(number, most=LIMIT):
    return min(number, most)


@coroutine
def handing_over():
    yield 1


class Box:
    size = 5

    def __init__(self):
        self._weight = 1

    @property
    def weight(self):
        return self._weight

    @weight.setter
    def weight(self, weight):
        self._weight = weight

    @staticmethod
    def material():
        return "wood"

    @classmethod
    def cube(cls):
        return sorted(value + 1 for value in (cls.size, 0))
"""

NUMBERS = count()


@pytest.fixture
def module(tmp_path: Path) -> ModuleType:
    path = tmp_path / f"patched_{next(NUMBERS)}.py"
    path.write_text(TEXT)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def changed(before: str, after: str) -> str:
    assert TEXT.count(before) == 1
    return TEXT.replace(before, after)


def test_a_reference_from_before_runs_the_changed_code(module: ModuleType) -> None:
    limited = module.limited
    assert patch(module, TEXT, changed("return min", "return max")) == 1
    assert limited(7) == 7


def test_an_unchanged_text_replaces_nothing(module: ModuleType) -> None:
    assert patch(module, TEXT, TEXT) == 0


def test_an_object_from_before_has_the_changed_methods(module: ModuleType) -> None:
    box = module.Box()
    patch(module, TEXT, changed("return self._weight", "return self._weight * 10"))
    box.weight = 2
    assert box.weight == 20


def test_only_the_setter_of_a_property_is_changed(module: ModuleType) -> None:
    box = module.Box()
    after = changed("self._weight = weight", "self._weight = -weight")
    assert patch(module, TEXT, after) == 1
    box.weight = 2
    assert box.weight == -2


@pytest.mark.parametrize(
    ("before", "after", "call", "value"),
    [
        ('"wood"', '"iron"', lambda module: module.Box.material(), "iron"),
        ("value + 1", "value - 1", lambda module: module.Box.cube(), [-1, 4]),
        ("yield 1", "yield 2", lambda module: module.handing_over().send(None), 2),
    ],
    ids=["static method", "generator inside of a class method", "coroutine"],
)
def test_functions_of_every_kind_are_changed(
    module: ModuleType, before: str, after: str, call: object, value: object
) -> None:
    assert callable(call)
    patch(module, TEXT, changed(before, after))
    assert call(module) == value


def test_a_generator_that_may_be_awaited_stays_one(module: ModuleType) -> None:
    patch(module, TEXT, changed("yield 1", "yield 2"))

    async def awaits() -> None:
        await module.handing_over()

    coroutine = awaits()
    assert coroutine.send(None) == 2
    coroutine.close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("most=LIMIT", "most=2"),
        ("size = 5", "size = 6"),
        ("@coroutine\n", ""),
        ("        self._weight = 1", "        self._weight = 1\n\n    def more(self): ..."),
    ],
    ids=["constant", "default", "class variable", "decorator", "new function"],
)
def test_what_runs_while_it_is_loaded_is_refused(
    module: ModuleType, before: str, after: str
) -> None:
    with pytest.raises(NotInPlaceError):
        patch(module, TEXT, changed(before, after).replace("return min", "return max"))
    assert module.limited(7) == 3
