"""A report as a list of verdicts, one for each thing that a test runner would call a test.

Beside the claims there are two that every check makes: that every action happens, and that every
state was seen. The names are known before anything is explored, so that tests can be listed first
and run later. It guarantees that a report passes exactly when each of its verdicts does.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from textwrap import dedent
from typing import Any, TypeVar

from zokio.model.machine import Machine
from zokio.model.report import PropertyResult, Report

S = TypeVar("S", bound=tuple[Hashable, ...])

ACTIONS = "every_action_happens"
STATES = "every_state_is_seen"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one claim, or of the check itself.

    Attributes:
        name: The claim's method, or `every_action_happens`, or `every_state_is_seen`.
        kind: "always", "sometimes", "eventually", or "check" for what every check claims.
        outcome: "holds", "violated", "incomplete" or "nondeterministic".
        headline: What is wrong, in one line; "" when it holds.
        text: What is wrong, with the counterexample; "" when it holds.
        method: Where the claim is written; None for what every check claims.
    """

    name: str
    kind: str
    outcome: str
    headline: str = ""
    text: str = ""
    method: Callable[..., object] | None = None


def verdict_names(machine: Machine[S]) -> list[str]:
    """Return the names of the verdicts that a report on `machine` will have, in order."""
    return [*machine.claims, ACTIONS, STATES]


def verdicts(machine: Machine[S], report: Report) -> list[Verdict]:
    """Return the verdicts of a report, in the order of `verdict_names`."""
    results = {result.name: result for result in report.properties}
    claims = [
        _of_claim(machine, report, results[name])
        if name in results
        else Verdict(name, claim.kind, str(report.outcome), *_unjudged(name, report))
        for name, claim in machine.claims.items()
    ]
    return [*claims, _of_actions(report), _of_states(report)]


def _unjudged(name: str, report: Report) -> tuple[str, str]:
    """Return what to say of a claim that the report has not: nothing can be said of it."""
    headline = f"{name} was not judged: {report.machine} is {report.outcome}"
    return headline, f"{headline}\n{report.text()}"


def _of_claim(machine: Machine[S], report: Report, result: PropertyResult) -> Verdict:
    method: Any = getattr(type(machine), result.name, None)  # Any: whatever its parameters are
    outcome = str(result.verdict)
    if outcome == "holds":
        return Verdict(result.name, result.kind, outcome, method=method)
    headline = f"{result.name} is {outcome}"
    if outcome == "violated" and result.canary is not None:
        headline = f"{result.name}, a canary of {result.canary}, is not caught"
    elif outcome == "violated" and result.instance:
        headline += f" for {result.instance}"
    elif outcome == "incomplete":
        headline += f": it held in the {report.states:,} states that were seen, and not all were"
    text = f"{headline}\n{_dedented(result)}" if outcome == "violated" else headline
    return Verdict(result.name, result.kind, outcome, headline, text, method)


def _dedented(result: PropertyResult) -> str:
    """Return the counterexample without the line that repeats name and outcome."""
    _, _, rest = result.text().partition("\n")
    return dedent(rest)


def _of_actions(report: Report) -> Verdict:
    if report.outcome not in ("holds", "violated", "incomplete"):
        return Verdict(ACTIONS, "check", report.outcome, *_unjudged(ACTIONS, report))
    if report.never_enabled:
        headline = f"never enabled: {', '.join(report.never_enabled)}"
        advice = "an action that may never happen in this configuration says may_be_idle=True"
        return Verdict(ACTIONS, "check", "violated", headline, f"{headline}\n{advice}")
    unseen = [name for name, count in report.action_counts.items() if not count]
    if unseen and not report.complete:
        headline = f"not seen before the search was cut: {', '.join(unseen)}"
        return Verdict(ACTIONS, "check", "incomplete", headline, headline)
    return Verdict(ACTIONS, "check", "holds")


def _of_states(report: Report) -> Verdict:
    outcome = str(report.outcome)
    if outcome == "nondeterministic":
        headline = f"{report.machine} answered differently when it was asked twice"
        return Verdict(STATES, "check", outcome, headline, f"{headline}\n{report.text()}")
    if not report.complete:
        headline = f"the search was cut after {report.states:,} states: a limit was hit"
        advice = "raise the limit, or give the machine smaller constants"
        return Verdict(STATES, "check", "incomplete", headline, f"{headline}\n{advice}")
    return Verdict(STATES, "check", "holds")
