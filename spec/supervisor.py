"""The supervisor: children that serve, restarted when they die, replaced one by one, and stopped.

Modelled: children, each in a place of its own, that start, come up, and die at any time; one that
does not come up in time and is killed; a pause before a dead one is started again, and giving a
place up after so many deaths in a row; signals at any time: to stop, to stop at once, to replace
every child (reload). A reload starts an heir in an extra place. Once it is up it takes the place of
the old one, which is told to end and is killed when its time is up. An heir that dies ends the
reload, and the old ones stay; if the old one dies first, its heir has the place. The supervisor is
one task: a step is what it does about one event.

Left out: how long the pauses are, what children serve, and how the system deals out connections.

Variables:
    at        by place, the extra one last: starting, up, stopping (it was told to end), killed,
              gone (nobody lives there), backing_off (it died, and is started again later), given_up
    failures  by place but the extra one: deaths in a row; an up child's time sets them back to 0
    stale     places whose children are to be replaced, the next one first
    heir_of   whose place the child in the extra place will take; -1: nobody's
    stopping  it was told to stop
"""

from __future__ import annotations

from collections.abc import Iterator

from zokio.model import always, eventually, sometimes

from .supervisor_steps import (
    ALIVE,
    BACKING_OFF,
    GIVEN_UP,
    GONE,
    IN_SERVICE,
    KILLED,
    NONE,
    STARTING,
    STOPPING,
    UP,
    State,
    SupervisorSteps,
)

__all__ = ["CONFIGURATIONS", "LARGE", "SeveralChildren", "State", "SupervisorMachine"]


class SupervisorMachine(SupervisorSteps):
    """See the head of this file."""

    # Safety

    @always
    def one_more_lives_only_for_a_reload(self, state: State) -> bool:
        extra = state.at[self.workers]
        if state.heir_of == NONE:
            return extra not in IN_SERVICE
        return extra in (STARTING, KILLED)

    @always
    def an_heir_is_of_one_who_serves(self, state: State) -> bool:
        """Or of one that came up too late, and is being killed."""
        return state.heir_of == NONE or state.at[state.heir_of] in (*IN_SERVICE, KILLED)

    @always
    def a_reload_replaces_who_serves(self, state: State) -> bool:
        return all(state.at[place] in (*IN_SERVICE, KILLED) for place in state.stale)

    @always
    def a_reload_goes_on_while_there_is_room(self, state: State) -> bool:
        return state.at[self.workers] != GONE or not state.stale

    @always
    def only_who_is_stopped_or_replaced_is_told_to_end(self, state: State) -> bool:
        return state.stopping or STOPPING not in state.at[: self.workers]

    @always
    def a_place_is_given_up_after_so_many_deaths(self, state: State) -> bool:
        pairs = zip(state.at[: self.workers], state.failures, strict=True)
        return state.stopping or all(
            (at == GIVEN_UP) == (failures == self.failures_max) for at, failures in pairs
        )

    @always
    def nothing_is_started_after_the_stop(self, state: State) -> bool:
        return not state.stopping or all(at in (STOPPING, KILLED, GONE) for at in state.at)

    @always
    def the_supervisor_itself_takes_nobody_out_of_service(self, state: State) -> bool:
        """But by a stop: whatever else it does, as many are up as before."""
        if state.stopping:
            return True
        up = self.count_up(state)
        return all(self.count_up(after) >= up for after in self.by_the_supervisor(state))

    # Progress

    def is_backing_off(self, state: State, place: int) -> bool:
        """Whether the child of the place died, and is to be started again."""
        return state.at[place] == BACKING_OFF

    @eventually(after="is_backing_off", of="place")
    def who_died_is_started_again(self, state: State, place: int) -> bool:
        return state.at[place] == STARTING or state.stopping

    def is_told_to_stop(self, state: State) -> bool:
        """Whether it was told to."""
        return state.stopping

    @eventually(after="is_told_to_stop")
    def a_stop_leaves_nobody(self, state: State) -> bool:
        return all(at == GONE for at in state.at)

    def is_stale(self, state: State, place: int) -> bool:
        """Whether the child of the place is to be replaced."""
        return place in state.stale

    @eventually(after="is_stale", of="place")
    def who_is_to_be_replaced_gets_an_heir_in_time(self, state: State, place: int) -> bool:
        return place not in state.stale

    def is_replaced(self, state: State, place: int) -> bool:
        """Whether it was told to end because its heir is up."""
        return not state.stopping and state.at[place] == STOPPING

    @eventually(after="is_replaced", of="place")
    def who_was_replaced_ends(self, state: State, place: int) -> bool:
        return state.at[place] in (GONE, STARTING)

    # Reachability

    @sometimes
    def all_serve_while_the_old_one_ends(self, state: State) -> bool:
        return state.at == (*(UP,) * self.workers, STOPPING) and not state.stopping

    @sometimes
    def an_heir_is_of_one_who_is_not_up_yet(self, state: State) -> bool:
        return state.heir_of != NONE and state.at[state.heir_of] == STARTING

    @sometimes
    def one_is_to_be_replaced_by_what_comes_after_its_heir(self, state: State) -> bool:
        return state.heir_of != NONE and state.heir_of in state.stale

    @sometimes
    def it_is_stopped_in_the_middle_of_a_reload(self, state: State) -> bool:
        return state.stopping and STOPPING in state.at[: self.workers] and state.at[-1] == STOPPING

    @sometimes
    def one_that_does_not_come_up_is_killed(self, state: State) -> bool:
        return not state.stopping and KILLED in state.at[: self.workers]

    @sometimes
    def an_heir_is_killed_and_so_is_who_it_is_to_replace(self, state: State) -> bool:
        return state.heir_of != NONE and state.at[state.heir_of] == state.at[-1] == KILLED

    @sometimes
    def every_place_is_given_up(self, state: State) -> bool:
        return all(at == GIVEN_UP for at in state.at[: self.workers])

    @sometimes
    def one_is_killed_while_another_may_still_end(self, state: State) -> bool:
        return KILLED in state.at and STOPPING in state.at

    # Canaries

    @always(canary="one_more_lives_only_for_a_reload")
    def nobody_lives_in_the_extra_place(self, state: State) -> bool:
        return state.at[self.workers] == GONE

    @always(canary="an_heir_is_of_one_who_serves")
    def an_heir_is_of_one_who_is_up(self, state: State) -> bool:
        return state.heir_of == NONE or state.at[state.heir_of] == UP

    @always(canary="a_reload_replaces_who_serves")
    def only_who_is_up_is_replaced(self, state: State) -> bool:
        return all(state.at[place] == UP for place in state.stale)

    @always(canary="a_reload_goes_on_while_there_is_room")
    def one_reload_is_over_before_the_next(self, state: State) -> bool:
        return state.heir_of not in state.stale

    @always(canary="only_who_is_stopped_or_replaced_is_told_to_end")
    def only_a_stop_tells_anybody_to_end(self, state: State) -> bool:
        return state.stopping or STOPPING not in state.at

    @always(canary="a_place_is_given_up_after_so_many_deaths")
    def nothing_is_given_up(self, state: State) -> bool:
        return GIVEN_UP not in state.at

    @always(canary="nothing_is_started_after_the_stop")
    def nobody_lives_after_the_stop(self, state: State) -> bool:
        return not state.stopping or not any(at in ALIVE for at in state.at)

    @always(canary="the_supervisor_itself_takes_nobody_out_of_service")
    def nobody_is_ever_out_of_service(self, state: State) -> bool:
        """Not even by a death."""
        return state.stopping or BACKING_OFF not in state.at

    @eventually(after="is_backing_off", of="place", canary="who_died_is_started_again")
    def who_died_comes_up(self, state: State, place: int) -> bool:
        return state.at[place] == UP or state.stopping

    @eventually(after="is_told_to_stop", canary="a_stop_leaves_nobody")
    def a_stop_kills(self, state: State) -> bool:
        return KILLED in state.at

    @eventually(after="is_stale", of="place", canary="who_is_to_be_replaced_gets_an_heir_in_time")
    def who_is_to_be_replaced_is_up_again(self, state: State, place: int) -> bool:
        return place not in state.stale and state.at[place] == UP

    @eventually(after="is_replaced", of="place", canary="who_was_replaced_ends")
    def who_was_replaced_ends_by_itself(self, state: State, place: int) -> bool:
        return state.at[place] == GONE

    # Words

    def count_up(self, state: State) -> int:
        """How many serve."""
        return state.at[: self.workers].count(UP)

    def by_the_supervisor(self, state: State) -> Iterator[State]:
        """What the state may become without a death and without a stop."""
        for place in range(self.workers + 1):
            if self.can_come_up(state, place):
                yield self.come_up(state, place)
            if self.has_alarm(state, place):
                yield self.ring(state, place)
        if self.can_reload(state):
            yield self.reload(state)


class SeveralChildren(SupervisorMachine):
    """One may fail while another one serves."""

    @sometimes
    def a_place_is_given_up_while_others_serve(self, state: State) -> bool:
        return GIVEN_UP in state.at and UP in state.at


CONFIGURATIONS = (
    SeveralChildren(workers=2, failures_max=2),
    SupervisorMachine(workers=1, failures_max=3),
)

LARGE = SeveralChildren(workers=3, failures_max=2)
"""Three children: 8,589 states."""
