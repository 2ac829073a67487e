"""A trace is accepted if and only if some order of it that the tickets allow is a run."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.naive_validation import validate_naively
from zokio.model import Event, Machine, ModelError, action, in_sequence, put, validate


class Locked(NamedTuple):
    """Who holds the lock, and how often each had it."""

    holder: int | None
    turns: tuple[int, ...]


class Lock(Machine[Locked]):
    """A lock, and those who take it."""

    users: int = 2

    def initial(self) -> Iterable[Locked]:
        return [Locked(None, (0,) * self.users)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(self.users)}

    @action(writes=("holder", "turns"), reads=("holder", "turns"))
    def acquire(self, state: Locked, user: int) -> Locked:
        return Locked(user, put(state.turns, user, state.turns[user] + 1))

    @acquire.guard
    def can_acquire(self, state: Locked, user: int) -> bool:
        return state.holder is None

    @action(writes=("holder",), reads=("holder",))
    def release(self, state: Locked, user: int) -> Locked:
        return state._replace(holder=None)

    @release.guard
    def can_release(self, state: Locked, user: int) -> bool:
        return state.holder == user


def event(action: str, user: int, begin: int, end: int) -> Event:
    """One that the user's own strand did."""
    return Event(action, (user,), user, begin, end)


def test_a_run_in_one_strand_is_accepted_whole() -> None:
    events = in_sequence([("acquire", (0,)), ("release", (0,)), ("acquire", (1,))])
    found = validate(Lock(), events)
    assert (found.verdict, found.consumed, found.events) == ("accepted", 3, 3)


def test_an_empty_trace_is_accepted() -> None:
    assert validate(Lock(), ()).verdict == "accepted"


def test_the_first_event_that_no_state_allows_is_named_with_the_states_before_it() -> None:
    events = in_sequence([("acquire", (0,)), ("acquire", (1,)), ("release", (0,))])
    found = validate(Lock(), events)
    assert (found.verdict, found.consumed, found.index) == ("rejected", 1, 1)
    assert found.states == (Locked(0, (1, 0)),)
    assert [str(step) for step in found.enabled] == ["release(user=0)"]
    assert "acquire(1) is not possible there" in found.reason


def test_events_that_overlap_may_have_come_in_either_order() -> None:
    """The tickets were drawn late: user 1 has the lock after user 0 gave it back."""
    events = (
        event("acquire", 0, 0, 1),
        event("acquire", 1, 2, 5),
        event("release", 0, 3, 4),
    )
    assert validate(Lock(), events).verdict == "accepted"


def test_events_that_do_not_overlap_came_in_the_order_of_their_tickets() -> None:
    events = (
        event("acquire", 0, 0, 1),
        event("acquire", 1, 2, 3),
        event("release", 0, 4, 5),
    )
    found = validate(Lock(), events)
    assert (found.verdict, found.index) == ("rejected", 1)


def test_all_states_that_are_possible_before_the_wrong_event_are_told() -> None:
    events = (
        event("acquire", 0, 0, 3),
        event("release", 0, 4, 7),
        event("acquire", 1, 1, 8),
        event("release", 1, 2 + 7, 10),
        event("release", 1, 11, 12),
    )
    found = validate(Lock(users=2), events)
    assert (found.verdict, found.index, found.consumed) == ("rejected", 4, 4)
    assert found.states == (Locked(None, (1, 1)),)
    assert found.orders_max > 1


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (("steal", (0,)), "has no action steal"),
        (("acquire", ()), "takes 1 arguments"),
        (("acquire", (2,)), "2 is no user"),
        (("acquire", (True,)), "True is no user"),
        (("acquire", ("0",)), "'0' is no user"),
    ],
)
def test_an_event_that_is_no_step_of_the_machine_is_rejected(
    wrong: tuple[str, tuple[Hashable, ...]], reason: str
) -> None:
    found = validate(Lock(), in_sequence([("acquire", (0,)), ("release", (0,)), wrong]))
    assert (found.verdict, found.index) == ("rejected", 2)
    assert reason in found.reason


def test_a_cut_recording_is_incomplete_even_if_all_of_it_is_a_run() -> None:
    found = validate(Lock(), in_sequence([("acquire", (0,))]), complete=False)
    assert (found.verdict, found.consumed) == ("incomplete", 1)


def test_a_cut_recording_with_a_wrong_event_is_rejected() -> None:
    found = validate(Lock(), in_sequence([("release", (0,))]), complete=False)
    assert found.verdict == "rejected"


def test_a_limit_that_was_hit_is_incomplete_and_no_acceptance() -> None:
    """Six users at once: nobody can tell who came first."""
    users = range(6)
    events = [event("acquire", user, user, 100 + user) for user in users]
    events += [event("release", user, 200 + user, 300 + user) for user in users]
    found = validate(Lock(users=6), events, orders_max=5)
    assert (found.verdict, found.consumed) == ("incomplete", 0)
    assert "more than 5 orders" in found.reason


def test_the_events_of_one_strand_must_not_overlap() -> None:
    events = (event("acquire", 0, 0, 2), event("release", 0, 1, 3))
    with pytest.raises(ModelError, match="overlap"):
        validate(Lock(), events)


def test_whoever_asks_is_told_how_far_it_is() -> None:
    told: list[int] = []
    steps = [("acquire", (0,)), ("release", (0,))] * 1_001
    validate(Lock(), in_sequence(steps), progress=told.append)
    assert told == [0, 1_000, 2_000]


@st.composite
def recordings(draw: st.DrawFn) -> list[Event]:
    """What up to three strands may have recorded, right or wrong."""
    tickets = iter(range(1_000))
    events: list[Event] = []
    pending: dict[int, tuple[str, int, int]] = {}
    for _ in range(draw(st.integers(0, 14))):
        strand = draw(st.integers(0, 2))
        if strand in pending:
            name, user, begin = pending.pop(strand)
            events.append(Event(name, (user,), strand, begin, next(tickets)))
        else:
            name = draw(st.sampled_from(["acquire", "release"]))
            user = strand if draw(st.integers(0, 5)) else draw(st.integers(0, 2))
            pending[strand] = (name, user, next(tickets))
    for strand, (name, user, begin) in pending.items():
        events.append(Event(name, (user,), strand, begin, next(tickets)))
    return sorted(events, key=lambda each: each.begin)


@given(recordings())
def test_it_agrees_with_the_definition(events: list[Event]) -> None:
    machine = Lock(users=3)
    found, defined = validate(machine, events), validate_naively(machine, events)
    assert (found.consumed, found.index) == (defined.consumed, defined.index)
    assert (found.verdict == "accepted") == (defined.index is None)


def test_it_does_what_the_trace_does_and_never_lists_the_steps_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A guard and an effect for each event, however many users there are."""
    users = 300
    calls = {"guard": 0}
    guard = Lock.can_acquire

    def counting(machine: Lock, state: Locked, user: int) -> bool:
        calls["guard"] += 1
        return guard(machine, state, user)

    def refuse(machine: Lock) -> None:
        raise AssertionError("the instances were listed")

    monkeypatch.setattr(Lock, "can_acquire", counting)
    monkeypatch.setattr(Lock, "instances", refuse)
    monkeypatch.setattr(Lock, "enabled", refuse)
    steps = [(name, (n % users,)) for n in range(5_000) for name in ("acquire", "release")]
    assert validate(Lock(users=users), in_sequence(steps)).consumed == 10_000
    assert calls["guard"] == 5_000
