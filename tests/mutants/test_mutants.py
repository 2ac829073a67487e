"""Every planted bug is caught by the stateful test of its machine, each by name.

A file beside this one that has `MUTANTS` adds its own. That the mechanism can also say "survived"
and "broken" is tested in test_mechanism.py.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from tests.mutants.mutant import ROOT, Mutant, run_mutant

pytestmark = pytest.mark.interpreted


def planted() -> list[Mutant]:
    """The mutants of all files of this folder, by file."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    modules = [
        import_module(f"tests.mutants.{name}")
        for name in names
        if name != "plugin" and not name.startswith("test_")
    ]
    return [mutant for module in modules for mutant in getattr(module, "MUTANTS", ())]


MUTANTS = planted()


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{m.machine}-{m.name}" for m in MUTANTS])
def test_planted_bug_is_caught(mutant: Mutant) -> None:
    run = run_mutant(mutant)
    assert run.outcome == "caught", f"{mutant.name} was not caught:\n{run.output}"


def test_no_two_bugs_have_one_name() -> None:
    names = [(mutant.machine, mutant.name) for mutant in MUTANTS]
    assert len(set(names)) == len(names)


def test_every_stateful_test_has_bugs_to_catch() -> None:
    machines = {
        path.stem.removeprefix("test_") for path in (ROOT / "tests/stateful").glob("test_*.py")
    }
    assert machines == {mutant.machine for mutant in MUTANTS}
