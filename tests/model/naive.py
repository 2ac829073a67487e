"""Slow and plain answers to what the checker answers fast, found in other ways.

Nothing here shares code with the search: states come from `enabled` and `apply` only, and a fair
run is found by walking with the list of the fair steps that still wait for their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from zokio.model import Machine, Step, Trace

S = TypeVar("S", bound=tuple[Hashable, ...])
Says = Callable[[S], bool]


def reachable(machine: Machine[S]) -> tuple[set[S], int]:
    """Return the reachable states, depth first, and the number of transitions."""
    found: set[S] = set()
    transitions = 0
    todo = list(machine.initial())
    while todo:
        state = todo.pop()
        if state in found:
            continue
        found.add(state)
        for step in machine.enabled(state):
            transitions += 1
            todo.append(machine.apply(state, step))
    return found, transitions


def distance(machine: Machine[S], wanted: Says[S]) -> int | None:
    """Return the least number of steps to a state that is wanted, by relaxation to a fixpoint."""
    states, _ = reachable(machine)
    steps_to = dict.fromkeys(machine.initial(), 0)
    for _ in states:
        for state, steps in list(steps_to.items()):
            for step in machine.enabled(state):
                after = machine.apply(state, step)
                steps_to[after] = min(steps_to.get(after, steps + 1), steps + 1)
    return min((steps for state, steps in steps_to.items() if wanted(state)), default=None)


def starving_prefix(machine: Machine[S], begins: Says[S], holds: Says[S]) -> int | None:
    """Return the length of a shortest way to a fair run that never holds after it began.

    None when there is no such run: the leads-to property is true.
    """
    frontier = {(state, begins(state) and not holds(state)) for state in machine.initial()}
    seen: set[tuple[S, bool]] = set()
    length = 0
    while frontier:
        for state, begun in frontier:
            if begun and can_stay(machine, state, holds):
                return length
        seen |= frontier
        frontier = {
            (after, arrived)
            for state, begun in frontier
            for step in machine.enabled(state)
            for after in [machine.apply(state, step)]
            for arrived in {begun and not holds(after), begins(after) and not holds(after)}
        } - seen
        length += 1
    return None


def can_stay(machine: Machine[S], entry: S, holds: Says[S]) -> bool:
    """Tell whether a fair loop leads from `entry` back to it through states that do not hold."""
    fair = frozenset(step for step in machine.instances() if step.action.fair)

    def waiting(owed: frozenset[Step], at: S) -> frozenset[Step]:
        return owed & frozenset(machine.enabled(at))

    todo = [(entry, waiting(fair, entry))]
    seen = set(todo)
    while todo:
        state, owed = todo.pop()
        if state == entry and not owed:
            return True
        for step in machine.enabled(state):
            after = machine.apply(state, step)
            arrived = (after, waiting(owed - {step}, after))
            if not holds(after) and arrived not in seen:
                seen.add(arrived)
                todo.append(arrived)
    return False


def assert_is_run(machine: Machine[S], trace: Trace[S]) -> None:
    """Assert that every step of the trace is one of the machine."""
    assert trace.initial in list(machine.initial())
    for before, (step, after) in zip(trace.states, trace.steps, strict=False):
        assert step in machine.enabled(before)
        assert machine.apply(before, step) == after


def assert_starves(machine: Machine[S], trace: Trace[S], begins: Says[S], holds: Says[S]) -> None:
    """Assert that the trace is a fair run for ever in which `begins` is not followed by `holds`."""
    assert_is_run(machine, trace)
    assert trace.loop is not None
    loop = trace.states[trace.loop :]
    assert loop[0] == loop[-1]
    begun = [n for n, state in enumerate(trace.states[: trace.loop + 1]) if begins(state)]
    assert any(not any(map(holds, trace.states[n:])) for n in begun)
    taken = {step for step, _ in trace.steps[trace.loop :]}
    for step in machine.instances():
        always_enabled = all(step in machine.enabled(state) for state in loop)
        assert not step.action.fair or step in taken or not always_enabled, f"unfair to {step}"
