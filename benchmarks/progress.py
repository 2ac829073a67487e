"""A progress bar on standard error; on anything but a terminal, a line for each new case."""

from __future__ import annotations

import sys

WIDTH = 24


class Progress:
    """Counts the measurements of a run."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._case = ""
        self._terminal = sys.stderr.isatty()

    def step(self, what: str) -> None:
        """One more measurement begins."""
        if self._terminal:
            filled = WIDTH * self._done // self._total
            bar = "#" * filled + "." * (WIDTH - filled)
            sys.stderr.write(f"\r\x1b[K[{bar}] {self._done}/{self._total} {what}")
        elif (case := what.partition(", round")[0]) != self._case:
            self._case = case
            sys.stderr.write(f"{self._done}/{self._total} {case}\n")
        sys.stderr.flush()
        self._done += 1

    def close(self) -> None:
        """Wipe the bar."""
        if self._terminal:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
