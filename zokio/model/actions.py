"""Actions: what a machine can do, one atomic step each.

An action is an effect (state and arguments to the next state) and a guard, which is a method of
its own, so that both can be called and overridden separately. This file declares them and names
their instances (`Step`). It deliberately does not run them: see `machine.py` and `successors.py`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from zokio.model.errors import ModelError
from zokio.model.literal import assignments, literal

S = TypeVar("S", bound=tuple[Hashable, ...])
P = ParamSpec("P")

GUARD_MARK = "_guard_of_action"


class Action(Generic[S, P]):
    """A declared action; read from a machine instance it is the bound effect.

    Attributes:
        name: The name of the effect's method.
        parameters: The names of the effect's parameters after the state.
        writes: The variables that the effect may change.
        reads: The variables that the guard and the effect may look at; None: not declared.
        fair: Whether each instance is weakly fair: enabled for ever, it is taken some time.
        may_be_idle: Whether a search in which the action never happens is accepted.
    """

    def __init__(
        self,
        effect: Callable[Concatenate[Any, S, P], S],  # Any: the machine, whatever its class is
        *,
        writes: tuple[str, ...],
        reads: tuple[str, ...] | None,
        fair: bool,
        may_be_idle: bool,
    ) -> None:
        self.effect = effect
        self.name = effect.__name__
        self.parameters = parameters_of(effect)
        self.writes = writes
        self.reads = reads
        self.fair = fair
        self.may_be_idle = may_be_idle
        self.__doc__ = effect.__doc__

    def guard(
        self,
        function: Callable[Concatenate[Any, S, P], bool],  # Any: the machine, as above
    ) -> Callable[Concatenate[Any, S, P], bool]:
        """Make a method the guard of this action; it stays an ordinary method.

        An action without a guard is always enabled.
        """
        setattr(function, GUARD_MARK, self.name)
        return function

    def override(
        self,
        function: Callable[Concatenate[Any, S, P], S],  # Any: the machine, as above
    ) -> Action[S, P]:
        """Give a subclass's machine another effect under the same declaration and guard."""
        return Action(
            function,
            writes=self.writes,
            reads=self.reads,
            fair=self.fair,
            may_be_idle=self.may_be_idle,
        )

    @overload
    def __get__(self, machine: None, owner: type) -> Action[S, P]: ...
    @overload
    def __get__(self, machine: object, owner: type) -> Callable[Concatenate[S, P], S]: ...
    def __get__(
        self, machine: object | None, owner: type
    ) -> Action[S, P] | Callable[Concatenate[S, P], S]:
        if machine is None:
            return self
        bound: Callable[Concatenate[S, P], S] = self.effect.__get__(machine, owner)
        return bound

    def __repr__(self) -> str:
        return f"<action {self.name}({', '.join(self.parameters)})>"


AnyAction = Action[Any, ...]  # Any: code over machines does not know their states


def action(
    *,
    writes: Iterable[str],
    reads: Iterable[str] | None = None,
    fair: bool = True,
    may_be_idle: bool = False,
) -> Callable[[Callable[Concatenate[Any, S, P], S]], Action[S, P]]:  # Any: the machine
    """Declare a method `(self, state, *arguments) -> state` as an action.

    Args:
        writes: The variables of the state that the effect may change. Checked on every
            transition that `check` explores.
        reads: The variables that the guard and the effect look at, themselves or by what they
            call. Checked on every transition that `check` explores, and where the guard says no;
            None: any, unchecked. What is only replaced, or passed on unchanged by `_replace`, is
            not read; nor is a tuple that `put` changes, except in the elements looked at.
        fair: Weak fairness for each instance (the action with its arguments): an instance that
            stays enabled for ever is taken some time. False for what the environment may
            never do.
        may_be_idle: Accept that the action never happens in the explored configuration.

    Raises:
        ModelError: `writes` or `reads` is one string instead of several.
    """
    written = _names("writes", writes)
    read = None if reads is None else _names("reads", reads)

    def declare(effect: Callable[Concatenate[Any, S, P], S]) -> Action[S, P]:
        return Action(effect, writes=written, reads=read, fair=fair, may_be_idle=may_be_idle)

    return declare


@dataclass(frozen=True, slots=True)
class Step:
    """An instance of an action: the action with its arguments, in the parameters' order."""

    action: AnyAction
    arguments: tuple[Hashable, ...] = ()

    @property
    def name(self) -> str:
        """The action's name."""
        return self.action.name

    @property
    def named_arguments(self) -> dict[str, Hashable]:
        """The arguments by parameter name."""
        return dict(zip(self.action.parameters, self.arguments, strict=True))

    def __str__(self) -> str:
        texts = {name: literal(value) for name, value in self.named_arguments.items()}
        return f"{self.name}({assignments(texts, sign='=')})"

    __repr__ = __str__

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # Any: Hypothesis's printer
        printer.text(str(self))


def parameters_of(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the names of a method's parameters after `self` and the state.

    Raises:
        ModelError: The method does not take a state, or takes `*arguments`, `**arguments` or
            keyword-only arguments.
    """
    name = getattr(function, "__qualname__", repr(function))
    parameters = list(inspect.signature(function).parameters.values())
    plain = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    if len(parameters) < 2 or any(parameter.kind not in plain for parameter in parameters):
        raise ModelError(
            f"{name} must be a method that takes the state and then plain parameters: "
            f"def {name.rpartition('.')[2]}(self, state, ...)."
        )
    return tuple(parameter.name for parameter in parameters[2:])


def _names(what: str, names: Iterable[str]) -> tuple[str, ...]:
    if isinstance(names, str):
        raise ModelError(
            f'@action({what}="{names}"): give a tuple of variables: {what}=("{names}",).'
        )
    return tuple(names)
