"""A small machine of the injection queue's protocol, to follow explored schedules with.

One owner, one task; other threads `mark`, `push`, `see` and `ring`, the owner announces, rechecks
and takes in. `spec/scheduler.py` says the same of many tasks and with the whole loop; here is what
can be told from the operations on `RunQueue` and on the task's flag alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zokio.core.run_queue import RunQueue
from zokio.explore import Happening
from zokio.model import Event, Machine, action, always, put, sometimes, validate

THREADS = 2
ENTRIES_MAX = 2


class Injection(NamedTuple):
    """What the protocol keeps."""

    entries: int = 0
    flagged: bool = False
    parked: bool = False
    taken: int = 0
    owner: str = "elsewhere"
    at: tuple[str, ...] = ("idle",) * THREADS


class InjectionMachine(Machine[Injection]):
    """See the head of the file."""

    def initial(self) -> list[Injection]:
        return [Injection()]

    def domains(self) -> dict[str, tuple[int, ...]]:
        return {"thread": tuple(range(THREADS))}

    @action(writes=("flagged", "at"), reads=("flagged", "at"))
    def mark(self, state: Injection, thread: int) -> Injection:
        return state._replace(flagged=True, at=put(state.at, thread, "marked"))

    @mark.guard
    def can_mark(self, state: Injection, thread: int) -> bool:
        return state.at[thread] == "idle"

    @action(writes=("entries", "at"), reads=("entries", "at"))
    def push(self, state: Injection, thread: int) -> Injection:
        return state._replace(entries=state.entries + 1, at=put(state.at, thread, "pushed"))

    @push.guard
    def can_push(self, state: Injection, thread: int) -> bool:
        return state.at[thread] == "marked" and state.entries < ENTRIES_MAX

    @action(writes=("at",), reads=("parked", "at"))
    def see(self, state: Injection, thread: int) -> Injection:
        after = "ringing" if state.parked else "done"
        return state._replace(at=put(state.at, thread, after))

    @see.guard
    def can_see(self, state: Injection, thread: int) -> bool:
        return state.at[thread] == "pushed"

    @action(writes=("at",), reads=("at",))
    def ring(self, state: Injection, thread: int) -> Injection:
        return state._replace(at=put(state.at, thread, "done"))

    @ring.guard
    def can_ring(self, state: Injection, thread: int) -> bool:
        return state.at[thread] == "ringing"

    @action(writes=("parked",), reads=("parked",))
    def announce(self, state: Injection) -> Injection:
        return state._replace(parked=True)

    @announce.guard
    def can_announce(self, state: Injection) -> bool:
        return not state.parked

    @action(writes=("parked",), reads=("parked",))
    def unannounce(self, state: Injection) -> Injection:
        return state._replace(parked=False)

    @unannounce.guard
    def can_unannounce(self, state: Injection) -> bool:
        return state.parked

    @action(writes=("entries", "taken", "owner"), reads=("entries", "parked", "taken", "owner"))
    def take(self, state: Injection) -> Injection:
        return state._replace(entries=state.entries - 1, taken=state.taken + 1, owner="has taken")

    @take.guard
    def can_take(self, state: Injection) -> bool:
        """After an entry that found the task awake there is no delivery."""
        return state.entries > 0 and not state.parked and state.owner != "has taken"

    @action(writes=("flagged", "owner"), reads=("flagged", "owner"))
    def clear(self, state: Injection) -> Injection:
        return state._replace(flagged=False, owner="has cleared")

    @clear.guard
    def can_clear(self, state: Injection) -> bool:
        return state.owner == "has taken"

    @action(writes=("owner",), reads=("owner",))
    def deliver(self, state: Injection) -> Injection:
        return state._replace(owner="elsewhere")

    @deliver.guard
    def can_deliver(self, state: Injection) -> bool:
        return state.owner == "has cleared"

    @always
    def no_entry_is_lost(self, state: Injection) -> bool:
        pushed = sum(at in ("pushed", "ringing", "done") for at in state.at)
        return state.entries + state.taken == pushed

    @sometimes
    def somebody_rings(self, state: Injection) -> bool:
        return "ringing" in state.at


class Follower:
    """Takes each explored step that is one of the machine's; refuses what is none."""

    taken = 0
    """Steps that were followed, in all executions."""

    def __init__(self) -> None:
        self.machine = InjectionMachine()
        self.state = Injection()
        self.events: list[Event] = []

    def __call__(self, happening: Happening) -> None:
        """The listener that `explore` asks for."""
        step = self.step_of(happening)
        if step is None:
            return
        name, arguments = step
        guard: Callable[..., bool] | None = self.machine.guard_of(name)
        effect: Callable[..., Any] = self.machine.effect_of(name)  # Any: as the machine has it
        assert guard is None or guard(self.state, *arguments), (
            f"{name}{arguments} is no step from {self.state}"
        )
        self.state = effect(self.state, *arguments)
        number = len(self.events)
        self.events.append(Event(name, arguments, 0, 2 * number, 2 * number + 1))
        Follower.taken += 1

    def step_of(self, happening: Happening) -> tuple[str, tuple[int, ...]] | None:
        """The action, by the label at the line; the bell's line is the reactor's own."""
        thread = happening.strand - 1
        label = happening.label
        if label in ("mark", "push", "see") and thread >= 0:
            return label, (thread,)
        if happening.verb == "set" and thread >= 0:
            return "ring", (thread,)
        if label in ("announce", "unannounce") and isinstance(happening.owner, RunQueue):
            return label, ()
        if label == "take" or (label == "clear" and happening.verb == "write"):
            return label, ()
        if happening.source == "self.state = QUEUED":
            return "deliver", ()
        return None

    def validated(self) -> str:
        """What zokio.model's validation says of the whole."""
        return validate(self.machine, self.events).verdict
