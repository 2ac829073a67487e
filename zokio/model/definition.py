"""What a machine class declares, collected from the class and its bases.

It reads the marks that the decorators left and checks that they fit together: guards have their
action's parameters, canaries and `after` name something that exists. The order is that of
definition, bases first, and an override keeps the place of what it overrides. It deliberately
knows no instance: constants' values, domains and states come in `machine.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from zokio.model.actions import GUARD_MARK, Action, AnyAction, parameters_of
from zokio.model.errors import ModelError
from zokio.model.properties import CLAIM_MARK, Claim


@dataclass(slots=True)
class Definition:
    """The declarations of one machine class.

    Attributes:
        actions: By name, in definition order.
        guards: The name of the guard's method, by the action's name.
        claims: By name, in definition order.
        constants: The names of the annotated class attributes, in definition order.
    """

    actions: dict[str, AnyAction] = field(default_factory=dict)
    guards: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    constants: list[str] = field(default_factory=list)


def collect(machine: type, base: type) -> Definition:
    """Return the checked definition of `machine`, a subclass of `base`.

    Raises:
        ModelError: The declarations do not fit together.
    """
    definition = Definition()
    for klass in reversed(machine.__mro__):
        if klass not in base.__mro__:  # a mixin that is no machine declares things, too
            _collect_class(definition, klass)
    _check_names(definition, machine, base)
    for action in definition.actions.values():
        _check_guard(definition, machine, action)
    for name, claim in definition.claims.items():
        _check_claim(definition, machine, name, claim)
    return definition


def _collect_class(definition: Definition, klass: type) -> None:
    definition.constants += [name for name in _constants(klass) if name not in definition.constants]
    guarded: dict[str, str] = {}
    for name, value in list(vars(klass).items()):
        inherited = definition.actions.get(name)
        if inherited is not None and inspect.isfunction(value):
            value = inherited.override(value)
            setattr(klass, name, value)
        if isinstance(value, Action):
            definition.actions[name] = value
        elif (of := getattr(value, GUARD_MARK, None)) is not None:
            if of in guarded:
                raise ModelError(
                    f"{klass.__name__}: action {of} has two guards, {guarded[of]} and {name}: "
                    "write one guard with both conditions."
                )
            guarded[of] = name
        elif (claim := getattr(value, CLAIM_MARK, None)) is not None:
            definition.claims[name] = claim
    definition.guards |= guarded


def _constants(klass: type) -> Iterator[str]:
    for name, annotation in inspect.get_annotations(klass).items():
        if not name.startswith("_") and "ClassVar" not in str(annotation):
            yield name


def _check_names(definition: Definition, machine: type, base: type) -> None:
    for name in (*definition.actions, *definition.claims, *definition.constants):
        if hasattr(base, name):
            raise ModelError(
                f"{machine.__name__}: {name} is a name of Machine itself: choose another one."
            )
    for name, action in definition.actions.items():
        if action.name != name:
            raise ModelError(
                f"{machine.__name__}: the effect of action {name} is called {action.name}: "
                "an action has one name."
            )


def _check_guard(definition: Definition, machine: type, action: AnyAction) -> None:
    if action.name not in definition.guards:
        return
    name = definition.guards[action.name]
    parameters = parameters_of(_method(machine, name, f"the guard of {action.name}"))
    if parameters != action.parameters:
        raise ModelError(
            f"{machine.__name__}: guard {name}{_shown(parameters)} must have the parameters of "
            f"its action {action.name}{_shown(action.parameters)}, by name and in order."
        )


def _check_claim(definition: Definition, machine: type, name: str, claim: Claim) -> None:
    methods = [name] if claim.after is None else [name, claim.after]
    for method in methods:
        parameters = parameters_of(_method(machine, method, f"the property {name}"))
        if parameters != claim.of:
            raise ModelError(
                f"{machine.__name__}: property {name}: {method}{_shown(parameters)} must have "
                f"the parameters that the property is claimed of: of={claim.of}."
            )
    if claim.canary is not None and claim.canary not in definition.claims:
        raise ModelError(
            f"{machine.__name__}: {name} is a canary of {claim.canary}, which is no property: "
            f"the properties are {', '.join(definition.claims)}."
        )


def _method(machine: type, name: str, role: str) -> Callable[..., object]:
    found = getattr(machine, name, None)
    if not inspect.isfunction(found):
        raise ModelError(f"{machine.__name__}: {role} needs a method {name}; there is none.")
    return found


def _shown(parameters: tuple[str, ...]) -> str:
    return f"({', '.join(('state', *parameters))})"
