"""Where the threads of this process stand: what the interpreter shows of their stacks.

A thread that runs goes on meanwhile, so what is said of it may be a moment old.
"""

from __future__ import annotations

import sys
from types import FrameType


def innermost_frame(thread: int | None) -> FrameType | None:
    """The frame in which the thread of that number stands; None if it runs no Python code."""
    return None if thread is None else sys._current_frames().get(thread)


def place_of(frame: FrameType) -> str:
    """A frame for people to read: `function (file:line)`."""
    code = frame.f_code
    return f"{code.co_qualname} ({code.co_filename}:{frame.f_lineno})"
