"""Running CrossHair on the contracts, and reading its answer.

Three answers: CONFIRMED (every path was explored, up to CrossHair's model of Python), REFUTED (a
counterexample), and SEARCHED (no counterexample within the time, which is no proof).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import Any

from crosshair.core_and_libs import MessageType, analyze_function, run_checkables
from crosshair.options import AnalysisKind, AnalysisOptionSet

from proofs.contracts import budget, deadline, interval, poll, task_state

MODULES: tuple[ModuleType, ...] = (budget, deadline, interval, poll, task_state)
SECONDS = 20.0
TWIN = "_twin"

# Any: contracts have all kinds of arguments and results.
Contract = Callable[..., Any]


class Answer(Enum):
    """What CrossHair found."""

    CONFIRMED = "confirmed"
    SEARCHED = "searched"
    REFUTED = "refuted"


@dataclass(frozen=True, slots=True)
class Job:
    """One contract with its known-bad twin."""

    name: str
    contract: Contract
    twin: Contract


def jobs() -> Iterator[Job]:
    """Every contract of every module; a contract without a twin is an error."""
    for module in MODULES:
        functions = {
            name: function
            for name, function in vars(module).items()
            if inspect.isfunction(function) and function.__module__ == module.__name__
        }
        for name, function in functions.items():
            if not name.endswith(TWIN):
                yield Job(f"{module.__name__}.{name}", function, functions[name + TWIN])


def analyse(contract: Contract) -> tuple[Answer, str]:
    """CrossHair's answer, and its message."""
    options = AnalysisOptionSet(
        analysis_kind=[AnalysisKind.PEP316], per_condition_timeout=SECONDS, report_all=True
    )
    messages = run_checkables(analyze_function(contract, options))
    text = "; ".join(message.message for message in messages)
    states = {message.state for message in messages}
    if not states:
        raise AssertionError(f"{contract.__name__} has no condition that CrossHair can read")
    if states <= {MessageType.CONFIRMED}:
        return Answer.CONFIRMED, text
    if states <= {MessageType.CONFIRMED, MessageType.CANNOT_CONFIRM}:
        return Answer.SEARCHED, text
    return Answer.REFUTED, text
