"""Operations: what a thread does to something shared, and which two of them matter to each other.

A modelled object has a `Place` for whatever of it can be seen from two threads, and an `Operation`
for each way to touch it, made once. Before a thread does one it hands it to the world (`world.py`),
which says when. Two operations are dependent when they touch one place and at least one of them
changes it; they race when, besides, they could also come in the other order: one that had to wait
for the other cannot.
"""

from __future__ import annotations

from collections.abc import Callable


class Place:
    """Something that can be seen from several threads: an attribute, a lock, a queue.

    Attributes:
        owner: The object which it belongs to; None for what has no object.
        name: What it is called there; empty for the whole object.
        number: Its rank by first use within one execution, the same in every replay; -1 before.
        title: How a timeline calls the owner, given by the world at the first use.
    """

    __slots__ = ("name", "number", "owner", "title")

    def __init__(self, owner: object, name: str = "") -> None:
        self.owner = owner
        self.name = name
        self.number = -1
        self.title = ""

    def __str__(self) -> str:
        return f"{self.title}.{self.name}" if self.name else self.title


class Operation:
    """One way to touch a place, done in one step.

    Attributes:
        place: What it touches; None for what only its own thread sees, as a choice.
        verb: What it does, for timelines.
        writes: Whether it may change the place. Where it turns out not to (a `try` that failed),
            the thread says so afterwards: see `World.was_only_a_look`.
        enabled: Whether it can be done now; None when it always can.
        enables: It is what a waiting operation waits for.
        waits: It can be done only after an operation that `enables` it.
        deadline_ns: The instant at which a wait gives up; None for never.
    """

    __slots__ = ("deadline_ns", "enabled", "enables", "place", "verb", "waits", "writes")

    def __init__(
        self,
        place: Place | None,
        verb: str,
        *,
        writes: bool,
        enabled: Callable[[], bool] | None = None,
        enables: bool = False,
        waits: bool = False,
        deadline_ns: int | None = None,
    ) -> None:
        self.place = place
        self.verb = verb
        self.writes = writes
        self.enabled = enabled
        self.enables = enables
        self.waits = waits
        self.deadline_ns = deadline_ns

    @property
    def is_choice(self) -> bool:
        """Whether it is no step of the schedule, but a possibility that the program asked for."""
        return self.place is None

    def __str__(self) -> str:
        return self.verb if self.place is None else f"{self.verb} {self.place}"
