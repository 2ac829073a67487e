"""The timeline of an execution: a column for each thread, a line for each step, with its source.

`Recorder` notes, while a schedule is replayed, where in the program each step stands. It looks at
the frames of the calling thread, which costs more than the step: nobody else pays for it.
"""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from zokio.explore.execution import Execution
from zokio.explore.operations import Operation
from zokio.explore.strand import Strand

HERE = str(Path(__file__).resolve().parent)
LABEL = re.compile(r"# (?:spec|workers): (\w+(?:/\w+)*)")
COLUMN = 34


class Line(NamedTuple):
    """A line of the program, with what it says; see `Happening`."""

    file: str
    line: int
    source: str
    label: str


NOWHERE = "", 0


class Happening(NamedTuple):
    """A step with its place in the program.

    Attributes:
        number: Of the step, from 0.
        thread: The name of the thread.
        strand: Its number.
        step: What was done.
        verb: The first of its words: "read", "write", "append to", "acquire", ...
        owner: The object that it was done to, if any.
        attribute: The name of the attribute; empty for an object as a whole.
        file: Where it stands.
        line: The line's number.
        source: The line's text.
        label: The action of a specification that a comment on the line names, or "".
    """

    number: int
    thread: str
    strand: int
    step: Operation
    verb: str
    owner: object
    attribute: str
    file: str
    line: int
    source: str
    label: str

    @property
    def operation(self) -> str:
        """What was done, in words."""
        return str(self.step)


class Recorder:
    """An observer for `World`. `lines` is what it knows of the program, and finds out."""

    def __init__(
        self,
        tell: Callable[[Happening], None] | None = None,
        lines: dict[tuple[str, int], Line] | None = None,
    ) -> None:
        self.happenings: list[Happening] = []
        self.tell = tell
        self.lines: dict[tuple[str, int], Line] = {} if lines is None else lines
        self._stands: dict[int, tuple[str, int]] = {}

    def stands(self, strand: Strand) -> None:
        """The calling thread stands before its next operation: note where."""
        frame = sys._getframe(2)  # of who has called the world
        while frame.f_back is not None and frame.f_code.co_filename.startswith(HERE):
            frame = frame.f_back
        self._stands[strand.number] = frame.f_code.co_filename, frame.f_lineno

    def done(self, strand: Strand, operation: Operation) -> None:
        """A step is taken."""
        at = self._stands.pop(strand.number, NOWHERE)
        line = self.lines.get(at)
        if line is None:
            line = self.lines[at] = line_at(*at)
        place = operation.place
        happening = Happening(
            len(self.happenings),
            strand.name,
            strand.number,
            operation,
            operation.verb,
            None if place is None else place.owner,
            "" if place is None else place.name,
            *line,
        )
        self.happenings.append(happening)
        if self.tell is not None:
            self.tell(happening)


def line_at(file: str, number: int) -> Line:
    """A line, unless it is the one where a thread begins."""
    source = linecache.getline(file, number).strip() if file else ""
    if source.startswith("job()"):
        return Line(*NOWHERE, "", "")
    found = LABEL.search(source)
    return Line(file, number, source, found[1] if found else "")


def timeline(execution: Execution, happenings: list[Happening]) -> str:
    """The steps in order, and how it ended."""
    return "\n".join(_lines(execution, happenings))


def _lines(execution: Execution, happenings: list[Happening]) -> Iterator[str]:
    names = execution.names
    yield "  step  " + "".join(name.ljust(COLUMN) for name in names) + "at"
    barriers = set(execution.barriers)
    for happening in happenings:
        if happening.number in barriers:
            yield "        " + "(time moves on)"
        cells = [""] * len(names)
        cells[happening.strand] = _cut(happening.operation)
        where = f"{Path(happening.file).name}:{happening.line}" if happening.file else ""
        row = "".join(cell.ljust(COLUMN) for cell in cells)
        yield f"  {happening.number:>4}  {row}{where}  {happening.source}".rstrip()
    for number, operation in execution.pending.items():
        if execution.ending == "deadlock":
            cells = [""] * len(names)
            cells[number] = _cut(f"stuck before {operation}")
            yield "     -  " + "".join(cell.ljust(COLUMN) for cell in cells).rstrip()


def _cut(text: str) -> str:
    return text if len(text) < COLUMN else text[: COLUMN - 4] + "..."
