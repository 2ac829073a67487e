"""What is wrong with a machine, in words.

The search runs without a check that it can do without; when it stumbles, it asks here. These
functions repeat the work on one state with every check, and raise the `ModelError` that says which
machine, which action, which state, and what to do.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import NoReturn, TypeVar

from zokio.model.actions import Step
from zokio.model.errors import ModelError, NondeterministicError
from zokio.model.literal import literal
from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])


def require_machine(machine: Machine[S]) -> None:
    """Raise a ModelError when `machine` is a class where its instance is meant."""
    if isinstance(machine, type):
        raise ModelError(f"{machine.__name__} is a class: give a machine, {machine.__name__}().")


def initial_states(machine: Machine[S]) -> list[S]:
    """Return the machine's initial states, checked.

    Raises:
        ModelError: There is none, or one is not a NamedTuple of hashable values, or an action
            names a variable that the states do not have.
    """
    require_machine(machine)
    states = list(machine.initial())
    if not states:
        raise ModelError(f"{machine.title}: initial() returned no state.")
    for state in states:
        check_state(machine, state, "initial()")
        if type(state) is not type(states[0]):
            raise ModelError(f"{machine.title}: initial() returned states of different classes.")
    variables = variables_of(states[0])
    for action in machine.actions:
        for name in (*(action.reads or ()), *action.writes):
            if name not in variables:
                raise ModelError(
                    f"{machine.title}: action {action.name} declares {name}, which is no variable "
                    f"of {type(states[0]).__name__}: {', '.join(variables)}."
                )
    return states


def variables_of(state: tuple[Hashable, ...]) -> tuple[str, ...]:
    """Return the names of the variables of a state."""
    variables: tuple[str, ...] = getattr(state, "_fields", ())
    return variables


def check_state(machine: Machine[S], state: object, origin: str) -> None:
    """Raise a ModelError unless `state` is a NamedTuple of hashable values."""
    if not isinstance(state, tuple) or not hasattr(state, "_fields"):
        raise ModelError(
            f"{machine.title}: {origin} returned {literal(state)}: "
            "a state is a NamedTuple of its variables."
        )
    for name, value in zip(variables_of(state), state, strict=True):
        try:
            hash(value)
        except TypeError as error:
            raise ModelError(
                f"{machine.title}: {origin} gives {name} the value {value!r} ({error}): "
                "states are made of hashable values; use tuples and frozensets."
            ) from error


def explain_step(machine: Machine[S], state: S, cause: Exception) -> NoReturn:
    """Say which step from `state` made the search stumble with `cause`.

    Raises:
        ModelError: Always.
    """
    for step in machine.instances():
        try:
            _try_step(machine, state, step)
        except ModelError as error:
            error.method = step.action.effect
            raise
    raise NondeterministicError(
        f"{machine.title}: a step from {literal(state)} failed with {cause!r}, but not when it "
        "was repeated: guards and effects must depend on the state and their arguments only."
    ) from cause


def _try_step(machine: Machine[S], state: S, step: Step) -> None:
    try:
        if not machine.is_enabled(state, step):
            return
    except Exception as error:
        raise ModelError(
            f"{machine.title}: the guard of {step} raised {error!r} in {literal(state)}."
        ) from error
    try:
        successor = machine.effect_of(step.name)(state, *step.arguments)
    except Exception as error:
        raise ModelError(
            f"{machine.title}: the effect of {step} raised {error!r} in {literal(state)}: "
            "correct the effect, or let the guard say when it applies."
        ) from error
    if type(successor) is not type(state):
        raise ModelError(
            f"{machine.title}: the effect of {step} returned {literal(successor)} "
            f"from {literal(state)}: an effect returns the next state (state._replace(...))."
        )
    check_state(machine, successor, f"the effect of {step} from {literal(state)}")
    _check_writes(machine, state, step, successor)


def _check_writes(machine: Machine[S], state: S, step: Step, successor: S) -> None:
    for name, before, after in zip(variables_of(state), state, successor, strict=True):
        if before != after and name not in step.action.writes:
            raise ModelError(
                f"{machine.title}: the effect of {step} changed {name} from {literal(before)} to "
                f"{literal(after)} in {literal(state)}: it declares writes={step.action.writes}; "
                f"add {name!r} or leave it alone."
            )


def refuse_read(machine: Machine[S], step: Step, state: S, place: int) -> NoReturn:
    """Say that a step looked at a variable that its action does not declare.

    Raises:
        ModelError: Always.
    """
    name = variables_of(state)[place]
    raise ModelError(
        f"{machine.title}: {step} reads {name} in {literal(state)}: its action declares "
        f"reads={step.action.reads}; add {name!r} or do not look at it."
    )


def refuse_chance(machine: Machine[S], step: Step, state: S) -> NoReturn:
    """Say that a step gave two answers in one state.

    Raises:
        NondeterministicError: Always.
    """
    raise NondeterministicError(
        f"{machine.title}: {step} did not do the same when it was asked again in {literal(state)}: "
        "guards and effects must depend on the state and their arguments only (no chance, no "
        "variable outside of the state, no order of a set)."
    )


def explain_predicate(machine: Machine[S], predicate: str, state: S, cause: Exception) -> NoReturn:
    """Say that a predicate raised `cause` in `state`.

    Raises:
        ModelError: Always.
    """
    raise ModelError(
        f"{machine.title}: the predicate {predicate} raised {cause!r} in {literal(state)}: "
        "a predicate answers True or False in every reachable state."
    ) from cause
