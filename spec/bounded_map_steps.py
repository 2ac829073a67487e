"""The steps of the source of `bounded_map.py`, beside those of `as_completed.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import action

from .as_completed import AsCompletedMachine
from .as_completed_steps import ABORTED, DONE, END, ERROR, FEEDER, NEW, ROOM, VALUE, WAIT, State

PULL = "pull"


class BoundedMapSteps(AsCompletedMachine):
    """The source gives the items, one after another."""

    items: int = 2
    limit: int = 1
    ordered: bool = True

    def initial(self) -> Iterable[State]:
        for state in super().initial():
            yield state._replace(
                feeder=NEW, owed_feeder=True, tasks=(), owed_tasks=(), exhausted=False
            )

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.items), "answer": (WAIT, VALUE, ERROR, ABORTED, END)}

    def has_room(self, state: State) -> bool:
        """Whether fewer than `limit` run or were not taken."""
        return len(state.tasks) - len(state.given) < self.limit

    def stand_in_line(self, state: State, task: int) -> State:
        """In the order of the source it stands there since it has begun."""
        return state if self.ordered else state._replace(line=(*state.line, task))

    # The source

    @action(
        writes=(
            *("feeder", "owed_feeder", "tasks", "owed_tasks", "aborting", "line", "failed"),
            *("owed_consumer", "exhausted"),
        )
    )
    def poll_feeder(self, state: State, answer: str) -> State:
        """It looks for room, and asks the source, which answers at once or makes it wait."""
        state = state._replace(owed_feeder=False)
        if state.feeder == ROOM:
            if state.aborting:
                return self.end(state._replace(feeder=DONE), FEEDER, ABORTED)
            if not self.has_room(state):
                return state
        return self.hear(state, answer)

    @poll_feeder.guard
    def can_poll_feeder(self, state: State, answer: str) -> bool:
        if not state.owed_feeder:
            return False
        if state.feeder == ROOM and (state.aborting or not self.has_room(state)):
            return answer == WAIT  # the source is not asked
        if answer == ABORTED:
            return state.aborting and state.feeder == PULL
        return answer != VALUE or len(state.tasks) < self.items

    def hear(self, state: State, answer: str) -> State:
        """What the source answers. A value begins an item, and then there may be no more room."""
        if answer == WAIT:
            return state._replace(feeder=PULL, owed_feeder=state.aborting)
        if answer == VALUE and state.failed is None:
            state = state._replace(tasks=(*state.tasks, NEW), owed_tasks=(*state.owed_tasks, True))
            if self.ordered:
                state = state._replace(line=(*state.line, len(state.tasks) - 1))
            feeder = PULL if self.has_room(state) else ROOM
            return state._replace(feeder=feeder, owed_feeder=state.aborting)
        state = state._replace(feeder=DONE, exhausted=answer == END)
        return self.end(state, FEEDER, answer)

    @action(writes=("owed_feeder",), fair=False)
    def wake_source(self, state: State) -> State:
        return state._replace(owed_feeder=True)

    @wake_source.guard
    def can_wake_source(self, state: State) -> bool:
        return state.feeder == PULL and not state.owed_feeder
