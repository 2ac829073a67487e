"""Streams of draws which their names determine: for searches that draw, and draw the same again.

What production code leaves to luck is asked of `zokio.env.choice`; this is for whoever explores.
"""

from __future__ import annotations

from random import Random


class Stream:
    """Draws the same in every run and every process."""

    __slots__ = ("_random", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._random = Random(name)  # seeded by the text itself and not by its hash

    def below(self, count: int) -> int:
        """A number from 0 up to but not including `count`."""
        return self._random.randrange(count)

    def fraction(self) -> float:
        """A number from 0 up to but not including 1."""
        return self._random.random()
