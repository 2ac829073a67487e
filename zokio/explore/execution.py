"""An execution: what was decided and done, step by step; and how it ended.

It is data. The world writes it (`world.py`), the searches and the timeline read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from zokio.explore.operations import Operation

Ending = Literal["finished", "failed", "deadlock", "cut"]


class Deadlock(AssertionError):
    """Nobody can go on, and somebody has not come to his end."""


@dataclass(slots=True)
class Execution:
    """What was done, one entry a step in each of the first six lists.

    Attributes:
        lasts: The thread that ran before.
        who: The thread.
        operations: What it did.
        writes: Whether that changed anything.
        options: Among what was decided: threads that could run, or the possibilities of a choice.
        decisions: What was decided.
        barriers: The steps before which time moved on, because nobody could run.
        pending: At the end, what each thread that had not ended stood before.
        names: Of the threads, by number.
        ending: "finished", "failed" by an error, "deadlock", or "cut" at the bound on steps.
        result: What the program returned.
        error: Of an execution that failed or came to a deadlock.
        culprit: The thread that failed.
    """

    lasts: list[int] = field(default_factory=list)
    who: list[int] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    writes: list[bool] = field(default_factory=list)
    options: list[tuple[int, ...]] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    barriers: list[int] = field(default_factory=list)
    pending: dict[int, Operation] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    ending: Ending = "finished"
    result: object = None
    error: BaseException | None = None
    culprit: int = -1

    @property
    def is_violation(self) -> bool:
        """Whether it shows a mistake of the program."""
        return self.ending in ("failed", "deadlock")

    def default_at(self, step: int) -> int:
        """What is decided where nobody says otherwise: whoever runs goes on, else the first."""
        last, options = self.lasts[step], self.options[step]
        if self.operations[step].is_choice:
            return 0
        return last if last in options else options[0]
