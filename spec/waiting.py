"""Tasks that wait in a queue: what the machines of `zokio.sync` have in common.

By task: where it is, and whether it is being cancelled; and in which order those came who have
asked and not gone on yet. A task is polled in any order, so every schedule is among the runs. What
waits stands in one queue, which is those of `asked` that are WAITING, in that order.

    AWAY --ask--> WAITING --grant--> GRANTED --poll--> INSIDE --> AWAY
                     `---refuse--> REFUSED --poll--> AWAY

A cancelled task is owed a poll, in which it leaves: what it was granted is to be handed on.
"""

from __future__ import annotations

from typing import NamedTuple

from zokio.model import drop, put

AWAY, WAITING, GRANTED, REFUSED, INSIDE = "away", "waiting", "granted", "refused", "inside"


class Tasks(NamedTuple):
    """See the head of this file."""

    at: tuple[str, ...]
    asked: tuple[int, ...]
    cancelling: tuple[bool, ...]

    def stand(self, task: int) -> Tasks:
        """It has asked, and waits at the end of the queue."""
        return self._replace(at=put(self.at, task, WAITING), asked=(*self.asked, task))

    def tell(self, task: int, what: str) -> Tasks:
        """One who waits is GRANTED or REFUSED, and owed a poll."""
        return self._replace(at=put(self.at, task, what))

    def tell_all(self, what: str) -> Tasks:
        """Everybody who waits is told the same, in order."""
        tasks = self
        for task in self.queue():
            tasks = tasks.tell(task, what)
        return tasks

    def go(self, task: int, where: str) -> Tasks:
        """It goes on, from wherever it was."""
        return Tasks(
            at=put(self.at, task, where),
            asked=drop(self.asked, task) if task in self.asked else self.asked,
            cancelling=put(self.cancelling, task, False),
        )

    def cancel(self, task: int) -> Tasks:
        """It is cancelled, and owed a poll."""
        return self._replace(cancelling=put(self.cancelling, task, True))

    def queue(self) -> tuple[int, ...]:
        """Who waits, in order."""
        return tuple(task for task in self.asked if self.at[task] == WAITING)

    def can_cancel(self, task: int) -> bool:
        """Whether it is suspended in the primitive, and not being cancelled yet."""
        return task in self.asked and not self.cancelling[task]

    def is_owed(self, task: int) -> bool:
        """Whether it is suspended in the primitive, and its next poll gets it out."""
        return task in self.asked and (self.cancelling[task] or self.at[task] != WAITING)

    def waits(self, task: int) -> bool:
        """Whether it stands in the queue and nobody has told it anything."""
        return self.at[task] == WAITING and not self.cancelling[task]

    def are_served_in_order(self) -> bool:
        """Whether nobody has been told anything before one that came earlier."""
        told = [self.at[task] != WAITING for task in self.asked]
        return told == sorted(told, reverse=True)

    def is_whole(self) -> bool:
        """Whether `asked` names those who have asked, once, and only they are cancelled."""
        suspended = [task for task, at in enumerate(self.at) if at in (WAITING, GRANTED, REFUSED)]
        cancelled = [task for task, flag in enumerate(self.cancelling) if flag]
        return sorted(self.asked) == suspended and set(cancelled) <= set(suspended)


def all_away(count: int) -> Tasks:
    """So many tasks, of whom none has asked."""
    return Tasks((AWAY,) * count, (), (False,) * count)
