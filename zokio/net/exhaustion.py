"""Exhaustion: what a listener does while there is no descriptor or memory for a connection.

Trying again at once would fail again, and keep a processor busy with it; so pauses grow, and end
with the first connection. It is said in the log once; again only after `QUIET_SECONDS` in which it
did not happen. Go's net/http and hyper do alike.
"""

from __future__ import annotations

import errno
import logging
from typing import Final

from zokio.errors import BrokenError
from zokio.time.sleep import now, sleep

LOGGER: Final = logging.getLogger("zokio")
EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
FIRST_PAUSE_SECONDS: Final = 0.005
PAUSE_MAX_SECONDS: Final = 1.0
QUIET_SECONDS: Final = 60.0


class Exhaustion:
    """The pauses of one listener."""

    __slots__ = ("_last", "_pause")

    def __init__(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS
        self._last: float | None = None

    async def pause(self, error: BrokenError) -> None:
        """Accepting has failed with this: pause, longer each time.

        Raises:
            BrokenError: `error` is of another kind, which a pause does not mend.
        """
        if error.errno not in EXHAUSTED:
            raise error
        if self._last is None or now() - self._last > QUIET_SECONDS:
            LOGGER.warning("%s; accepting again as soon as there is room (said once)", error)
        pause, self._pause = self._pause, min(2 * self._pause, PAUSE_MAX_SECONDS)
        await sleep(pause)
        self._last = now()

    def end(self) -> None:
        """A connection was accepted: the next pause is short."""
        self._pause = FIRST_PAUSE_SECONDS
