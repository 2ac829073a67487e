"""Files as a user writes them: a machine that holds, one with a bug, and every kind of mistake."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

LOCK = '''
from typing import NamedTuple

from zokio.model import Machine, action, always, put


class Lock(NamedTuple):
    """Where each task is, and who holds the lock."""

    at: tuple[str, ...]
    holder: int


class LockMachine(Machine[Lock]):
    """A lock whose tasks look first and take later."""

    tasks: int

    def initial(self):
        return [Lock(("idle",) * self.tasks, -1)]

    def domains(self):
        return {"task": range(self.tasks)}

    @action(writes=("at",), reads=("holder", "at"))
    def look(self, state, task):
        return state._replace(at=put(state.at, task, "ready"))

    @look.guard
    def can_look(self, state, task):
        return state.at[task] == "idle" and state.holder == -1

    @action(writes=("at", "holder"), reads=("at",))
    def take(self, state, task):
        return Lock(put(state.at, task, "inside"), task)

    @take.guard
    def can_take(self, state, task):
        return state.at[task] == "ready"

    @action(writes=("at", "holder"), reads=("at",))
    def release(self, state, task):
        return Lock(put(state.at, task, "idle"), -1)

    @release.guard
    def can_release(self, state, task):
        return state.at[task] == "inside"

    @always
    def mutual_exclusion(self, state):
        """At most one task is inside."""
        return state.at.count("inside") <= 1

    @always(canary="mutual_exclusion")
    def nobody_is_ever_inside(self, state):
        return "inside" not in state.at


ONE = LockMachine(tasks=1)
CONFIGURATIONS = (ONE, LockMachine(tasks=2))
NAMED = {"one": ONE, "two": (LockMachine(tasks=2),)}
EMPTY = ()


class PredicateRaises(LockMachine):
    tasks = 2

    @always
    def divides(self, state):
        return 1 / (state.holder - 1)


class WritesTooMuch(LockMachine):
    tasks = 2

    def look(self, state, task):
        return state._replace(holder=task)


class InitialRaises(LockMachine):
    tasks = 2

    def initial(self):
        raise ValueError("no beginning")


class EffectRaises(LockMachine):
    tasks = 2

    def take(self, state, task):
        return state._replace(at=put(state.at, 9, "inside"))


class GuardRecurs(LockMachine):
    tasks = 2

    def can_take(self, state, task):
        return self.can_take(state, task)
'''


@contextmanager
def user_folder(folder: Path) -> Iterator[Path]:
    """Be in a folder with the files above; whatever is imported from there is forgotten after."""
    modules, search, before = set(sys.modules), list(sys.path), Path.cwd()
    write(folder, "lock.py", LOCK)
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)
        sys.path[:] = search
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None) or ""
            if file.startswith(str(folder)):
                del sys.modules[name]


def write(folder: Path, name: str, text: str) -> Path:
    """Write one file, and the folders above it."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dedent(text), encoding="utf-8")
    return file


def line_of(file: Path, text: str) -> int:
    """The number of the first line that contains a text."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
