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
        before="        with channel.lock:\n            self._take_slots(1)\n            channel.b",
        after="        if channel:\n            self._take_slots(1)\n            channel.b",
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
        name="who_takes_a_value_looks_before_it_marks",
        file="zokio/sync/receiver.py",
        before="            waiter.state = TAKEN\n            if channel.sending.first is None and "
        "channel.receiving.first is None:\n                return value\n",
        after="            if channel.sending.first is None and channel.receiving.first is None:\n"
        "                waiter.state = TAKEN\n                return value\n"
        "            waiter.state = TAKEN\n",
        program=programs.a_value_is_taken_while_one_sends,
    ),
    PlantedRace(
        name="who_marks_a_slot_has_not_freed_it_yet",
        file="zokio/sync/receiver.py",
        before="        value = channel.buffer.popleft()\n        if waiter is channel.own:"
        "  # without the lock: see the head of `channel.py`\n            waiter.state = TAKEN\n",
        after="        if waiter is channel.own:\n            waiter.state = TAKEN\n"
        "        value = channel.buffer.popleft()\n        if waiter is channel.own:\n",
        program=programs.one_comes_while_a_slot_is_freed,
    ),
    PlantedRace(
        name="one_who_comes_takes_the_slot_of_one_who_waits",
        file="zokio/sync/sender.py",
        before="        if channel.free < slots or channel.sending.first is not None:\n",
        after="        if channel.free < slots:\n",
        program=programs.one_comes_while_the_slot_of_one_who_waits_is_freed,
    ),
    PlantedRace(
        name="who_stands_in_line_does_not_look_for_the_mark",
        file="zokio/sync/channel.py",
        before="        self.count_taken()\n        granted",
        after="        granted",
        program=programs.a_value_is_taken_while_one_sends,
    ),
    PlantedRace(
        name="a_value_that_another_waiter_has_taken_leaves_its_slot_taken",
        file="zokio/sync/receiver.py",
        before="            if waiter is not channel.own:\n                channel.free += 1\n",
        after="",
        program=programs.a_value_is_taken_while_another_comes_to_receive,
    ),
    PlantedRace(
        name="one_waiter_is_lent_to_two",
        file="zokio/sync/channel.py",
        before="        elif waiter.state is not GONE:\n",
        after="        elif not waiter:\n",
        program=programs.a_value_is_taken_while_another_comes_to_receive,
    ),
    PlantedRace(
        name="a_bell_that_rings_before_the_thread_sleeps_is_not_heard",
        file="zokio/sync/on_thread.py",
        before="        self._bell.acquire()\n\n\ndef",
        after="        self._bell.acquire(False)\n        self._bell.acquire()\n\n\ndef",
        program=programs.two_threads_block_on_one_channel,
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
