"""A progress bar for work whose amount is known beforehand: `runtime mutants [###...] 12 of 40`.

It is the model checker's bar with another text, and as silent as that one when nobody looks.
"""

from __future__ import annotations

from time import perf_counter

from zokio.model import Progress, ProgressBar

WIDTH = 20


class CountBar(ProgressBar):
    """Counts to `total`; a context manager, as its base is."""

    def __init__(self, title: str, total: int) -> None:
        super().__init__(title)
        self.total = max(1, total)
        self.done = 0
        self._started = perf_counter()

    def __enter__(self) -> CountBar:
        return self

    def advance(self) -> None:
        """One more is done."""
        self.done += 1
        left = self.total - self.done
        self(Progress(self.total, left, 0, perf_counter() - self._started))

    def _line(self, progress: Progress) -> str:
        filled = WIDTH * self.done // self.total
        bar = "#" * filled + "." * (WIDTH - filled)
        return f"{self.title} [{bar}] {self.done} of {self.total}, {progress.seconds:.0f} s"
