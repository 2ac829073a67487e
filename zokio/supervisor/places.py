"""Places: where a child process lives, or one did and another will.

    STARTING    it was started, and does not serve yet
    UP          it serves
    STOPPING    it was told to end
    KILLED      it did not, or did not come up, or was not to be waited for
    GONE        nobody lives there
    BACKING_OFF it died, and will be started again when the pause is over
    GIVEN_UP    it died too often in a row

`supervisor.py` has the transitions. The Protocols are the seam between what is decided and real
processes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol


class Phase(Enum):
    """See the head of this file."""

    STARTING = "starting"
    UP = "up"
    STOPPING = "stopping"
    KILLED = "killed"
    GONE = "gone"
    BACKING_OFF = "backing_off"
    GIVEN_UP = "given_up"


class Ending(Enum):
    """How it ends with a supervisor."""

    STOPPED = "stopped"
    """It was told to stop."""
    STOPPED_AT_ONCE = "stopped at once"
    """It was told so a second time, while somebody was still there."""
    GIVEN_UP = "given up"
    """Every place was."""
    REFUSED = "refused"
    """The same, and the last process to end had said that it cannot start."""


IN_SERVICE = (Phase.STARTING, Phase.UP)
ALIVE = (*IN_SERVICE, Phase.STOPPING, Phase.KILLED)


class Process(Protocol):
    """A child process. That it is up, and that it has ended, the supervisor is told."""

    @property
    def number(self) -> int: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class World(Protocol):
    """What the supervisor may do.

    A process that is started is the heir of another one, or of nobody. A place has one alarm: a
    further one replaces it.
    """

    def start(self, heir_of: Process | None) -> Process: ...
    def set_alarm(self, place: int, seconds: float) -> None: ...
    def clear_alarm(self, place: int) -> None: ...
    def say(self, text: str) -> None: ...


@dataclass(slots=True, eq=False)
class Place:
    """A place: its number, what is there, and how often in a row somebody died in it."""

    number: int
    phase: Phase = Phase.GONE
    process: Process | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the supervisor judges. Times are in seconds.

    Attributes:
        workers: how many processes there are to be; 1 or more.
        patience: for a process that was told to end, before it is killed.
        start_timeout: for a process to come up, before it is killed.
        failures_max: so many deaths in a row, and a place is given up.
        pause: before a dead process is started again; after each further death twice as long.
        pause_max: the longest pause.
        steady: a process that has been up for so long did not fail: earlier deaths do not count.
        refusal: the exit code of a process that cannot start and never will; None: there is none.
    """

    workers: int
    patience: float = 35.0
    start_timeout: float = 60.0
    failures_max: int = 6
    pause: float = 0.5
    pause_max: float = 30.0
    steady: float = 10.0
    refusal: int | None = None

    def seconds_for(self, phase: Phase) -> float | None:
        """How long a process may be there before it is killed; None: as long as it likes."""
        return {Phase.STARTING: self.start_timeout, Phase.STOPPING: self.patience}.get(phase)

    def pause_after(self, failures: int) -> float:
        """The pause after so many deaths in a row, which are 1 or more."""
        return min(self.pause * 2.0 ** min(failures - 1, 64), self.pause_max)
