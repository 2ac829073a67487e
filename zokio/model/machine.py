"""A machine: constants, initial states, actions with their instances, claims.

A subclass of `Machine` is a specification. An instance of it is a bounded configuration: it can
list its steps, say which are enabled, and apply one. It guarantees that all of this comes in the
same order in every run. It deliberately does not search: see `checker.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import ClassVar, Generic, TypeVar

from zokio.model.actions import AnyAction, Step
from zokio.model.definition import Definition, collect
from zokio.model.errors import ModelError
from zokio.model.literal import assignments, literal
from zokio.model.properties import Claim

S = TypeVar("S", bound=tuple[Hashable, ...])


class Machine(Generic[S]):
    """The base of every specification; `S` is the NamedTuple of its variables.

    Annotated class attributes are constants: bounds of the configuration, set by name when the
    machine is made (`Peterson(processes=3)`).
    """

    definition: ClassVar[Definition] = Definition()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.definition = collect(cls, Machine)

    def __init__(self, **constants: object) -> None:
        known = self.definition.constants
        for name, value in constants.items():
            if name not in known:
                raise ModelError(
                    f"{self.title} has no constant {name}: it has {', '.join(known) or 'none'}."
                )
            setattr(self, name, value)
        for name in known:
            if not hasattr(self, name):
                raise ModelError(f"{self.title} needs a value of {name}: {self.title}({name}=...).")

    def initial(self) -> Iterable[S]:
        """Return the initial states, at least one; the order is the order of the search."""
        raise ModelError(f"{self.title} needs a method initial(self) -> its first states.")

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        """Return the values that each parameter of actions and properties ranges over."""
        return {}

    def canonical(self, state: S) -> S:
        """Return the representative of all states that differ from `state` by symmetry only.

        For instance with the processes sorted. Only a reduced search asks, see `symmetry.py`.
        """
        return state

    @property
    def title(self) -> str:
        """The name of the machine's class."""
        return type(self).__name__

    @property
    def configuration(self) -> dict[str, object]:
        """The constants with their values."""
        return {name: getattr(self, name) for name in self.definition.constants}

    @property
    def actions(self) -> tuple[AnyAction, ...]:
        """The actions in definition order."""
        return tuple(self.definition.actions.values())

    @property
    def claims(self) -> dict[str, Claim]:
        """The properties, canaries among them, by name in definition order."""
        return dict(self.definition.claims)

    def instances(self) -> tuple[Step, ...]:
        """Return every step that the domains allow, in definition order."""
        return tuple(step for step, _, _ in self._bound)

    def enabled(self, state: S) -> tuple[Step, ...]:
        """Return the steps whose guards hold in `state`, in definition order."""
        return tuple(
            step for step, guard, _ in self._bound if guard is None or guard(state, *step.arguments)
        )

    def is_enabled(self, state: S, step: Step) -> bool:
        """Tell whether the guard of `step` holds in `state`."""
        guard = self.guard_of(step.name)
        return guard is None or guard(state, *step.arguments)

    def apply(self, state: S, step: Step) -> S:
        """Return the state after `step`.

        Raises:
            ModelError: The step is not enabled in `state`.
        """
        if not self.is_enabled(state, step):
            raise ModelError(f"{self.title}: {step} is not enabled in {literal(state)}.")
        return self.effect_of(step.name)(state, *step.arguments)

    def effect_of(self, action: str) -> Callable[..., S]:
        """Return the bound effect of the action of that name."""
        if action not in self.definition.actions:
            raise ModelError(
                f"{self.title} has no action {action}: it has {', '.join(self.definition.actions)}."
            )
        effect: Callable[..., S] = getattr(self, action)
        return effect

    def guard_of(self, action: str) -> Callable[..., bool] | None:
        """Return the bound guard of the action of that name, None when it has no guard."""
        name = self.definition.guards.get(action)
        return None if name is None else getattr(self, name)

    def arguments_over(self, parameters: tuple[str, ...]) -> list[tuple[Hashable, ...]]:
        """Return every choice of values for `parameters`, the last one changing fastest.

        Raises:
            ModelError: A parameter has no domain, or one without a fixed order or with doubles.
        """
        return list(product(*(self._domain(parameter) for parameter in parameters)))

    def __repr__(self) -> str:
        constants = {name: literal(value) for name, value in self.configuration.items()}
        return f"{self.title}({assignments(constants, sign='=')})"

    @cached_property
    def _bound(
        self,
    ) -> tuple[tuple[Step, Callable[..., bool] | None, Callable[..., S]], ...]:
        return tuple(
            (Step(action, arguments), self.guard_of(action.name), self.effect_of(action.name))
            for action in self.actions
            for arguments in self.arguments_over(action.parameters)
        )

    def _domain(self, parameter: str) -> Sequence[Hashable]:
        values = self._domains.get(parameter)
        if values is None:
            raise ModelError(
                f"{self.title}: parameter {parameter} has no domain: "
                f'let domains() return {{"{parameter}": ...}}.'
            )
        if not isinstance(values, Sequence):
            raise ModelError(
                f"{self.title}: the domain of {parameter} is a {type(values).__name__}: "
                "give a tuple or a range, whose order is the same in every run."
            )
        if len(set(values)) != len(values):
            raise ModelError(f"{self.title}: the domain of {parameter} has doubles: {values!r}.")
        return values

    @cached_property
    def _domains(self) -> Mapping[str, Sequence[Hashable]]:
        return self.domains()
