"""What `python -m assurance.PART` does: measure, print the figures as JSON, end with 0 or 1."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

DOES_NOT_HOLD = "does not hold"
"""Among the figures: what was claimed of them, and is not so."""


class Measure(Protocol):
    """The function that every part of the assurance case has."""

    def __call__(self, *, fast: bool) -> dict[str, object]:
        """Return the figures, or raise AssertionError."""


class NotHeldError(AssertionError):
    """All was measured, and something that is claimed of the figures is not so."""

    def __init__(self, message: str, figures: Mapping[str, object]) -> None:
        super().__init__(message)
        self.figures = {DOES_NOT_HOLD: message, **figures}


@contextmanager
def claims_about(figures: Mapping[str, object]) -> Iterator[None]:
    """An assertion that fails in here is about these figures, which are kept."""
    try:
        yield
    except AssertionError as error:
        raise NotHeldError(str(error), figures) from None


def run_as_command(measure: Measure) -> int:
    """Measure as the command line says, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="a subset of at most 20 seconds")
    fast = parser.parse_args().fast
    return run_measure(measure, fast=fast)


def run_measure(measure: Measure, *, fast: bool) -> int:
    """Measure, print the figures, also those that do not hold, and return the exit code."""
    try:
        figures = measure(fast=fast)
    except AssertionError as error:
        if isinstance(error, NotHeldError):
            print(json.dumps(error.figures, indent=2))
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=2))
    return 0
