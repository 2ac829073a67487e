"""Tokens: a schedule in a short text, to be replayed.

    zokio-explore:9.1-24.2-31.0~5f3a

A schedule is written as the decisions that differ from the default (whoever runs goes on, else the
first thread that can; the first possibility of a choice): the step's number and the decision, both
in base 36. What stands after the tilde tells the operations that the schedule was made for: when
the program has changed since, a replay says so.
"""

from __future__ import annotations

from zlib import crc32

from zokio.errors import UsageError
from zokio.explore.execution import Execution

PREFIX = "zokio-explore:"
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def token_of(execution: Execution) -> str:
    """The token of what was done."""
    unlike = [
        f"{in_base_36(step)}.{in_base_36(decision)}"
        for step, decision in enumerate(execution.decisions)
        if decision != execution.default_at(step)
    ]
    return f"{PREFIX}{'-'.join(unlike)}~{digest_of(execution)}"


def digest_of(execution: Execution) -> str:
    """What was done, without who did it when, in four digits."""
    text = "\n".join(
        f"{who} {operation}"
        for who, operation in zip(execution.who, execution.operations, strict=True)
    )
    return f"{crc32(text.encode()) & 0xFFFF:04x}"


class Replay:
    """A strategy that does what a token says.

    Raises:
        UsageError: it is no token.
    """

    def __init__(self, token: str) -> None:
        body, tilde, self.digest = token.removeprefix(PREFIX).partition("~")
        if not token.startswith(PREFIX) or not tilde:
            raise UsageError(f"{token!r} is no schedule; one begins with {PREFIX} and has a ~")
        try:
            pairs = [pair.split(".") for pair in body.split("-") if pair]
            self._unlike = {int(step, 36): int(decision, 36) for step, decision in pairs}
        except ValueError:
            raise UsageError(f"{token!r} is no schedule: its numbers cannot be read") from None

    def known(self, step: int) -> None:
        """See `Strategy`."""

    def schedule(self, step: int, runnable: tuple[int, ...], last: int) -> int:
        """See `Strategy`."""
        return self._unlike.get(step, last if last in runnable else runnable[0])

    def choice(self, step: int, count: int) -> int:
        """See `Strategy`."""
        return self._unlike.get(step, 0)


def in_base_36(number: int) -> str:
    """A number that is not negative, as `int(text, 36)` reads it."""
    text = DIGITS[number % 36]
    while number := number // 36:
        text = DIGITS[number % 36] + text
    return text
