"""Those who use a channel: tasks in one run queue, each of which does one thing and ends.

Shared by the machines of the channels. A user's first poll does the thing, or registers the user to
wait; a later poll finds out what became of it. A cancelled user sees that at its suspension point,
where it comes before anything else, and gives back what it was granted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zokio.model import put

AWAY, NEW, WAITING, DONE, FAILED, CANCELLED = (
    *("away", "new", "waiting"),
    *("done", "failed", "cancelled"),
)
NOTHING, GRANTED, CLOSED = "", "granted", "closed"


class Users(NamedTuple):
    """By user: where it is, what it was told, and whether it is being cancelled."""

    queue: tuple[int, ...]
    """Who is owed a poll, in order."""
    at: tuple[str, ...]
    told: tuple[str, ...]
    """What a user who waits was told: nothing yet, that it is granted, that it is closed."""
    cancelling: tuple[bool, ...]

    def wake(self, user: int) -> Users:
        """Owe a poll, once."""
        return self if user in self.queue else self._replace(queue=(*self.queue, user))

    def begin(self, user: int) -> Users:
        """The task is spawned."""
        return self._replace(at=put(self.at, user, NEW)).wake(user)

    def cancel(self, user: int) -> Users:
        """A living user is told to end at its suspension point."""
        return self._replace(cancelling=put(self.cancelling, user, True)).wake(user)

    def tell(self, user: int, what: str) -> Users:
        """One who waits is told something, and woken."""
        return self._replace(told=put(self.told, user, what)).wake(user)

    def tell_all(self, who: Sequence[int], what: str) -> Users:
        """Everybody of `who` is told something, in order."""
        users = self
        for user in who:
            users = users.tell(user, what)
        return users

    def take_first(self) -> Users:
        """The first in the queue is polled."""
        return self._replace(queue=self.queue[1:])

    def wait(self, user: int) -> Users:
        """It suspends; one that is being cancelled is owed the next poll at once."""
        users = self._replace(at=put(self.at, user, WAITING))
        return users.wake(user) if self.cancelling[user] else users

    def end(self, user: int, how: str) -> Users:
        """The user has ended in this way."""
        return self._replace(
            at=put(self.at, user, how),
            told=put(self.told, user, NOTHING),
            cancelling=put(self.cancelling, user, False),
        )

    def is_alive(self, user: int) -> bool:
        """Whether it has begun and not ended."""
        return self.at[user] in (NEW, WAITING)

    def is_leaving(self, user: int) -> bool:
        """Whether its next poll is the one in which it sees its cancellation."""
        return self.cancelling[user] and self.at[user] == WAITING

    def is_idle(self, user: int) -> bool:
        """Whether it waits, and is owed nothing."""
        return self.at[user] == WAITING and user not in self.queue

    def count(self, told: str) -> int:
        """How many were told this and have not been polled since."""
        return self.told.count(told)


def nobody(count: int) -> Users:
    """So many users, of whom none has begun."""
    return Users((), (AWAY,) * count, (NOTHING,) * count, (False,) * count)
