"""The measuring of the interleavings: its fast part, and that it can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from assurance import interleavings
from assurance.interleavings import World
from tests.explore import park_protocol
from tests.explore.park_races import CLEARED_LATE

pytestmark = pytest.mark.interpreted  # attributes of compiled classes cannot be watched


@pytest.mark.uncounted
def test_the_fast_part_measures_programs_and_races() -> None:
    figures = interleavings.measure(fast=True)
    programs = interleavings.as_dict(figures["programs"])
    assert len(programs) == figures["programs_explored"]
    assert {f"current thread: {each.__name__}" for each in park_protocol.PROGRAMS} <= set(programs)
    assert figures["complete"] == len(programs)


def test_a_planted_race_that_is_not_found_is_an_error() -> None:
    here = World("here", park_protocol.modelled, [], [CLEARED_LATE])
    with pytest.raises(AssertionError, match="is not found: holds"):
        interleavings.finding(here, CLEARED_LATE)


def test_a_program_that_is_violated_is_an_error() -> None:
    def fails() -> None:
        raise AssertionError("by itself")

    here = World("here", park_protocol.modelled, [fails], [])
    with pytest.raises(AssertionError, match="by itself"):
        interleavings.holding(here, fails, fast=True)


def test_the_module_names_its_command() -> None:
    assert "python -m assurance.interleavings" in Path(interleavings.__file__).read_text()
