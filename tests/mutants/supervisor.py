"""Planted bugs in the supervisor; some are those that other supervisors of servers had."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

FILE = "zokio/supervisor/supervisor.py"

MUTANTS = (
    Mutant(
        name="a_child_that_died_during_the_stop_is_started_again",
        file=FILE,
        before="        if self.is_stopping:\n            self._empty(place)\n        elif",
        after="        if",
        machine="supervisor",
    ),
    Mutant(
        name="who_backs_off_is_started_after_the_stop",
        file=FILE,
        before="            elif place.phase not in ALIVE:\n                self._empty(place)\n",
        after="",
        machine="supervisor",
    ),
    Mutant(
        name="a_stop_forgets_the_extra_place",
        file=FILE,
        before="        for place in (*self._places, self._extra):\n"
        "            if place.phase in IN_SERVICE:\n",
        after="        for place in self._places:\n            if place.phase in IN_SERVICE:\n",
        machine="supervisor",
    ),
    Mutant(
        name="a_stop_forgets_who_has_not_come_up",
        file=FILE,
        before="if place.phase in IN_SERVICE:\n                self._terminate(place)\n",
        after="if place.phase is Phase.UP:\n                self._terminate(place)\n",
        machine="supervisor",
    ),
    Mutant(
        name="the_reload_goes_on_after_the_stop",
        file=FILE,
        before="        self.is_stopping = True\n        self._stale.clear()\n",
        after="        self.is_stopping = True\n",
        machine="supervisor",
    ),
    Mutant(
        name="a_word_on_its_way_saves_a_child_from_the_stop",
        file=FILE,
        before="        if place.phase is not Phase.STARTING:\n            return\n",
        after="",
        machine="supervisor",
    ),
    Mutant(
        name="who_does_not_end_in_time_is_left",
        file=FILE,
        before="        self._go_to(place, Phase.STOPPING)\n",
        after="        place.phase = Phase.STOPPING\n",
        machine="supervisor",
    ),
    Mutant(
        name="who_does_not_come_up_is_waited_for_without_end",
        file=FILE,
        before="            case Phase.STARTING | Phase.STOPPING:\n",
        after="            case Phase.STOPPING:\n",
        machine="supervisor",
    ),
    Mutant(
        name="who_came_up_is_killed_when_the_time_to_come_up_is_over",
        file=FILE,
        before="        else:\n            self._world.clear_alarm(place.number)\n\n",
        after="\n",
        machine="supervisor",
    ),
    Mutant(
        name="the_heir_of_one_that_died_has_no_time_to_come_up",
        file=FILE,
        before="            self._go_to(place, self._extra.phase)\n",
        after="            place.phase = self._extra.phase\n",
        machine="supervisor",
    ),
    Mutant(
        name="who_is_being_killed_is_told_to_end",
        file=FILE,
        before="        if is_killed:\n",
        after="        if False:\n",
        machine="supervisor",
    ),
    Mutant(
        name="who_was_killed_is_killed_again",
        file=FILE,
        before="        self._go_to(place, Phase.KILLED)\n        place",
        after="        place",
        machine="supervisor",
    ),
    Mutant(
        name="a_second_stop_does_nothing",
        file=FILE,
        before="            self._stop_now()\n            return\n",
        after="            return\n",
        machine="supervisor",
    ),
    Mutant(
        name="the_old_one_ends_before_its_heir_is_up",
        file=FILE,
        before="            self._start(self._extra, self._heir_of.process)\n",
        after="            self._start(self._extra, self._heir_of.process)\n"
        "            self._heir_of.process.terminate()\n",
        machine="supervisor",
    ),
    Mutant(
        name="the_old_one_is_left_when_its_heir_is_up",
        file=FILE,
        before="            self._terminate(self._extra)\n",
        after="            self._empty(self._extra)\n",
        machine="supervisor",
    ),
    Mutant(
        name="a_reload_replaces_the_first_one_only",
        file=FILE,
        before="            self._failed(place, process, code)\n        self._go_on()\n",
        after="            self._failed(place, process, code)\n",
        machine="supervisor",
    ),
    Mutant(
        name="two_heirs_start_at_the_same_time",
        file=FILE,
        before="        if self._stale and self._extra.phase is Phase.GONE:\n",
        after="        if self._stale:\n",
        machine="supervisor",
    ),
    Mutant(
        name="who_dies_beside_its_heir_is_started_too",
        file=FILE,
        before="        elif place is self._heir_of:\n",
        after="        elif False:\n",
        machine="supervisor",
    ),
    Mutant(
        name="an_heir_that_died_is_waited_for",
        file=FILE,
        before="            self._heir_of = None\n            self._stale.clear()\n"
        "        elif not",
        after="            self._stale.clear()\n        elif not",
        machine="supervisor",
    ),
    Mutant(
        name="a_reload_goes_on_with_what_cannot_start",
        file=FILE,
        before="            self._heir_of = None\n            self._stale.clear()\n"
        "        elif not",
        after="            self._heir_of = None\n        elif not",
        machine="supervisor",
    ),
    Mutant(
        name="who_died_is_replaced_once_more",
        file=FILE,
        before="        if place in self._stale:\n            self._stale.remove(place)\n",
        after="",
        machine="supervisor",
    ),
    Mutant(
        name="a_second_reload_counts_twice",
        file=FILE,
        before="            if place.phase in IN_SERVICE and place not in self._stale:\n",
        after="            if place.phase in IN_SERVICE:\n",
        machine="supervisor",
    ),
    Mutant(
        name="what_was_given_up_is_never_tried_again",
        file=FILE,
        before="                self._forgive(place)\n                self._start(place)\n",
        after="                pass\n",
        machine="supervisor",
    ),
    Mutant(
        name="nothing_is_ever_given_up",
        file=FILE,
        before="        if place.failures >= self._policy.failures_max:\n",
        after="        if False:\n",
        machine="supervisor",
    ),
    Mutant(
        name="one_death_too_many_is_suffered",
        file=FILE,
        before="        if place.failures >= self._policy.failures_max:\n",
        after="        if place.failures > self._policy.failures_max:\n",
        machine="supervisor",
    ),
    Mutant(
        name="a_refusal_is_tried_again",
        file=FILE,
        before="self._policy.failures_max if is_refusal else place.failures + 1\n",
        after="place.failures + 1\n",
        machine="supervisor",
    ),
    Mutant(
        name="deaths_of_long_ago_count",
        file=FILE,
        before="            case Phase.UP:\n                place.failures = 0\n",
        after="",
        machine="supervisor",
    ),
    Mutant(
        name="deaths_count_for_the_heir",
        file=FILE,
        before='        """Earlier deaths do not count."""\n        place.failures = 0\n',
        after='        """Earlier deaths do not count."""\n',
        machine="supervisor",
    ),
    Mutant(
        name="a_dead_child_is_never_started_again",
        file=FILE,
        before="        self._world.set_alarm(place.number, pause)\n",
        after="",
        machine="supervisor",
    ),
    Mutant(
        name="the_alarm_of_one_who_died_goes_off",
        file=FILE,
        before="        place.process, place.phase = None, phase\n"
        "        self._world.clear_alarm(place.number)\n",
        after="        place.process, place.phase = None, phase\n",
        machine="supervisor",
    ),
)
