"""The parker: where one thread sleeps, and how any other wakes it.

        AWAKE --settle--> ON_PARKER --unpark--> AWAKE          the sleeper: `sleep`
              --settle--> IN_REACTOR --clear--> AWAKE          the sleeper: waits in the reactor

An unpark that finds nobody asleep leaves a token, which the next `settle` takes instead of
sleeping. So an unpark is never lost, and whoever parks may get up for no reason.

Under the lock there are reads and writes of attributes and no calls: no signal handler and no
finalizer can come in between and unpark once more.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from zokio.env.threads import Lock


class Place(Enum):
    """Where the thread sleeps."""

    AWAKE = "awake"
    ON_PARKER = "on parker"
    IN_REACTOR = "in reactor"


AWAKE: Final = Place.AWAKE
ON_PARKER: Final = Place.ON_PARKER
IN_REACTOR: Final = Place.IN_REACTOR


class Parker:
    """One thread settles and sleeps, any thread unparks."""

    __slots__ = ("_baton", "_lock", "_place", "_token")

    def __init__(self) -> None:
        self._lock = Lock()
        self._token = False
        self._place = AWAKE
        # Held, but for the moment in which an unpark hands it to the sleeper.
        self._baton = Lock()
        self._baton.acquire()

    def settle(self, place: Place) -> bool:
        """Say where to sleep; False: there was a token, do not sleep."""
        with self._lock:  # workers: wait
            if self._token:
                self._token = False
                return False
            self._place = place
            return True

    def sleep(self) -> None:
        """After `settle(ON_PARKER)`: until somebody unparks."""
        self._baton.acquire()  # workers: get_up

    def park(self) -> None:
        """Sleep here until there is a token."""
        if self.settle(ON_PARKER):
            self.sleep()

    def clear(self) -> None:
        """After a wait in the reactor: it is over, and a token has done its work."""
        with self._lock:  # workers: clear
            self._place = AWAKE
            self._token = False

    def unpark(self) -> bool:
        """End its sleep, or the next one. From any thread; True: the bell is to be rung as well."""
        with self._lock:  # workers: unpark
            place = self._place
            if place is ON_PARKER:
                self._place = AWAKE
            else:
                self._token = True
        if place is ON_PARKER:
            self._baton.release()
        return place is IN_REACTOR
