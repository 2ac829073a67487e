"""The workers' machine made deterministic: the states in which it may be, after what was seen.

Several states of the machine agree with what the code shows: an empty deque was looked at, a
critical section counts somewhere between its beginning and its end. Such a set of states, with what
is known beside, is a `Belief`; a sign leads from one to the next, and so does a look at the queues.
This is the subset construction, made as far as explored schedules go. Schedules share most of their
steps, so nearly all of these are found again and not worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, NoReturn

from spec.workers_state import NOBODY, Workers
from tests.explore.workers_machine import FollowedWorkers
from tests.explore.workers_signs import Seen, Sign
from tests.explore.workers_steps import NOTHING, Moves, is_spawn_of_pinned, moves_of

Homes = tuple[tuple[int, int], ...]


class Belief(NamedTuple):
    """What is known of the machine.

    Attributes:
        states: In which it may be.
        after: In which it may be if the critical section of `Idle` that somebody is in has counted.
        section: What that one does there, and who it is.
        ended: The workers whose task has ended, and who do not yet go on.
        homes: The workers of the tasks that are pinned, by task.
    """

    states: frozenset[Workers]
    after: frozenset[Workers] = frozenset()
    section: tuple[tuple[Moves, ...], int] = ((), NOBODY)
    ended: frozenset[int] = frozenset()
    homes: Homes = ()

    def all(self) -> frozenset[Workers]:
        """Every state that is possible."""
        return self.states | self.after

    def workers(self) -> int:
        """How many there are."""
        return len(next(iter(self.all())).at)


class Node:
    """A belief, and where it is known to lead."""

    __slots__ = ("belief", "is_over", "looks", "steps")

    def __init__(self, belief: Belief) -> None:
        self.belief = belief
        self.is_over = all(set(state.at) == {"gone"} for state in belief.states)
        self.steps: dict[Sign, Node] = {}
        self.looks: dict[Seen, Node] = {}


class WorkersBeliefs:
    """Every belief that schedules have come to. `named`: the actions that were taken."""

    def __init__(self) -> None:
        self.named: set[str] = set()
        self._nodes: dict[Belief, Node] = {}

    def at_rest(self, workers: int, tasks: int, holder: int) -> Node:
        """Every worker sleeps, so many tasks wait; `holder` has the reactor."""
        start = machine_of(workers, ()).at_rest(tasks, holder)
        return self._node(Belief(frozenset([start])))

    def step(self, node: Node, sign: Sign) -> Node:
        """What is known after an operation.

        Raises:
            AssertionError: no state allows it.
        """
        found = node.steps.get(sign)
        if found is None:
            found = node.steps[sign] = self._node(self._after(node.belief, sign))
        return found

    def look(self, node: Node, seen: Seen) -> Node:
        """What is known after a look at what stands where.

        Raises:
            AssertionError: no state agrees.
        """
        found = node.looks.get(seen)
        if found is None:
            found = node.looks[seen] = self._node(agreeing(node.belief, seen))
        return found

    def _node(self, belief: Belief) -> Node:
        node = self._nodes.get(belief)
        if node is None:
            node = self._nodes[belief] = Node(belief)
        return node

    # One operation.

    def _after(self, belief: Belief, sign: Sign) -> Belief:
        if sign.owner == "idle":
            return self._entered(belief, sign) if sign.verb == "acquire" else left(belief)
        goes_on = sign.verb in ("try", "go on")
        if goes_on and sign.actor in belief.ended:
            # For the machine the poll ends when everybody who waited for it has been told.
            belief = belief._replace(ended=belief.ended - {sign.actor})
            belief = self._taken(belief, [(("end_ready", (sign.actor,)),)], sign)
        belief = housed(belief, sign)
        options = list(moves_of(sign, belief.all(), belief.workers()))
        if sign.owner == "task" and options == [NOTHING]:
            return belief._replace(ended=belief.ended | {sign.actor})
        return self._taken(belief, options, sign) if options not in ([], [NOTHING]) else belief

    def _entered(self, belief: Belief, sign: Sign) -> Belief:
        """A critical section of `Idle`: it counts somewhere between here and the release.

        Others see what it does without its lock.
        """
        actor = sign.actor
        arguments: tuple[int, ...] = (actor,)
        if sign.label == "begin_search":
            arguments = actor, (actor + 1) % belief.workers()  # see `turn`
        options = (((sign.label, arguments),),)
        after = self._reached(belief, belief.states, options, actor)
        if not after:
            refuse(belief, options, sign)
        return belief._replace(after=after, section=(options, actor))

    def _taken(self, belief: Belief, options: Sequence[Moves], sign: Sign) -> Belief:
        """One of these, from every state that allows it."""
        states = self._reached(belief, belief.states, options, sign.actor)
        after = self._reached(belief, belief.after, options, sign.actor)
        after |= self._reached(belief, states, *belief.section)
        if not states | after:
            refuse(belief, options, sign)
        return belief._replace(states=states, after=after)

    def _reached(
        self, belief: Belief, states: Iterable[Workers], options: Sequence[Moves], actor: int
    ) -> frozenset[Workers]:
        """From one of the states by one of the options."""
        machine = machine_of(belief.workers(), belief.homes)
        found: set[Workers | None] = set()
        for state in states if options else ():
            for begun in self._silently(machine, state, actor):
                found.update(self._apply(machine, begun, moves) for moves in options)
        return frozenset(state for state in found if state is not None)

    def _silently(self, machine: FollowedWorkers, state: Workers, actor: int) -> Iterator[Workers]:
        """The state, and what it may have become by what the actor has seen and not done."""
        yield state
        if actor < machine.workers:
            for name in ("nothing_to_tell", "post_seen"):
                after = self._apply(machine, state, ((name, (actor,)),))
                if after is not None:
                    yield after

    def _apply(self, machine: FollowedWorkers, state: Workers, moves: Moves) -> Workers | None:
        for name, arguments in moves:
            guard: Callable[..., bool] | None = machine.guard_of(name)
            if guard is not None and not guard(state, *arguments):
                return None
            effect: Callable[..., Workers] = machine.effect_of(name)
            state = effect(state, *arguments)
        self.named.update(name for name, _ in moves)
        return state


def left(belief: Belief) -> Belief:
    """The critical section is over, and has counted."""
    return belief._replace(states=belief.after, after=frozenset(), section=((), NOBODY))


def housed(belief: Belief, sign: Sign) -> Belief:
    """A task that is spawned to stay on a worker has its home from now on."""
    if not is_spawn_of_pinned(sign, belief.all()):
        return belief
    new = {state.spawned: sign.number for state in belief.all()}
    return belief._replace(homes=tuple(sorted({**new, **dict(belief.homes)}.items())))


def agreeing(belief: Belief, seen: Seen) -> Belief:
    """Only the states which agree with what is seen.

    Raises:
        AssertionError: there is none.
    """
    states = frozenset(state for state in belief.states if agrees(state, seen))
    after = frozenset(state for state in belief.after if agrees(state, seen))
    if not states | after:
        raise AssertionError(f"the runtime has {seen}, and the machine has not")
    return belief._replace(states=states, after=after)


def agrees(state: Workers, seen: Seen) -> bool:
    """Whether the machine, in this state, has what is seen."""
    return seen.is_held == (state.holder != NOBODY) and all(
        getattr(state, name) == value
        for name, value in seen._asdict().items()
        if value is not None and name != "is_held"
    )


def refuse(belief: Belief, options: Sequence[Moves], sign: Sign) -> NoReturn:
    """Say that none of these can be."""
    names = " or ".join(" then ".join(f"{n}{a}" for n, a in moves) for moves in options)
    state = min(belief.all())
    raise AssertionError(f"{sign}: {names} is no step of the workers' machine from {state}")


@cache
def machine_of(workers: int, homes: Homes) -> FollowedWorkers:
    """The machine of so many workers, with these homes of pinned tasks."""
    return FollowedWorkers(workers, dict(homes))
