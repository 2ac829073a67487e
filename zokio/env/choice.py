"""Choices: where the runtime leaves something to luck, it asks here, and says for what.

In production a choice is a random number. Exploration puts its own decision in its place.
"""

from __future__ import annotations

from random import randrange


def choose(label: str, count: int) -> int:
    """One of 0 ... `count` - 1.

    Args:
        label: what is chosen, for whoever records or replays choices.
        count: 1 or more.
    """
    return randrange(count)
