"""The real channels of `zokio.sync` under every interleaving of two threads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.explore import channel_programs as programs
from tests.explore.channel_programs import PROGRAMS, modelled
from tests.explore.planting import PlantedRace, assert_it_holds, assert_it_is_found

pytestmark = [pytest.mark.interpreted, pytest.mark.uncounted]

RACES = (
    PlantedRace(
        name="a_value_is_sent_without_the_lock",
        file="zokio/sync/sender.py",
        before="        with channel.lock:\n            self._take_slot()\n            channel.b",
        after="        if channel:\n            self._take_slot()\n            channel.b",
        program=programs.two_values_are_sent_at_once,
    ),
    PlantedRace(
        name="who_leaves_is_not_asked_whether_it_was_promised_a_value",
        file="zokio/core/wait_queue.py",
        before="        with self.queue.lock:\n            waited = self.grant(None, GONE)\n"
        "            granted = self.state is GRANTED\n",
        after="        granted = self.state is GRANTED\n        with self.queue.lock:\n"
        "            waited = self.grant(None, GONE)\n",
        program=programs.one_who_was_promised_a_value_is_cancelled,
    ),
    PlantedRace(
        name="who_leaves_the_line_leaves_its_offer_to_nobody",
        file="zokio/sync/place.py",
        before="        self.count_out(waiter)\n        return self.settle()",
        after="        self.count_out(waiter)\n        return ()",
        program=programs.an_offer_meets_one_that_leaves_the_line,
    ),
    PlantedRace(
        name="who_waits_to_send_is_not_known_to_its_sender",
        file="zokio/sync/sender.py",
        before="        self._standing[waiter] = None\n",
        after="",
        program=programs.a_sender_is_closed_while_it_sends,
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
