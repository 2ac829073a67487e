"""The real primitives of `zokio.sync`, and tokens, under every interleaving of two threads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.explore import waiting_programs as programs
from tests.explore.planting import PlantedRace, assert_it_holds, assert_it_is_found
from tests.explore.waiting_programs import PROGRAMS, modelled

pytestmark = [pytest.mark.interpreted, pytest.mark.uncounted]

RACES = (
    PlantedRace(
        name="who_stands_does_not_look_again_whether_permits_are_free",
        file="zokio/sync/semaphore.py",
        before="            self._queue.append(acquisition)\n            granted = self._settle()",
        after="            self._queue.append(acquisition)\n            granted = []",
        program=programs.a_release_meets_an_acquisition,
    ),
    PlantedRace(
        name="who_stands_does_not_look_again_whether_the_event_is_set",
        file="zokio/sync/event.py",
        before="            if self.is_set():  # between",
        after="            if not self:  # between",
        program=programs.an_event_is_set_when_one_comes,
    ),
    PlantedRace(
        name="the_lock_is_free_between_an_unlock_and_the_look_at_the_queue",
        file="zokio/sync/mutex.py",
        before="            if self._owner is not None:  # as it was",
        after="            if self:  # as it was",
        program=programs.an_unlock_meets_a_lock,
    ),
    PlantedRace(
        name="a_waiter_looks_whether_it_was_granted_before_it_leaves",
        file="zokio/core/wait_queue.py",
        before="        with self.queue.lock:\n            waited = self.grant(None, GONE)\n"
        "            granted = self.state is GRANTED\n",
        after="        granted = self.state is GRANTED\n        with self.queue.lock:\n"
        "            waited = self.grant(None, GONE)\n",
        program=programs.a_release_meets_a_cancellation,
    ),
    PlantedRace(
        name="who_stands_does_not_look_again_whether_the_signal_was_given",
        file="zokio/runtime/token.py",
        before="            if self._cancelled:\n                waiter.leave()",
        after="            if not self:\n                waiter.leave()",
        program=programs.a_signal_meets_one_that_comes,
    ),
    PlantedRace(
        name="who_makes_a_child_looks_before_it_is_known",
        file="zokio/runtime/token.py",
        before="        self._children[self._next_child()] = token\n        if self._cancelled:\n",
        after="        late = self._cancelled\n"
        "        self._children[self._next_child()] = token\n        if late:\n",
        program=programs.a_signal_meets_a_child_that_is_made,
    ),
)


@pytest.mark.parametrize(
    ("program", "left"), PROGRAMS, ids=lambda each: getattr(each, "__name__", "")
)
def test_it_holds_in_every_interleaving(program: Callable[[], object], left: object) -> None:
    assert_it_holds(program, left, modelled)


@pytest.mark.parametrize("race", RACES, ids=lambda race: race.name)
def test_a_planted_race_is_found(race: PlantedRace) -> None:
    assert_it_is_found(race, modelled)
