"""The clock: monotonic nanoseconds, real or virtual.

`monotonic_ns` is the machine's own; `process_time_ns` is the processor time that this process has
used. A `VirtualClock` stands still until somebody moves it, so a
program which sleeps for an hour runs in no time and always in the same order. Neither knows the
date.
"""

from __future__ import annotations

from time import monotonic_ns as monotonic_ns
from time import process_time_ns as process_time_ns
from typing import Final

SECOND_NS: Final = 1_000_000_000


class VirtualClock:
    """A clock which moves only by `advance`."""

    __slots__ = ("_now_ns",)

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns

    def now_ns(self) -> int:
        """The virtual time."""
        return self._now_ns

    def advance(self, duration_ns: int) -> None:
        """Move on by `duration_ns`, which is not negative."""
        if duration_ns < 0:
            raise ValueError(f"a clock never runs backwards: advance({duration_ns})")
        self._now_ns += duration_ns
