"""When virtual time may go on: without any of the three looks, or the return, a property breaks."""

from __future__ import annotations

import pytest

from spec.virtual_time import PARKED, State, VirtualTime
from zokio.model import check


class DoesNotSearch(VirtualTime):
    """Who comes out of the reactor has something to do, and counts as asleep."""

    def finds_work(self, state: State) -> bool:
        return False


class DoesNotLookAgain(VirtualTime):
    """Somebody gets up between the looks, takes its task, and pins another one."""

    def has_changed(self, state: State) -> bool:
        return False


class SleepsForGood(VirtualTime):
    """Who came meanwhile has found the reactor taken, and now nobody is in it."""

    once_more = PARKED


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        (DoesNotSearch, "time_goes_on_only_at_rest"),
        (DoesNotLookAgain, "time_goes_on_only_at_rest"),
        (SleepsForGood, "the_time_goes_on_when_all_is_done"),
    ],
)
def test_without_a_look_a_property_breaks(wrong: type[VirtualTime], broken: str) -> None:
    properties = check(wrong()).properties
    assert {each.name: each.outcome for each in properties}[broken] == "violated"
