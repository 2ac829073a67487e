"""Where in the user's files an error comes from, and its traceback without the checker's frames.

Whoever writes a machine wants to see the line of the machine, not those of the search that called
it. It guarantees that an error of the checker itself is not taken for one of the machine: where no
frame of the user's takes part, `blame` answers None and the error has to be raised.
"""

from __future__ import annotations

import inspect
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import FrameSummary, TracebackException, extract_tb
from types import TracebackType

from zokio.model.errors import ModelError

OURS = Path(__file__).parents[1]
SPECIFICATIONS = OURS / "spec"  # machines like any user's, where they are installed
LIBRARY = tuple(map(sysconfig.get_path, ("stdlib", "platstdlib")))

FRAMES_MAX = 20  # a recursion without end is told by its last calls


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def location_of(thing: Callable[..., object] | type) -> Location | None:
    """Return where a method or a class is written; None when it was not read from a file."""
    try:
        thing = inspect.unwrap(thing)
        file = inspect.getsourcefile(thing)
        lines, first = inspect.getsourcelines(thing)
    except (OSError, TypeError):
        return None
    # The lines begin with the decorators.
    heads = (n for n, line in enumerate(lines) if line.lstrip().startswith(("def ", "class ")))
    return None if file is None else Location(file, first + next(heads, 0))


def blame(error: Exception) -> str | None:
    """Return what to tell the user of an error in the user's own machine, None if it is not.

    A `ModelError` is the user's by definition; any other exception when it was raised below a call
    from the checker into a file of the user's.
    """
    if isinstance(error, ModelError):
        return "\n".join([str(error), *_details(error)])
    frames = _user_frames(error.__traceback__)
    if not frames:
        return None
    return f"the machine's own code raised {error!r}.\n{_traceback(error)}"


def _details(error: ModelError) -> list[str]:
    cause = error.__cause__
    if cause is not None and (shown := _traceback(cause)):
        return [shown]
    frames = [frame for frame in _user_frames(error.__traceback__) if not _is_ours(frame)]
    if frames:
        return [f"  at {frames[-1].filename}:{frames[-1].lineno}"]
    where = None if error.method is None else location_of(error.method)
    return [] if where is None else [f"  at {where}"]


def _traceback(error: BaseException) -> str:
    """Return the traceback of an error from the first frame on that is the user's, "" if none."""
    frames = _user_frames(error.__traceback__)
    told = TracebackException.from_exception(error, compact=True)
    if not frames and not isinstance(error, SyntaxError):
        return ""
    shown = "".join(
        [
            *(["Traceback (most recent call last):\n"] if frames else []),
            *(line for frame in frames[-FRAMES_MAX:] for line in _frame_lines(frame)),
            *told.format_exception_only(),
        ]
    )
    return shown.rstrip("\n")


def _frame_lines(frame: FrameSummary) -> list[str]:
    head = f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n'
    return [head, f"    {frame.line}\n"] if frame.line else [head]


def _user_frames(traceback: TracebackType | None) -> list[FrameSummary]:
    """Return the frames from the first one of the user's on, those below it included.

    What the user's code calls of the checker (`put` with a wrong index) is still its own doing.
    """
    frames = list(extract_tb(traceback))
    mine = (n for n, frame in enumerate(frames) if not _is_ours(frame) and not _is_library(frame))
    return frames[next(mine, len(frames)) :]


def _is_ours(frame: FrameSummary) -> bool:
    file = Path(frame.filename)
    return file.is_relative_to(OURS) and not file.is_relative_to(SPECIFICATIONS)


def _is_library(frame: FrameSummary) -> bool:
    """Tell whether a frame is of Python's own library, or of code that was generated."""
    return frame.filename.startswith(("<", *LIBRARY)) and "site-packages" not in frame.filename
