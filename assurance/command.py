"""What `python -m assurance.PART` does: measure, print the figures as JSON, end with 0 or 1."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Protocol


class Measure(Protocol):
    """The function that every part of the assurance case has."""

    def __call__(self, *, fast: bool) -> dict[str, object]:
        """Return the figures, or raise AssertionError."""


def run_as_command(measure: Measure) -> int:
    """Measure as the command line says, print the figures, and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--fast", action="store_true", help="a subset of at most 20 seconds")
    fast = parser.parse_args().fast
    try:
        figures = measure(fast=fast)
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(figures, indent=2))
    return 0
