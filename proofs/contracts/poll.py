"""Answers compare by what they hold."""

from __future__ import annotations

from zokio.core.poll import PENDING, Ready


def equal_when_their_values_are(one: int, other: int) -> bool:
    """Also for sets and dictionaries: equal answers have equal hashes.

    post: __return__ == (one == other)
    """
    a, b = Ready(one), Ready(other)
    return a == b and hash(a) == hash(b)


def equal_when_their_values_are_twin(one: int, other: int) -> bool:
    """Compares the sizes of the values only.

    post: __return__ == (one == other)
    """
    return Ready(abs(one)) == Ready(abs(other))


def ready_is_not_pending(value: int) -> bool:
    """
    post: not __return__
    """
    return Ready(value) == PENDING


def ready_is_not_pending_twin(value: int) -> bool:
    """Takes zero for nothing.

    post: not __return__
    """
    return not value or Ready(value) == PENDING
