"""Fair cycles: machines with known answers where simpler readings are wrong, and a definition.

`by_definition` tries every set of states in which a run could stay: slow, without components and
without a search for loops. `at_the_ends` is the reading that looks at finite runs only; the tests
show where it says the wrong thing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import combinations

import pytest

from tests.model.machines.drawn import Drawn, Targets
from zokio.model import check

NODES = 5
SEED = 20_261_123
MACHINES = 1_500


def edges(machine: Drawn) -> Iterator[tuple[str, int, int]]:
    """Every step of the graph: its name (fair or loose, and its number), from, to."""
    for kind in ("fair", "loose"):
        tables: tuple[Targets, ...] = getattr(machine, kind)
        for number, table in enumerate(dict.fromkeys(tables)):
            for begin, end in enumerate(table):
                if end is not None:
                    yield f"{kind} {number}", begin, end


def reached(machine: Drawn, starts: set[int], inside: set[int]) -> set[int]:
    """The nodes of `inside` that are reached from `starts` without leaving it."""
    found = starts & inside
    while True:
        more = {end for _, begin, end in edges(machine) if begin in found and end in inside}
        if more <= found:
            return found
        found = found | more


def by_definition(machine: Drawn) -> str:
    """Judge `gets_there` by trying every set of nodes that a run could stay in for ever."""
    everywhere = set(range(NODES))
    reachable = reached(machine, set(machine.start), everywhere)
    waiting = everywhere - machine.holds
    begun = reached(machine, reachable & machine.begins & waiting, waiting)
    for size in range(1, NODES + 1):
        for chosen in map(set, combinations(sorted(begun), size)):
            if _is_one_loop(machine, chosen) and _is_fair(machine, chosen):
                return "violated"
    return "holds"


def _is_one_loop(machine: Drawn, chosen: set[int]) -> bool:
    """One node alone is one: a run may stay there without a step."""
    return all(reached(machine, {node}, chosen) == chosen for node in chosen)


def _is_fair(machine: Drawn, chosen: set[int]) -> bool:
    all_edges = list(edges(machine))
    for name in {name for name, _, _ in all_edges if name.startswith("fair")}:
        own = [(begin, end) for step, begin, end in all_edges if step == name]
        always_enabled = chosen <= {begin for begin, _ in own}
        taken = any(begin in chosen and end in chosen for begin, end in own)
        if always_enabled and not taken:
            return False
    return True


def at_the_ends(machine: Drawn) -> str:
    """The naive reading: every run that ends, or comes back to where it was, has been there.

    Of a run that comes back it says nothing: "it may go on differently".
    """

    def starves(path: list[int], begun: bool) -> bool:
        node = path[-1]
        begun = (begun or node in machine.begins) and node not in machine.holds
        nexts = [end for _, begin, end in edges(machine) if begin == node]
        if not nexts:
            return begun
        return any(starves([*path, end], begun) for end in nexts if end not in path)

    return "violated" if any(starves([node], False) for node in machine.start) else "holds"


def judged(machine: Drawn) -> str:
    return check(machine).property("gets_there").outcome


# A table `(1, None, ...)` leads from node 0 to node 1 and is disabled at node 1. The last two
# entries of each case: what is right, and what the naive reading says.
CASES: dict[str, tuple[Drawn, str, str]] = {
    "a loop of loose steps is no end, and a run may stay in it": (
        Drawn(loose=((1, 0, None), (2, 2, None)), holds=frozenset({2})),
        "violated",
        "holds",
    ),
    "a loop of fair steps beside a loose way out": (
        Drawn(fair=((1, 0, None),), loose=((None, 2, None),), holds=frozenset({2})),
        "violated",
        "holds",
    ),
    "a fair way out that is open at one of two nodes only": (
        Drawn(fair=((1, 0, None), (None, 2, None)), holds=frozenset({2})),
        "violated",
        "holds",
    ),
    "a fair way out that is open at both nodes": (
        Drawn(fair=((1, 0, None), (2, 2, None)), holds=frozenset({2})),
        "holds",
        "holds",
    ),
    "a fair step that leads to itself keeps nobody from a fair way out": (
        Drawn(fair=((0, None), (1, None)), holds=frozenset({1})),
        "holds",
        "holds",
    ),
    "a fair step that leads to itself, and a loose way out": (
        Drawn(fair=((0, None),), loose=((1, None),), holds=frozenset({1})),
        "violated",
        "holds",
    ),
    "a loose step alone: the run may stop before it": (
        Drawn(loose=((1, None),), holds=frozenset({1})),
        "violated",
        "holds",
    ),
    "a fair step that leaves the loop counts for what is enabled": (
        Drawn(fair=((3, 3, None, None),), loose=((1, 0, None, None),), holds=frozenset({3})),
        "holds",
        "holds",
    ),
    "a fair step that leaves the loop at one node and stays at the other": (
        Drawn(fair=((1, 2, None),), loose=((None, 0, None),), holds=frozenset({2})),
        "violated",
        "holds",
    ),
    "two fair steps that take turns in being enabled": (
        Drawn(fair=((2, None, None), (None, 2, None)), loose=((1, 0, None),), holds=frozenset({2})),
        "violated",
        "holds",
    ),
    "a goal on the loop": (
        Drawn(fair=((1, 2, 0),), holds=frozenset({1})),
        "holds",
        "holds",
    ),
    "a goal before the loop, and never again": (
        Drawn(fair=((1, 2, 1),), begins=frozenset({2}), holds=frozenset({0})),
        "violated",
        "holds",
    ),
    "an end before the goal": (
        Drawn(fair=((1, None, None),), loose=((2, None, None),), holds=frozenset({2})),
        "violated",
        "violated",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_known_one(case: str) -> None:
    machine, right, naive = CASES[case]
    assert judged(machine) == by_definition(machine) == right
    assert at_the_ends(machine) == naive


def test_the_naive_reading_is_wrong_in_most_of_the_cases() -> None:
    """Else they would not tell a right search from it."""
    assert sum(right != naive for _, right, naive in CASES.values()) >= 7


def drawn(source: random.Random) -> Drawn:
    """A machine with up to three fair and two loose steps on five nodes."""

    def tables(most: int) -> tuple[Targets, ...]:
        return tuple(
            tuple(source.choice([None, *range(NODES)]) for _ in range(NODES))
            for _ in range(source.randint(0, most))
        )

    return Drawn(
        start=(source.randrange(NODES),),
        fair=tables(3),
        loose=tables(2),
        begins=frozenset(source.sample(range(NODES), 2)),
        holds=frozenset(source.sample(range(NODES), source.randint(0, 2))),
    )


def test_random_machines_are_judged_as_the_definition_says() -> None:
    source = random.Random(SEED)
    outcomes: list[str] = []
    for number in range(MACHINES):
        machine = drawn(source)
        expected = by_definition(machine)
        assert judged(machine) == expected, f"machine {number} of seed {SEED}: {machine!r}"
        outcomes.append(expected)
    assert min(outcomes.count("holds"), outcomes.count("violated")) > MACHINES // 10
