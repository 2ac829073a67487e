"""The arithmetic of deadlines: pure, in integer nanoseconds, never early."""

from __future__ import annotations

import math

NEVER_NS = 2**63 - 1
"""A deadline that does not come (292 years after the clock began)."""


def duration_ns(seconds: int | float) -> int:
    """`seconds` in nanoseconds, rounded up; infinity is `NEVER_NS`.

    (`int` stands in the signature for the compiled build, which would otherwise make a float of a
    whole number and lose nanoseconds after a hundred days.)

    Raises:
        ValueError: it is negative or not a number.
    """
    if not seconds >= 0:  # also refuses NaN
        raise ValueError(f"a duration is a number of seconds, 0 or more, and not {seconds!r}")
    return NEVER_NS if seconds > 9.0e9 else math.ceil(seconds * 1_000_000_000)


def deadline_after(now_ns: int, duration: int) -> int:
    """The instant `duration` nanoseconds after `now_ns`, `NEVER_NS` at the latest."""
    return min(now_ns + duration, NEVER_NS)


def is_due(deadline_ns: int, now_ns: int) -> bool:
    """Whether the instant has come. `NEVER_NS` never has."""
    return deadline_ns <= now_ns and deadline_ns != NEVER_NS


def wait_ns(deadline_ns: int, now_ns: int) -> int:
    """How long to wait for the deadline; 0 when it has come."""
    return max(0, deadline_ns - now_ns)


def precedes(deadline_ns: int, number: int, other_deadline_ns: int, other_number: int) -> bool:
    """Whether one timer fires before another: by deadline, then by order of creation."""
    return (deadline_ns, number) < (other_deadline_ns, other_number)
