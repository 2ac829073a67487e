"""State graphs as DOT and Mermaid."""

from __future__ import annotations

import re

from tests.model.machines.drawn import Drawn
from tests.model.machines.peterson import Peterson
from zokio.model import check, to_dot, to_mermaid

SMALL = Drawn(fair=((1, 2, 2),), loose=((1, None, None), (2, None, None)))


def test_dot_shows_every_state_and_joins_steps_between_the_same_states() -> None:
    assert to_dot(SMALL) == (
        "digraph Drawn {\n"
        '  node [shape=box, style=rounded, fontname="monospace"];\n'
        '  s0 [label="at = 0\\l", penwidth=2];\n'
        '  s1 [label="at = 1\\l"];\n'
        '  s2 [label="at = 2\\l"];\n'
        '  s0 -> s1 [label="fair_step(fair_targets=(1, 2, 2))\\n'
        'loose_step(loose_targets=(1, None, None))"];\n'
        '  s0 -> s2 [label="loose_step(loose_targets=(2, None, None))"];\n'
        '  s1 -> s2 [label="fair_step(fair_targets=(1, 2, 2))"];\n'
        "}\n"
    )


def test_mermaid_shows_every_state_and_step() -> None:
    assert to_mermaid(SMALL) == (
        "stateDiagram-v2\n"
        "  classDef unexplored stroke-dasharray: 5 5\n"
        '  state "at = 0" as s0\n'
        '  state "at = 1" as s1\n'
        '  state "at = 2" as s2\n'
        "  [*] --> s0\n"
        "  s0 --> s1 : fair_step(fair_targets=(1, 2, 2))#59; "
        "loose_step(loose_targets=(1, None, None))\n"
        "  s0 --> s2 : loose_step(loose_targets=(2, None, None))\n"
        "  s1 --> s2 : fair_step(fair_targets=(1, 2, 2))\n"
    )


def test_a_drawing_has_as_many_states_as_the_search() -> None:
    states = check(Peterson()).states
    assert len(re.findall(r"^  s\d+ \[", to_dot(Peterson()), re.MULTILINE)) == states
    assert to_mermaid(Peterson()).count("  state ") == states


def test_states_that_were_not_followed_are_dashed() -> None:
    dot, mermaid = to_dot(SMALL, states_max=1), to_mermaid(SMALL, states_max=1)
    assert dot.count("dashed") == 2
    assert '  s1 [label="at = 1\\l", style="rounded,dashed"];' in dot
    assert mermaid.endswith("  class s1 unexplored\n  class s2 unexplored\n")
    assert "s1 ->" not in dot


def test_quotes_and_signs_are_escaped() -> None:
    class Quoted(Drawn):
        start: tuple[object, ...] = ('a"b\\c;',)  # type: ignore[assignment]  # any value will do

    assert 'label="at = \'a\\"b\\\\\\\\c;\'\\l"' in to_dot(Quoted())
    assert "state \"at = 'a#34;b#92;#92;c#59;'\" as s0" in to_mermaid(Quoted())
