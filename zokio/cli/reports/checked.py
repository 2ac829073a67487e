"""One configuration that was checked: under which name, the machine, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zokio.model import Machine, Report
from zokio.model.literal import assignments, literal


@dataclass(frozen=True, slots=True)
class Checked:
    """A machine with its report.

    Attributes:
        name: What the command line calls it.
        machine: The configuration that was checked.
        report: What was found.
    """

    name: str
    machine: Machine[Any]  # Any: reports are made without knowing the class of the states
    report: Report

    @property
    def constants(self) -> str:
        """The constants, as `tasks=2 pollers=1`."""
        return " ".join(f"{name}={value}" for name, value in self.report.configuration.items())

    @property
    def title(self) -> str:
        """The configuration, as `TaskMachine(tasks=2, pollers=1)`."""
        texts = {name: literal(value) for name, value in self.report.configuration.items()}
        return f"{self.report.machine}({assignments(texts, sign='=')})"
