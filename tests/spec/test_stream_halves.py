"""The order in which a half closes: each wrong one breaks the property that is about it."""

from __future__ import annotations

import pytest

from spec.stream_halves import OnWorkers
from spec.stream_halves_steps import COUNT, END, LEAVE, RAISE, WAKE
from zokio.model import check

STATES_MAX = 20_000
"""Within so many every wrong order has done its harm."""


class ShutsTheSocketFirst(OnWorkers):
    """Who writes meanwhile finds a socket that is shut, in a half that is open."""

    order = (END, LEAVE, RAISE, WAKE, COUNT)


class TakesTheSocketAwayLast(OnWorkers):
    """Who was woken finds the socket still there, and waits again."""

    order = (RAISE, WAKE, LEAVE, END, COUNT)


class WakesBeforeTheFlagIsUp(OnWorkers):
    """Who comes into the wait after the wake sees a flag that is down, and nobody wakes it."""

    order = (LEAVE, WAKE, RAISE, END, COUNT)


class CountsFirst(OnWorkers):
    """The one half that is left goes without its socket being closed."""

    order = (COUNT, LEAVE, RAISE, WAKE, END)


@pytest.mark.parametrize(
    ("wrong", "broken"),
    [
        (ShutsTheSocketFirst, "writing_breaks_by_the_peer_only"),
        (TakesTheSocketAwayLast, "nobody_sleeps_in_a_closed_half"),
        (WakesBeforeTheFlagIsUp, "nobody_sleeps_in_a_closed_half"),
        (CountsFirst, "the_socket_is_closed_once_when_both_halves_are"),
    ],
)
def test_a_wrong_order_breaks_the_property_that_is_about_it(
    wrong: type[OnWorkers], broken: str
) -> None:
    properties = check(wrong(pieces=1), states_max=STATES_MAX).properties
    assert {each.name: each.outcome for each in properties}[broken] == "violated"
