"""Hypothesis drives a real system by a machine's own definition.

`stateful_test` makes a `RuleBasedStateMachine` with one rule for each action, whose arguments are
drawn from the instances enabled in the model. Half of the runs start from a prefix that the
exhaustive search found, and `hypothesis.target` prefers runs that get deep. It guarantees that the
two are compared after every step (`lockstep.py`); it does not prove that every behaviour was seen:
`witnessed` says what was.

Hypothesis is imported when `stateful_test` is called, not with this module.
"""

from __future__ import annotations

import unittest
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from zokio.model.actions import Step
from zokio.model.adapter import Adapter, require_methods
from zokio.model.errors import ModelError
from zokio.model.graph import Graph
from zokio.model.lockstep import Lockstep, Witness
from zokio.model.machine import Machine
from zokio.model.paths import paths_in
from zokio.model.search import explore

if TYPE_CHECKING:
    import hypothesis
    from hypothesis.stateful import RuleBasedStateMachine

S = TypeVar("S", bound=tuple[Hashable, ...])

SEARCH_STATES_MAX = 20_000  # enough for prefixes; a larger machine is searched in part
PREFIXES_MAX = 32


class StatefulTestCase(unittest.TestCase):
    """The base of the test cases that `stateful_test` returns.

    Attributes:
        machine: The machine that drives the real system.
        witnessed: How often each action ran on the real system and agreed with the model.
        witnessed_sometimes: The `sometimes` properties seen to hold on the real system.
    """

    machine: ClassVar[Machine[Any]]  # Any: a test case does not show the class of the states
    witnessed: ClassVar[Counter[str]]
    witnessed_sometimes: ClassVar[set[str]]


def stateful_test(
    machine: Machine[S],
    adapter: Adapter[S],
    *,
    settings: hypothesis.settings | None = None,
    steps: int | None = None,
    prefixes: Sequence[Sequence[Step]] | None = None,
) -> type[StatefulTestCase]:
    """Return a test case in which Hypothesis drives `adapter` by the actions of `machine`.

    Args:
        machine: A configured machine.
        adapter: An adapter with one method for each action; see `Adapter`.
        settings: Hypothesis settings; the deadline and the health checks are switched off, for
            they measure the wall clock.
        steps: The most steps of a run, after its prefix; None: the settings' stateful_step_count,
            which is 50 unless set.
        prefixes: Paths from an initial state from which some runs start. None: found by an
            exhaustive search of at most 20,000 states. `()`: every run starts at the beginning.

    Raises:
        TypeError: The adapter lacks a method.
        ModelError: The machine is written wrongly, or a prefix is no path of it.
    """
    require_methods(machine, adapter)
    graph = explore(machine, edges=True, states_max=SEARCH_STATES_MAX)
    paths = paths_in(graph, PREFIXES_MAX) if prefixes is None else prefixes
    initial = graph.states[: graph.initial]
    beginnings = [Start(state) for state in initial]
    deep = [Start(_beginning(machine, initial, path), tuple(path)) for path in paths]
    witness = Witness()
    rules = _rule_class(Lockstep(machine, adapter, witness), _depths(graph), beginnings, deep)
    for action in machine.actions:
        setattr(rules, f"rule_{action.name}", _rule(action.name))
    return _test_case(machine, rules, witness, settings, steps)


@dataclass(frozen=True, slots=True)
class Start(Generic[S]):
    """How a run begins: an initial state, then the steps of a prefix."""

    state: S
    prefix: tuple[Step, ...] = ()


def _beginning(machine: Machine[S], initial: Sequence[S], path: Sequence[Step]) -> S:
    """Return the first initial state from which `path` can be taken."""
    for first in initial:
        state = first
        for step in path:
            if not machine.is_enabled(state, step):
                break
            state = machine.apply(state, step)
        else:
            return first
    shown = ", ".join(map(str, path))
    raise ModelError(f"{machine.title}: no initial state allows the prefix {shown}.")


def _depths(graph: Graph[S]) -> Callable[[S], int]:
    """Return how deep a state is; what the bounded search did not find is deeper than all."""
    depths = {state: graph.depth_of(number) for number, state in enumerate(graph.states)}
    return lambda state: depths.get(state, graph.depth + 1)


def _rule_class(
    lockstep: Lockstep[S],
    depth_of: Callable[[S], int],
    beginnings: Sequence[Start[S]],
    deep: Sequence[Start[S]],
) -> type[RuleBasedStateMachine]:
    """Return the rules that are the same for every machine; the actions' rules come later."""
    from hypothesis import target
    from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
    from hypothesis.strategies import one_of, sampled_from

    # Not one `sampled_from` of all: half of the runs begin at the beginning, and shrink to it.
    starts = [sampled_from(some) for some in (beginnings, deep) if some]

    class Rules(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.lockstep = lockstep
            self.deepest = 0

        @initialize(start=one_of(starts))
        def start(self, start: Start[S]) -> None:
            lockstep.start(start.state)
            for step in start.prefix:
                lockstep.take(step)
            self.arrived()

        @precondition(lambda self: not lockstep.enabled)
        @rule()
        def nothing_is_enabled(self) -> None:
            """Let the run end where the model has ended: Hypothesis wants a rule to run."""

        def arrived(self) -> None:
            self.deepest = max(self.deepest, depth_of(lockstep.state))

        def teardown(self) -> None:
            target(float(self.deepest), label="depth")
            lockstep.stop()

    return Rules


def _rule(name: str) -> Callable[..., None]:
    """Return the rule that takes an enabled instance of the action of that name."""
    from hypothesis.stateful import precondition, rule
    from hypothesis.strategies import runner, sampled_from

    def enabled(rules: Any) -> list[Step]:  # Any: a class made at run time, see _rule_class
        return [step for step in rules.lockstep.enabled if step.name == name]

    def take(self: Any, step: Step) -> None:  # Any: as above
        self.lockstep.take(step)
        self.arrived()

    take.__name__ = name
    arguments = runner().flatmap(lambda rules: sampled_from(enabled(rules)))
    return precondition(lambda rules: bool(enabled(rules)))(rule(step=arguments)(take))


def _test_case(
    machine: Machine[S],
    rules: type[RuleBasedStateMachine],
    witness: Witness,
    settings: hypothesis.settings | None,
    steps: int | None,
) -> type[StatefulTestCase]:
    import hypothesis

    name = f"{machine.title}Stateful"
    rules.__name__ = rules.__qualname__ = name
    given = hypothesis.settings(settings)
    chosen = hypothesis.settings(
        given,
        # Hypothesis counts the start as a step.
        stateful_step_count=(given.stateful_step_count if steps is None else steps) + 1,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    members = {
        "__doc__": f"Hypothesis drives the real system by {machine!r}.",
        "settings": chosen,
        "machine": machine,
        "witnessed": witness.actions,
        "witnessed_sometimes": witness.sometimes,
    }
    return type(name, (StatefulTestCase, rules.TestCase), members)
