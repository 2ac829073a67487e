"""The report of a check: what was searched, how large it was, and which claims hold.

It guarantees that nothing empty passes: a limit that was hit is `incomplete`, a canary that was not
violated and an action that never happened are failures. It is data: `checker.py` makes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zokio.model.literal import assignments, literal
from zokio.model.properties import Kind
from zokio.model.trace import Trace

Outcome = Literal["holds", "violated", "incomplete", "nondeterministic"]


@dataclass(frozen=True, slots=True)
class PropertyResult:
    """What the check found of one claim.

    Attributes:
        name: The name of the predicate.
        kind: "always", "sometimes" or "eventually".
        canary: The property whose canary this is; None for an ordinary property.
        outcome: What is true of the claim: of a good canary, "violated".
        instance: The arguments for which an "eventually" is violated, as text.
        trace: A shortest counterexample, or for a "sometimes" that holds, a shortest witness.
    """

    name: str
    kind: Kind
    canary: str | None
    outcome: Outcome
    instance: str = ""
    trace: Trace[Any] | None = None  # Any: a report does not know the class of the states

    @property
    def verdict(self) -> Outcome:
        """What the outcome means for the machine: a violated canary "holds"."""
        if self.canary is None or self.outcome == "incomplete":
            return self.outcome
        return "holds" if self.outcome == "violated" else "violated"

    def to_json(self) -> dict[str, object]:
        """Return the result as an object that `json.dumps` accepts."""
        found: dict[str, object] = {"name": self.name, "kind": self.kind, "outcome": self.outcome}
        if self.canary is not None:
            found["canary"] = self.canary
        if self.trace is not None and self.verdict == "violated":
            found["trace"] = self.trace.to_json()
        return found

    def text(self) -> str:
        """Return the result in one line, and below it the counterexample of a failure."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        name = f"{self.name}({self.instance})" if self.instance else self.name
        line = f"  {self.kind:10} {name:40} {self.outcome}"
        if self.canary is not None:
            line += f" (canary of {self.canary})"
        yield line
        if self.verdict != "violated":
            return
        yield f"    {_REASON[self.kind] if self.canary is None else _BLIND}"
        if self.trace is not None and self.outcome == "violated":
            yield from (f"    {row}" for row in self.trace.text().splitlines())


_REASON: Mapping[Kind, str] = {
    "always": "a shortest run to a state in which it is false:",
    "sometimes": "it is false in every reachable state.",
    "eventually": "a fair run that never gets there:",
}
_BLIND = "a canary must be violated: the check cannot see what it is there to see."


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found.

    Attributes:
        machine: The name of the machine's class.
        configuration: Its constants.
        states: Reachable states (found so far, when incomplete).
        transitions: Steps from these states, those that change nothing included.
        depth: Steps from the initial states to the state farthest from them.
        properties: One result for each claim, in definition order.
        action_counts: Transitions by action.
        never_enabled: Actions that never happen and were not declared `may_be_idle`.
        outcome: "violated" when something is wrong, else "incomplete" when the search was cut
            short, else "holds"; "nondeterministic" when a guard, an effect or a predicate answered
            differently in the same state, so that nothing else can be said.
        seconds: How long the check took.
        complete: Whether every reachable state was seen.
        memory: How many bytes the search held at its end, counted over its tables.
        cut: The limit that ended the search, "" if none did.
        reduced: Whether states and transitions are those of representatives; see `symmetry.py`.
        detail: What was seen of a machine that is nondeterministic.
    """

    machine: str
    configuration: Mapping[str, object]
    states: int
    transitions: int
    depth: int
    properties: tuple[PropertyResult, ...]
    action_counts: Mapping[str, int]
    outcome: Outcome
    seconds: float
    never_enabled: tuple[str, ...] = ()
    complete: bool = True
    memory: int = 0
    cut: str = ""
    reduced: bool = False
    detail: str = ""

    @property
    def bytes_per_state(self) -> float:
        """How many bytes the search held for each state."""
        return self.memory / self.states if self.states else 0.0

    def property(self, name: str) -> PropertyResult:
        """Return the result of the claim of that name.

        Raises:
            KeyError: The machine makes no such claim.
        """
        for result in self.properties:
            if result.name == name:
                return result
        raise KeyError(f"{self.machine} claims no {name}")

    def to_json(self) -> dict[str, object]:
        """Return the report as an object that `json.dumps` accepts."""
        return {
            "name": self.machine,
            "configuration": {name: jsonable(v) for name, v in self.configuration.items()},
            "states": self.states,
            "transitions": self.transitions,
            "depth": self.depth,
            "properties": [result.to_json() for result in self.properties],
            "actions": dict(self.action_counts),
            "never_enabled": list(self.never_enabled),
            "outcome": self.outcome,
            "seconds": self.seconds,
            "memory": self.memory,
            "bytes_per_state": round(self.bytes_per_state, 1),
            "cut": self.cut,
            "reduced": self.reduced,
            "detail": self.detail,
        }

    def text(self) -> str:
        """Return the report as lines for people, with the traces of what failed."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        constants = {name: literal(value) for name, value in self.configuration.items()}
        yield f"{self.machine}({assignments(constants, sign='=')}): {self.outcome}"
        yield (
            f"  {self.states:,} states, {self.transitions:,} transitions, depth {self.depth}, "
            f"{self.seconds:.2f} s, {self.bytes_per_state:,.0f} bytes a state"
        )
        if self.detail:
            yield f"  {self.detail}"
        if self.cut:
            unseen = "what it did not see may be wrong"
            yield f"  incomplete: the search was cut by {self.cut}; {unseen}"
        yield from (result.text() for result in self.properties)
        for name in self.never_enabled:
            yield f"  vacuous: action {name} is never enabled"
        counts = ", ".join(f"{name} {count:,}" for name, count in self.action_counts.items())
        yield f"  actions: {counts}"


def jsonable(value: object) -> object:
    """Return a constant as something that `json.dumps` accepts; the rest as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [jsonable(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    return literal(value)


def overall(
    properties: tuple[PropertyResult, ...], never_enabled: tuple[str, ...], complete: bool
) -> Outcome:
    """Return the outcome of a whole check."""
    verdicts = {result.verdict for result in properties}
    if "violated" in verdicts or never_enabled:
        return "violated"
    return "holds" if complete else "incomplete"
