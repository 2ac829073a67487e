"""The mechanism itself: it says "caught" only of a test that failed because of the bug."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.mutants.mutant import Mutant, run_mutant

pytestmark = pytest.mark.interpreted

HARMLESS = Mutant(
    name="a_comment_is_added",
    file="zokio/core/task.py",
    before="            self.state = RUNNING_WOKEN",
    after="            self.state = RUNNING_WOKEN  # as before",
    machine="task",
)


def test_a_change_without_an_effect_survives() -> None:
    run = run_mutant(HARMLESS)
    assert run.outcome == "survived", run.output
    assert run.findings == ()


@pytest.mark.parametrize("nonsense", ["            self.state = =", "            no_such_name"])
def test_a_change_that_cannot_run_is_not_caught_but_broken(nonsense: str) -> None:
    run = run_mutant(replace(HARMLESS, after=nonsense))
    assert run.outcome == "broken", run.output


def test_a_change_of_a_file_that_the_test_never_loads_is_broken() -> None:
    unused = replace(
        HARMLESS,
        file="examples/hello.py",
        before="    return 3 * len(name)",
        after="    return 0",
    )
    run = run_mutant(unused)
    assert run.outcome == "broken", run.output


def test_the_text_before_has_to_occur_once() -> None:
    with pytest.raises(ValueError, match=r"occurs 0 times in zokio/core/task\.py"):
        run_mutant(replace(HARMLESS, before="no such text"))
    with pytest.raises(ValueError, match=r"occurs \d+ times"):
        run_mutant(replace(HARMLESS, before="self"))


def test_the_text_after_has_to_differ() -> None:
    with pytest.raises(ValueError, match="is the same"):
        run_mutant(replace(HARMLESS, after=HARMLESS.before))


def test_a_machine_without_a_stateful_test_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="test_perpetual_motion"):
        run_mutant(replace(HARMLESS, machine="perpetual_motion"))
