"""Verdicts: a report passes exactly when each of them does, and each says what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple, cast

import pytest

from tests.model.machines.locks import SpinLock, TicketLock
from zokio.model import Machine, action, always, check, sometimes
from zokio.model.verdicts import ACTIONS, STATES, Verdict, verdict_names, verdicts


class Clock(NamedTuple):
    """The hour."""

    hour: int


class ClockMachine(Machine[Clock]):
    """Goes up to `last`; whether `stop` can happen, and what the canary says, can be chosen."""

    last: int = 3
    stops: bool = True
    blind: bool = False

    def initial(self) -> Iterable[Clock]:
        return [Clock(0)]

    @action(writes=("hour",), reads=("hour",))
    def tick(self, state: Clock) -> Clock:
        return Clock(state.hour + 1)

    @tick.guard
    def can_tick(self, state: Clock) -> bool:
        return state.hour < self.last

    @action(writes=("hour",), reads=("hour",))
    def stop(self, state: Clock) -> Clock:
        return state

    @stop.guard
    def can_stop(self, state: Clock) -> bool:
        return self.stops and state.hour == self.last

    @always
    def early(self, state: Clock) -> bool:
        return state.hour <= 3

    @always(canary="early")
    def never_one(self, state: Clock) -> bool:
        return self.blind or state.hour != 1

    @sometimes
    def three(self, state: Clock) -> bool:
        return state.hour == 3


def failed(machine: Machine[Any], states_max: int | None = None) -> dict[str, Verdict]:
    """What does not hold of a machine, by name."""
    report = check(machine, states_max=states_max)
    found = verdicts(machine, report)
    assert [verdict.name for verdict in found] == verdict_names(machine)
    wrong = {verdict.name: verdict for verdict in found if verdict.outcome != "holds"}
    assert (report.outcome == "holds") is (not wrong)
    assert all(verdict.headline == verdict.text.partition("\n")[0] for verdict in wrong.values())
    assert not any(verdict.text for verdict in found if verdict.name not in wrong)
    return wrong


@pytest.mark.parametrize("machine", [ClockMachine(), TicketLock()])
def test_what_holds_has_nothing_to_say(machine: Machine[Any]) -> None:
    assert failed(machine) == {}


def test_a_violated_property_is_told_with_its_run() -> None:
    wrong = failed(ClockMachine(last=4))
    assert set(wrong) == {"early"}
    assert wrong["early"].text.startswith("early is violated\na shortest run to a state in which")
    assert "4. tick()" in wrong["early"].text
    assert wrong["early"].method is ClockMachine.early


def test_a_promise_is_told_with_whom_it_was_broken_to() -> None:
    wrong = failed(SpinLock())
    assert wrong["gets_in"].headline == "gets_in is violated for process=0"
    assert "and so back to the state after step" in wrong["gets_in"].text


def test_a_canary_that_is_not_caught_is_told_as_blindness() -> None:
    wrong = failed(ClockMachine(blind=True))
    assert wrong["never_one"].headline == "never_one, a canary of early, is not caught"
    assert "the check cannot see" in wrong["never_one"].text


def test_what_never_happens_is_told() -> None:
    wrong = failed(ClockMachine(stops=False))
    assert wrong[ACTIONS].headline == "never enabled: stop"
    wrong = failed(ClockMachine(last=2))
    assert "it is false in every reachable state" in wrong["three"].text


def test_a_cut_search_is_told_apart_from_a_violation() -> None:
    wrong = failed(ClockMachine(), states_max=2)
    assert {name: verdict.outcome for name, verdict in wrong.items()} == dict.fromkeys(
        ("early", "three", ACTIONS, STATES), "incomplete"
    )
    assert wrong["early"].headline.startswith("early is incomplete: it held in the 3 states")
    assert wrong[ACTIONS].headline == "not seen before the search was cut: stop"


def test_of_a_machine_that_answers_by_chance_nothing_passes() -> None:
    machine = ClockMachine()
    outcome = cast(Any, "nondeterministic")  # Any: reports may say more than this one does
    report = replace(check(machine), outcome=outcome, properties=(), action_counts={})
    found = verdicts(machine, report)
    assert [verdict.name for verdict in found] == verdict_names(machine)
    assert {verdict.outcome for verdict in found} == {"nondeterministic"}
    assert "early was not judged: ClockMachine is nondeterministic" in found[0].text
