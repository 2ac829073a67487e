"""Planted races: a change of the source, put into the loaded modules for as long as a block lasts.

Only `__code__` of functions is replaced (`assurance/code_patch.py`), so whoever imported a name
runs the changed code, and at the end the code that was there before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from assurance.code_patch import patch
from tests.mutants.mutant import Mutant
from zokio.explore import explore

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class PlantedRace:
    """In `file`, the text `before`, which occurs once, becomes `after`; `program` shows it."""

    name: str
    file: str
    before: str
    after: str
    program: Callable[[], object]
    preemptions: int = 2

    def sources(self) -> tuple[str, str]:
        """The file's text, and the changed one.

        Raises:
            ValueError: `before` does not occur exactly once.
        """
        mutant = Mutant(
            name=self.name, file=self.file, before=self.before, after=self.after, machine=""
        )
        text = (ROOT / self.file).read_text()
        return text, mutant.mutate(text)


@contextmanager
def planted(race: PlantedRace) -> Iterator[None]:
    """The race is there until the block ends."""
    module = import_module(race.file.removesuffix(".py").replace("/", "."))
    text, changed = race.sources()
    assert patch(module, text, changed) > 0, "nothing was changed"
    try:
        yield
    finally:
        patch(module, changed, text)


World = Callable[[], AbstractContextManager[None]]
"""Replaces what a program runs on by the modelled one."""


def assert_it_holds(program: Callable[[], object], left: object, modelled: World) -> None:
    """In every interleaving, and the same comes of all of them."""
    with modelled():
        found = explore(program, preemptions=2)
    assert found.outcome == "holds", found.report
    assert found.results == (left,) and found.executions > 1


def assert_it_is_found(race: PlantedRace, modelled: World) -> None:
    """In some interleaving."""
    with planted(race), modelled():
        found = explore(race.program, preemptions=race.preemptions)
    assert found.outcome == "violated"
