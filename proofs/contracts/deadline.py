"""Deadlines: never early, never negative, in a total order."""

from __future__ import annotations

from zokio.timers.deadline import (
    NEVER_NS,
    deadline_after,
    duration_ns,
    is_due,
    precedes,
    wait_ns,
)


def never_early(now_ns: int, duration: int, later_ns: int) -> bool:
    """A timer set for `duration` from now is due at `later_ns` only if that time has passed.

    pre: 0 <= now_ns <= later_ns < 9223372036854775807
    pre: duration >= 0
    post: __return__ == (later_ns - now_ns >= duration)
    """
    return is_due(deadline_after(now_ns, duration), later_ns)


def never_early_twin(now_ns: int, duration: int, later_ns: int) -> bool:
    """Fires one nanosecond early.

    pre: 0 <= now_ns <= later_ns < 9223372036854775807
    pre: duration >= 0
    post: __return__ == (later_ns - now_ns >= duration)
    """
    return deadline_after(now_ns, duration) <= later_ns + 1


def never_is_never_due(now_ns: int) -> bool:
    """
    post: not __return__
    """
    return is_due(NEVER_NS, now_ns)


def never_is_never_due_twin(now_ns: int) -> bool:
    """Treats it as any other instant.

    post: not __return__
    """
    return now_ns >= NEVER_NS


def waits_long_enough(deadline_ns: int, now_ns: int) -> int:
    """After the wait the deadline has come, and the wait is never negative.

    post: __return__ >= 0
    post: now_ns + __return__ >= deadline_ns
    post: __return__ == 0 or now_ns + __return__ == deadline_ns
    """
    return wait_ns(deadline_ns, now_ns)


def waits_long_enough_twin(deadline_ns: int, now_ns: int) -> int:
    """Waits a negative time when the deadline has passed.

    post: __return__ >= 0
    post: now_ns + __return__ >= deadline_ns
    post: __return__ == 0 or now_ns + __return__ == deadline_ns
    """
    return deadline_ns - now_ns


def order(a_ns: int, a: int, b_ns: int, b: int) -> bool:
    """Of two different timers exactly one precedes; the earlier deadline, then the older.

    pre: (a_ns, a) != (b_ns, b)
    post: __return__
    """
    first, second = precedes(a_ns, a, b_ns, b), precedes(b_ns, b, a_ns, a)
    by_deadline = a_ns == b_ns or first == (a_ns < b_ns)
    by_age = a_ns != b_ns or first == (a < b)
    return first is not second and by_deadline and by_age


def order_twin(a_ns: int, a: int, b_ns: int, b: int) -> bool:
    """Orders by age only.

    pre: (a_ns, a) != (b_ns, b)
    post: __return__
    """
    first, second = a < b, b < a
    by_deadline = a_ns == b_ns or first == (a_ns < b_ns)
    by_age = a_ns != b_ns or first == (a < b)
    return first is not second and by_deadline and by_age


def transitive(a_ns: int, a: int, b_ns: int, b: int, c_ns: int, c: int) -> bool:
    """
    pre: precedes(a_ns, a, b_ns, b) and precedes(b_ns, b, c_ns, c)
    post: __return__
    """
    return precedes(a_ns, a, c_ns, c)


def transitive_twin(a_ns: int, a: int, b_ns: int, b: int, c_ns: int, c: int) -> bool:
    """Compares the sums.

    pre: precedes(a_ns, a, b_ns, b) and precedes(b_ns, b, c_ns, c)
    post: __return__
    """
    return a_ns + a < c_ns + c


def whole_seconds_are_exact(seconds: int) -> int:
    """
    pre: 0 <= seconds <= 9000000000
    post: __return__ == seconds * 1000000000
    """
    return duration_ns(seconds)


def whole_seconds_are_exact_twin(seconds: int) -> int:
    """Goes through microseconds, and loses one.

    pre: 0 <= seconds <= 9000000000
    post: __return__ == seconds * 1000000000
    """
    return duration_ns(seconds) - (1000 if seconds > 100 else 0)


def negative_durations_are_refused(seconds: int) -> int:
    """
    pre: seconds < 0
    post: False
    raises: ValueError
    """
    return duration_ns(seconds)


def negative_durations_are_refused_twin(seconds: int) -> int:
    """Takes them for none.

    pre: seconds < 0
    post: False
    raises: ValueError
    """
    return duration_ns(max(seconds, 0))
