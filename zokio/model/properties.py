"""The claims that a machine makes about itself: `always`, `sometimes`, `eventually`.

The decorators only mark a method, which stays callable as a plain predicate
(`machine.one_at_a_time(state)`) and can be overridden by name. Each claim can be a canary: a claim
that must be violated, which shows that the checker sees what the property of that name talks about.
What the claims mean is decided in `checker.py` (always, sometimes) and `progress.py` (eventually).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar, overload

Predicate = TypeVar("Predicate", bound=Callable[..., bool])

Kind = Literal["always", "sometimes", "eventually"]

CLAIM_MARK = "_claim_of_machine"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a decorator says of its predicate.

    Attributes:
        kind: "always", "sometimes" or "eventually".
        canary: The property whose canary this is; None for an ordinary property.
        after: For "eventually": the method that says when the promise begins; None: always.
        of: For "eventually": the parameters over whose domains the property is claimed.
    """

    kind: Kind
    canary: str | None = None
    after: str | None = None
    of: tuple[str, ...] = ()


@overload
def always(predicate: Predicate, /) -> Predicate: ...
@overload
def always(*, canary: str | None = None) -> Callable[[Predicate], Predicate]: ...
def always(
    predicate: Predicate | None = None, /, *, canary: str | None = None
) -> Predicate | Callable[[Predicate], Predicate]:
    """Claim that the predicate holds in every reachable state (safety).

    Args:
        canary: The property whose canary this is: the claim must then be violated.
    """
    return _mark(predicate, Claim("always", canary))


@overload
def sometimes(predicate: Predicate, /) -> Predicate: ...
@overload
def sometimes(*, canary: str | None = None) -> Callable[[Predicate], Predicate]: ...
def sometimes(
    predicate: Predicate | None = None, /, *, canary: str | None = None
) -> Predicate | Callable[[Predicate], Predicate]:
    """Claim that the predicate holds in at least one reachable state (reachability).

    Args:
        canary: The property whose canary this is: the claim must then be violated.
    """
    return _mark(predicate, Claim("sometimes", canary))


@overload
def eventually(predicate: Predicate, /) -> Predicate: ...
@overload
def eventually(
    *, after: str | None = None, of: str | tuple[str, ...] = (), canary: str | None = None
) -> Callable[[Predicate], Predicate]: ...
def eventually(
    predicate: Predicate | None = None,
    /,
    *,
    after: str | None = None,
    of: str | tuple[str, ...] = (),
    canary: str | None = None,
) -> Predicate | Callable[[Predicate], Predicate]:
    """Claim that whenever `after` holds, the predicate holds then or later (leads-to).

    The claim is about every run that is weakly fair to the fair actions; runs may stop for ever
    where no fair action is enabled.

    Args:
        after: The name of a method with the predicate's parameters. None: from every state on,
            so that the predicate holds again and again, or for good.
        of: The parameters of the predicate (and of `after`): the claim is made for each of
            their values.
        canary: The property whose canary this is: the claim must then be violated.
    """
    parameters = (of,) if isinstance(of, str) else of
    return _mark(predicate, Claim("eventually", canary, after, parameters))


def _mark(
    predicate: Predicate | None, claim: Claim
) -> Predicate | Callable[[Predicate], Predicate]:
    def mark(function: Predicate) -> Predicate:
        setattr(function, CLAIM_MARK, claim)
        return function

    return mark if predicate is None else mark(predicate)
