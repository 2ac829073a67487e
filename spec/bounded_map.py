"""The bounded map: at most so many at once, and a source that is asked only when there is room.

Modelled: all of `as_completed.py`, and a source that waits, gives items, ends or fails, and that
may ignore its cancellation; values in the order of the source (`ordered`) or of completion.

Left out: what is left out there.
"""

from __future__ import annotations

from zokio.model import always, sometimes

from .as_completed_steps import ERROR, FEEDER, State
from .bounded_map_steps import PULL, BoundedMapSteps


class BoundedMapMachine(BoundedMapSteps):
    """See the head of this file."""

    def order(self, state: State) -> tuple[int, ...]:
        """Of the source, or of completion."""
        return tuple(range(len(state.tasks))) if self.ordered else state.ended

    # Safety

    @always
    def no_more_than_the_limit_are_begun(self, state: State) -> bool:
        """What runs and what nobody has taken, together."""
        return len(state.tasks) - len(state.given) <= self.limit

    @always
    def the_source_is_asked_only_when_there_is_room(self, state: State) -> bool:
        return state.feeder != PULL or self.has_room(state)

    # Reachability

    @sometimes
    def the_source_fails(self, state: State) -> bool:
        return state.told == ERROR and state.failed == FEEDER and len(state.given) > 0

    # Canaries

    @always(canary="no_more_than_the_limit_are_begun")
    def the_limit_is_never_reached(self, state: State) -> bool:
        return len(state.tasks) - len(state.given) < self.limit

    @always(canary="the_source_is_asked_only_when_there_is_room")
    def the_source_is_asked_only_at_the_beginning(self, state: State) -> bool:
        return state.feeder != PULL or not state.given


CONFIGURATIONS = (
    BoundedMapMachine(items=2, limit=1, ordered=True),
    BoundedMapMachine(items=3, limit=2, ordered=True),
    BoundedMapMachine(items=3, limit=2, ordered=False),
)
