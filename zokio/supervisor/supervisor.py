"""The supervisor's decisions: what to do when a child comes up or ends, at an alarm, at a signal.

Each public method is one step of `spec/supervisor.py`; none of them waits. Whoever calls them does
so from one task, and tells of a process that it is up before it tells that it has ended.

Guarantees: a child that died is started again after a pause, or its place is given up; a reload
tells no child to end before its heir is up; at most one more than `policy.workers` live, and only
in a reload; after `stop` nothing is started; whoever does not come up, or end, in time is killed.

It deliberately has no clock and no processes: those are `World`'s.
"""

from __future__ import annotations

import signal
from collections import deque

from zokio.supervisor.places import ALIVE, IN_SERVICE, Ending, Phase, Place, Policy, Process, World


class Supervisor:
    """Children in places; the extra one is for heirs, and for the old ones that they replace."""

    __slots__ = (
        *("_extra", "_heir_of", "_places", "_policy", "_stale", "_world"),
        *("ending", "is_stopping"),
    )

    def __init__(self, policy: Policy, world: World) -> None:
        self._policy = policy
        self._world = world
        self._places = [Place(number) for number in range(policy.workers)]
        self._extra = Place(policy.workers)
        self._stale: deque[Place] = deque()
        """Whose children are to be replaced, in this order."""
        self._heir_of: Place | None = None
        """Whose place the child that starts in the extra one will have."""
        self.is_stopping = False
        self.ending = Ending.GIVEN_UP
        """How it ends if it is over now."""

    @property
    def is_over(self) -> bool:
        """Whether no child lives and none will be started."""
        places = (*self._places, self._extra)
        return not any(place.phase in (*ALIVE, Phase.BACKING_OFF) for place in places)

    # Children

    def begin(self) -> None:
        """Start everybody."""
        for place in self._places:
            self._start(place)

    def came_up(self, process: Process) -> None:
        """The process serves. One that was told to end meanwhile is not believed."""
        place = self._place_of(process)
        if place.phase is not Phase.STARTING:
            return
        self._world.say(f"process {process.number} is up")
        if place is self._extra:
            self._succeed()
            return
        place.phase = Phase.UP
        if place.failures:
            self._world.set_alarm(place.number, self._policy.steady)
        else:
            self._world.clear_alarm(place.number)

    def ended(self, process: Process, code: int) -> None:
        """The process is no more.

        Args:
            code: what it ended with; negative: the signal that has killed it.
        """
        place = self._place_of(process)
        if self.is_stopping:
            self._empty(place)
        elif place is self._extra:
            self._extra_ended(process, code)
        elif place is self._heir_of:
            self._world.say(f"{_ended(process, code)}; its heir takes its place")
            self._forgive(place)
            place.process = self._extra.process
            self._go_to(place, self._extra.phase)
            self._heir_of = None
            self._empty(self._extra)
        else:
            self._failed(place, process, code)
        self._go_on()

    # Time

    def ring(self, number: int) -> None:
        """The alarm of a place goes off."""
        place = (*self._places, self._extra)[number]
        match place.phase:
            case Phase.BACKING_OFF:
                self._start(place)
            case Phase.UP:
                place.failures = 0
            case Phase.STARTING | Phase.STOPPING:
                assert place.process is not None
                missed = "come up" if place.phase is Phase.STARTING else "end"
                self._world.say(f"process {place.process.number} did not {missed} in time: killed")
                self._kill(place)

    # Signals

    def stop(self) -> None:
        """Tell everybody to end; a second time, kill them."""
        if self.is_stopping:
            self._stop_now()
            return
        self._world.say("stopping")
        self.ending = Ending.STOPPED
        self.is_stopping = True
        self._stale.clear()
        self._heir_of = None
        for place in (*self._places, self._extra):
            if place.phase in IN_SERVICE:
                self._terminate(place)
            elif place.phase not in ALIVE:
                self._empty(place)

    def _stop_now(self) -> None:
        self._world.say("stopping at once")
        self.ending = Ending.STOPPED_AT_ONCE
        for place in (*self._places, self._extra):
            if place.phase is Phase.STOPPING:
                self._kill(place)

    def reload(self) -> None:
        """Replace every child, one after another, and try again what was given up."""
        if self.is_stopping:
            return
        self._world.say("replacing every process")
        for place in self._places:
            if place.phase in IN_SERVICE and place not in self._stale:
                self._stale.append(place)
            elif place.phase is Phase.GIVEN_UP:
                self._forgive(place)
                self._start(place)
        self._go_on()

    # The pieces

    def _place_of(self, process: Process) -> Place:
        places = (*self._places, self._extra)
        return next(place for place in places if place.process is process)

    def _start(self, place: Place, heir_of: Process | None = None) -> None:
        place.process = self._world.start(heir_of)
        self._go_to(place, Phase.STARTING)

    def _go_to(self, place: Place, phase: Phase) -> None:
        """A phase in which a process lives, with the alarm that belongs to it."""
        place.phase = phase
        seconds = self._policy.seconds_for(phase)
        if seconds is None:
            self._world.clear_alarm(place.number)
        else:
            self._world.set_alarm(place.number, seconds)

    def _terminate(self, place: Place) -> None:
        assert place.process is not None
        self._go_to(place, Phase.STOPPING)
        place.process.terminate()

    def _kill(self, place: Place) -> None:
        assert place.process is not None
        self._go_to(place, Phase.KILLED)
        place.process.kill()

    def _empty(self, place: Place, phase: Phase = Phase.GONE) -> None:
        place.process, place.phase = None, phase
        self._world.clear_alarm(place.number)

    def _forgive(self, place: Place) -> None:
        """Earlier deaths do not count."""
        place.failures = 0
        self._world.clear_alarm(place.number)

    def _go_on(self) -> None:
        """The next one that is stale gets an heir, if there is room."""
        if self._stale and self._extra.phase is Phase.GONE:
            self._heir_of = self._stale.popleft()
            self._start(self._extra, self._heir_of.process)

    def _succeed(self) -> None:
        """The heir has the place, and the old one is to end."""
        place = self._heir_of
        assert place is not None
        is_killed = place.phase is Phase.KILLED
        place.process, self._extra.process = self._extra.process, place.process
        place.phase = Phase.UP
        self._forgive(place)
        self._heir_of = None
        if is_killed:
            self._go_to(self._extra, Phase.KILLED)
        else:
            self._terminate(self._extra)

    def _extra_ended(self, process: Process, code: int) -> None:
        if self._heir_of is not None:
            self._world.say(f"{_ended(process, code)} before it was up; the old processes stay")
            self._heir_of = None
            self._stale.clear()
        elif not self._stale:
            self._world.say("every process was replaced")
        self._empty(self._extra)

    def _failed(self, place: Place, process: Process, code: int) -> None:
        """Start it again later, or give the place up."""
        is_refusal = place.phase is Phase.STARTING and code == self._policy.refusal
        place.failures = self._policy.failures_max if is_refusal else place.failures + 1
        if place in self._stale:
            self._stale.remove(place)
        if place.failures >= self._policy.failures_max:
            self.ending = Ending.REFUSED if is_refusal else Ending.GIVEN_UP
            why = "it cannot start" if is_refusal else f"{place.failures} deaths in a row"
            self._world.say(f"{_ended(process, code)}; {why}: its place is given up")
            self._empty(place, Phase.GIVEN_UP)
            return
        pause = self._policy.pause_after(place.failures)
        self._world.say(f"{_ended(process, code)}; another one starts in {pause:g} s")
        self._empty(place, Phase.BACKING_OFF)
        self._world.set_alarm(place.number, pause)


def _ended(process: Process, code: int) -> str:
    """How a process ended, for people."""
    if code >= 0:
        return f"process {process.number} ended with exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:  # such as a real-time signal
        name = f"signal {-code}"
    return f"process {process.number} was ended by {name}"
