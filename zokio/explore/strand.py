"""A thread under test, as the world sees it; who decides about it, and who looks on."""

from __future__ import annotations

from typing import Protocol

from zokio.explore.carriers import Carrier
from zokio.explore.operations import Operation, Place


class Strategy(Protocol):
    """Decides. Called by the thread that runs, once a step at the most."""

    def known(self, step: int) -> tuple[int, tuple[int, ...]] | None:
        """What is decided at a step that was seen before, among what; None if it was not."""

    def schedule(self, step: int, runnable: tuple[int, ...], last: int) -> int:
        """Which of the threads that can run goes on; `last` is the one that ran until now."""

    def choice(self, step: int, count: int) -> int:
        """Which of `count` possibilities the program gets, from 0."""


class Observer(Protocol):
    """Is told of each step, when a thread comes to it and when it is taken."""

    def stands(self, strand: Strand) -> None:
        """The calling thread has come to an operation."""

    def done(self, strand: Strand, operation: Operation) -> None:
        """It is this thread's turn: the operation is done next."""


class Strand:
    """One thread under test, and the operation that it stands before."""

    __slots__ = ("carrier", "daemon", "ended", "locals", "name", "number", "pending", "place")

    carrier: Carrier

    def __init__(self, number: int, name: str, place: Place, daemon: bool) -> None:
        self.number = number
        self.name = name
        self.daemon = daemon
        self.place = place
        place.title = f"thread {name}"
        self.pending = Operation(place, "begin", writes=False, waits=True)
        self.ended = False
        self.locals: dict[int, dict[str, object]] = {}
        """What it keeps in thread-local objects, by the object's identity."""
