"""Reports and traces, as text and as JSON."""

from __future__ import annotations

import json
from enum import Enum

import pytest

from tests.model.machines.drawn import Drawn
from tests.model.machines.locks import SpinLock
from tests.model.machines.peterson import BlindPeterson, Peterson
from zokio.model import Report, Trace, check
from zokio.model.report import jsonable


def trace_of(report: Report, name: str) -> Trace[tuple[object, ...]]:
    trace = report.property(name).trace
    assert trace is not None
    return trace


def test_json_has_the_fields_of_the_interface() -> None:
    found = json.loads(json.dumps(check(Peterson()).to_json()))
    assert {key: found[key] for key in ("name", "configuration", "states", "depth", "outcome")} == {
        "name": "Peterson",
        "configuration": {"processes": 2},
        "states": check(Peterson()).states,
        "depth": check(Peterson()).depth,
        "outcome": "holds",
    }
    assert found["transitions"] == sum(found["actions"].values())
    assert found["seconds"] >= 0
    assert found["never_enabled"] == []
    assert found["properties"][0] == {
        "name": "one_at_a_time",
        "kind": "always",
        "outcome": "holds",
    }
    assert found["properties"][3] == {
        "name": "nobody_ever_enters",
        "kind": "always",
        "outcome": "violated",
        "canary": "one_at_a_time",
    }


def test_json_has_the_trace_of_what_failed() -> None:
    report = check(BlindPeterson())
    found = json.loads(json.dumps(report.property("one_at_a_time").to_json()))
    assert found["outcome"] == "violated"
    assert found["trace"]["initial"]["at"] == "('idle', 'idle')"
    assert found["trace"]["loop"] is None
    assert found["trace"]["steps"][0] == {
        "step": "raise_flag(process=0)",
        "changes": {"flags": "(True, False)", "at": "('yielding', 'idle')"},
    }


def test_json_keeps_constants_readable() -> None:
    assert jsonable((1, [None, True, 0.5, "text"])) == [1, [None, True, 0.5, "text"]]
    assert jsonable({1: (2,)}) == {"1": [2]}
    assert jsonable(frozenset({1})) == "{1}"


def test_text_says_what_holds_and_how_large_it_was() -> None:
    report = check(Peterson())
    first, second, *rest = report.text().splitlines()
    assert first == "Peterson(processes=2): holds"
    assert f"{report.states:,} states, {report.transitions:,} transitions" in second
    assert any("one_at_a_time" in line and line.endswith("holds") for line in rest)
    assert any("violated (canary of one_at_a_time)" in line for line in rest)
    assert rest[-1].startswith("  actions: raise_flag ")


def test_text_of_a_failure_shows_the_steps_and_what_they_changed() -> None:
    lines = check(BlindPeterson()).text().splitlines()
    assert "    a shortest run to a state in which it is false:" in lines
    assert "    1. raise_flag(process=0)  flags = (True, False), at = ('yielding', 'idle')" in lines
    assert any(line.startswith("    6. enter") for line in lines)


def test_text_of_a_sometimes_that_is_never_seen() -> None:
    text = check(Drawn(avoided=frozenset({7}))).property("arrives").text()
    assert text.splitlines()[-1].strip() == "it is false in every reachable state."


def test_text_of_starvation_shows_the_loop() -> None:
    result = check(SpinLock()).property("gets_in")
    text = result.text()
    assert "gets_in(process=0)" in text
    assert "a fair run that never gets there:" in text
    assert "from here on again and again:" in text
    assert "and so back to the state after step 1, for ever" in text


def test_text_of_a_loop_through_the_beginning() -> None:
    text = trace_of(check(Drawn(fair=((1, 0),))), "gets_there").text()
    assert text.startswith("initially ")
    assert "and so back to the state at the beginning, for ever" in text


def test_text_of_a_run_that_stays_where_it_is() -> None:
    text = trace_of(check(Drawn(loose=((1, None),))), "gets_there").text()
    assert text.splitlines()[-1] == "and stays there for ever: no fair action has to happen"


def test_text_of_a_step_that_changes_nothing() -> None:
    text = trace_of(check(Drawn(fair=((0,),))), "gets_there").text()
    assert "1. fair_step(fair_targets=(0,))  (nothing changes)" in text


def test_a_finite_trace_has_no_loop_in_its_text() -> None:
    trace = trace_of(check(BlindPeterson()), "one_at_a_time")
    assert trace.loop is None
    assert "for ever" not in trace.text()


def test_asking_for_a_property_that_is_not_there() -> None:
    with pytest.raises(KeyError, match="Peterson claims no peace"):
        check(Peterson()).property("peace")


class Colour(Enum):
    """Something that JSON does not know."""

    RED = 1


def test_json_shows_an_enum_by_its_name() -> None:
    assert jsonable(Colour.RED) == "Colour.RED"
