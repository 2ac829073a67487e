"""What a test computes from a specification alone is computed once for all children.

Exploring a machine and finding walks over its graph takes most of a short test, and it is the same
whatever the runtime does. A child that computes it leaves the result in a file; the parent loads
the files, and every later child has them in its memory. The key is the machine as it shows itself:
its class and its constants.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pickle
from collections.abc import Callable, Hashable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Memo:
    """Results by key, shared through the files of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, object] = {}
        self._loaded: set[Path] = set()
        self._parent = os.getpid()
        folder.mkdir(exist_ok=True)

    def remember(self, function: Callable[P, R]) -> Callable[P, R]:
        """`function`, computed once for the same arguments. An iterator becomes a list."""

        @wraps(function)
        def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
            key = f"{function.__qualname__} {[*map(_shown, args)]} {kwargs}"
            if key not in self.known:
                result: object = function(*args, **kwargs)
                self.known[key] = list(result) if isinstance(result, Iterator) else result
                if os.getpid() != self._parent:
                    self._write(key)
            return self.known[key]  # type: ignore[return-value]  # a list instead of an iterator

        return remembered

    def _write(self, key: str) -> None:
        name = hashlib.sha256(key.encode()).hexdigest()
        unfinished = self.folder / f"{name}.{os.getpid()}"
        with unfinished.open("wb") as file:
            ActionsByName(file).dump((key, self.known[key]))
        unfinished.rename(self.folder / f"{name}.pickle")

    def load(self) -> None:
        """Take over what other processes have computed."""
        for path in sorted(set(self.folder.glob("*.pickle")) - self._loaded):
            self._loaded.add(path)
            key, value = pickle.loads(path.read_bytes())
            self.known.setdefault(key, value)


class ActionsByName(pickle.Pickler):
    """Writes an action of a machine as the name by which it is found: it holds functions."""

    def reducer_override(self, value: object) -> Any:  # Any: as pickle has it
        """How to make an action again; everything else as usual."""
        from zokio.model.actions import Action  # not before the server measures what it imports

        if not isinstance(value, Action):
            return NotImplemented
        place = value.effect.__module__, value.effect.__qualname__
        assert _action(*place) is value, f"{value!r} is not what stands at {place}"
        return _action, place


def _action(module: str, qualified_name: str) -> object:
    found: object = importlib.import_module(module)
    for name in qualified_name.split("."):
        found = getattr(found, name)
    return found


def _shown(argument: Hashable) -> str:
    return f"{type(argument).__module__}.{type(argument).__qualname__} {argument!r}"
