"""The supervisor's machine on the real supervisor, with processes and alarms that are simulated.

What is compared is what the supervisor has done to processes, and which alarms it has set; of its
own variables only those that say what it will do.
"""

from __future__ import annotations

from spec.supervisor_steps import (
    BACKING_OFF,
    GIVEN_UP,
    GONE,
    KILLED,
    NONE,
    STARTING,
    STOPPING,
    UP,
    State,
    SupervisorSteps,
)
from zokio.supervisor.places import Phase, Policy, Process
from zokio.supervisor.supervisor import Supervisor

REFUSAL = 77
CODE = 1


class FakeProcess:
    """A process that does nothing by itself."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_up = False
        self.is_told = False
        self.is_killed = False
        self.is_alive = True

    def terminate(self) -> None:
        assert self.is_alive and not self.is_told, "told to end twice, or when it was no more"
        self.is_told = True

    def kill(self) -> None:
        assert self.is_alive and not self.is_killed, "killed twice, or when it was no more"
        assert self.is_told or not self.is_up, "killed without a word"
        self.is_killed = True

    @property
    def at(self) -> str:
        """Where it is, as the machine calls it."""
        if self.is_killed:
            return KILLED
        if self.is_told:
            return STOPPING
        return UP if self.is_up else STARTING


class SimulatedWorld:
    """Processes and alarms; time does not pass, and any alarm may go off."""

    def __init__(self) -> None:
        self.processes: list[FakeProcess] = []
        self.alarms: dict[int, float] = {}
        self.said: list[str] = []

    def start(self, heir_of: Process | None) -> FakeProcess:
        assert heir_of is None or heir_of in self.living()
        self.processes.append(FakeProcess(len(self.processes)))
        return self.processes[-1]

    def set_alarm(self, place: int, seconds: float) -> None:
        assert seconds > 0
        self.alarms[place] = seconds

    def clear_alarm(self, place: int) -> None:
        self.alarms.pop(place, None)

    def say(self, text: str) -> None:
        self.said.append(text)

    def living(self) -> set[FakeProcess]:
        """Those that have not ended."""
        return {process for process in self.processes if process.is_alive}


class SupervisorAdapter:
    """See the head of this file."""

    def __init__(self, machine: SupervisorSteps) -> None:
        self.machine = machine

    def start(self, state: State) -> None:
        policy = Policy(
            workers=self.machine.workers, failures_max=self.machine.failures_max, refusal=REFUSAL
        )
        self.world = SimulatedWorld()
        self.supervisor = Supervisor(policy, self.world)
        self.places = [*self.supervisor._places, self.supervisor._extra]
        self.supervisor.begin()

    def process(self, place: int) -> FakeProcess:
        process = self.places[place].process
        assert isinstance(process, FakeProcess)
        return process

    # Actions

    def come_up(self, place: int) -> None:
        process = self.process(place)
        process.is_up = True
        self.supervisor.came_up(process)

    def die(self, place: int) -> None:
        self.end(place, CODE)

    def refuse(self, place: int) -> None:
        self.end(place, REFUSAL)

    def fall(self, place: int) -> None:
        self.end(place, -9)

    def end(self, place: int, code: int) -> None:
        process = self.process(place)
        if (process.is_told or process.is_killed) and not process.is_up:
            self.supervisor.came_up(process)  # a word that was on its way
        process.is_alive = False
        self.supervisor.ended(process, code)

    def ring(self, place: int) -> None:
        del self.world.alarms[place]
        self.supervisor.ring(place)

    def stop_all(self) -> None:
        self.supervisor.stop()

    def kill_all(self) -> None:
        self.supervisor.stop()

    def reload(self) -> None:
        self.supervisor.reload()

    # What the supervisor's state means

    def at(self, place: int) -> str:
        if self.places[place].process is not None:
            return self.process(place).at
        if self.places[place].phase is Phase.GIVEN_UP:
            return GIVEN_UP
        return BACKING_OFF if place in self.world.alarms else GONE

    def abstraction(self) -> State:
        heir_of = self.supervisor._heir_of
        return State(
            at=tuple(map(self.at, range(self.machine.workers + 1))),
            failures=tuple(place.failures for place in self.places[:-1]),
            stale=tuple(place.number for place in self.supervisor._stale),
            heir_of=NONE if heir_of is None else heir_of.number,
            stopping=self.supervisor.is_stopping,
        )

    def check_invariants(self) -> None:
        state = self.abstraction()
        for place, at in zip(self.places, state.at, strict=True):
            assert place.phase.value == at
        known = {place.process for place in self.places} - {None}
        assert known == self.world.living(), "a process lives that nobody knows, or the reverse"
        alarms = {
            place.number for place in self.places if self.machine.has_alarm(state, place.number)
        }
        assert alarms == set(self.world.alarms)
        assert self.supervisor.is_over == self.machine.is_over(state)

    def stop(self) -> None:
        """Nothing is left of it."""
