"""Poll: the answer of a future that was asked how far it is.

`Ready(value)` or `PENDING`. Whoever answers PENDING has stored the waker where the event that it
waits for will find it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, Generic, Literal, TypeAlias, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Ready(Generic[T_co]):
    """The future is done; `value` is its result."""

    __slots__ = ("value",)
    __match_args__ = ("value",)

    def __init__(self, value: T_co) -> None:
        self.value = value

    def __repr__(self) -> str:
        return f"Ready({self.value!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ready) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash((Ready, self.value))


class Pending(Enum):
    """The type of `PENDING`, an enumeration of one so that type checkers can narrow it."""

    PENDING = "pending"

    def __repr__(self) -> str:
        return "PENDING"


PENDING: Final[Literal[Pending.PENDING]] = Pending.PENDING

Poll: TypeAlias = Ready[T] | Literal[Pending.PENDING]
