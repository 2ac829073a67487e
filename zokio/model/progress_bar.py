"""A plain progress bar for long searches, on a terminal only.

    with ProgressBar("Peterson") as bar:
        check(machine, progress=bar)

The bar shows how many of the states found so far are expanded: it is full when the search is over,
and may shrink before. It writes nothing when the stream is no terminal, nothing in the first
second, and wipes its line at the end. It deliberately needs no terminal library.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TextIO

from zokio.model.search import Progress

SILENT_S = 1.0  # shorter work needs no bar
INTERVAL_S = 0.1
WIDTH = 20


class ProgressBar:
    """Reports the progress of `check` in one line; a context manager.

    Args:
        title: What is being checked.
        stream: Where to write; None: standard error.
    """

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self.title = title
        self.stream = sys.stderr if stream is None else stream
        self._shown_s = 0.0
        self._width = 0

    def __call__(self, progress: Progress) -> None:
        """Show how far the search is, unless it is too early or too soon."""
        soon = max(SILENT_S, self._shown_s + INTERVAL_S)
        if progress.seconds < soon or not self.stream.isatty():
            return
        self._shown_s = progress.seconds
        line = self._line(progress)
        self.stream.write("\r" + line.ljust(self._width))
        self.stream.flush()
        self._width = len(line)

    def _line(self, progress: Progress) -> str:
        done = WIDTH * (progress.states - progress.frontier) // progress.states
        return (
            f"{self.title} [{'#' * done}{'.' * (WIDTH - done)}] {progress.states:,} states, "
            f"{progress.frontier:,} waiting, depth {progress.depth}, {progress.seconds:.0f} s"
        )

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._width:
            self.stream.write("\r" + " " * self._width + "\r")
            self.stream.flush()
