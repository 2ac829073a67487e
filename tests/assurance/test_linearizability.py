"""The checker of histories: known ones, and all small random ones against brute force."""

from __future__ import annotations

import random
from collections.abc import Hashable, Iterator, Sequence
from itertools import permutations

import pytest

from assurance.linearizability import (
    Impossible,
    Operation,
    Specification,
    TooLarge,
    explain,
    linearize,
)
from assurance.run_queue_spec import run_queues

SEED = "linearizability"


def _register_step(state: Hashable, operation: Operation) -> Hashable:
    if operation.name == "write":
        return operation.argument
    if operation.result != state:
        raise Impossible
    return state


def _queue_step(state: Hashable, operation: Operation) -> Hashable:
    assert isinstance(state, tuple)
    if operation.name == "push":
        return (*state, operation.argument)
    if operation.result != (state[0] if state else None):
        raise Impossible
    return state[1:]


REGISTER = Specification(0, _register_step)
QUEUE = Specification((), _queue_step)


def write(value: int, invoked: int, returned: int, after: int | None = None) -> Operation:
    return Operation(0, "write", value, None, invoked, returned, after)


def read(value: int, invoked: int, returned: int, after: int | None = None) -> Operation:
    return Operation(1, "read", None, value, invoked, returned, after)


def push(value: int, invoked: int, returned: int) -> Operation:
    return Operation(0, "push", value, None, invoked, returned)


def pop(value: int | None, invoked: int, returned: int) -> Operation:
    return Operation(1, "pop", None, value, invoked, returned)


# A history, its specification, and whether it is linearizable.
KNOWN: dict[str, tuple[list[Operation], Specification, bool]] = {
    "nothing happened": ([], REGISTER, True),
    "a read after a write": ([write(1, 0, 1), read(1, 2, 3)], REGISTER, True),
    "a stale read after a write": ([write(1, 0, 1), read(0, 2, 3)], REGISTER, False),
    "a stale read during a write": ([write(1, 0, 5), read(0, 2, 3)], REGISTER, True),
    "new then old during one write": (
        [write(1, 0, 9), read(1, 1, 2), read(0, 3, 4)],
        REGISTER,
        False,
    ),
    "old then new during one write": (
        [write(1, 0, 9), read(0, 1, 2), read(1, 3, 4)],
        REGISTER,
        True,
    ),
    # Herlihy and Wing's own examples of a queue (1990, figure 1), with x = 1 and y = 2.
    "H1": ([push(1, 0, 3), push(2, 1, 4), pop(2, 5, 6), pop(1, 7, 8), push(3, 9, 10)], QUEUE, True),
    "H2": ([push(1, 0, 1), push(2, 2, 3), pop(2, 4, 5)], QUEUE, False),
    "H3": ([push(1, 0, 3), pop(1, 1, 2), pop(None, 4, 5)], QUEUE, True),
    "H4": ([push(1, 0, 3), push(2, 1, 2), pop(2, 4, 6), pop(2, 5, 7)], QUEUE, False),
    "a pop before the push it takes from": ([pop(1, 0, 1), push(1, 2, 3)], QUEUE, False),
    "an empty queue that was not empty": ([push(1, 0, 1), pop(None, 2, 3)], QUEUE, False),
    "stamps of the same value order nothing": ([pop(1, 0, 2), push(1, 2, 3)], QUEUE, True),
    "a lost value": ([push(1, 0, 1), push(2, 2, 3), pop(1, 4, 5), pop(None, 6, 7)], QUEUE, False),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_histories_are_judged_as_they_should(name: str) -> None:
    history, specification, expected = KNOWN[name]
    verdict = linearize(history, specification)
    assert verdict.holds is expected
    if expected:
        assert sorted(verdict.order) == list(range(len(history)))
        assert allowed(history, verdict.order, specification)


def test_what_is_tied_together_takes_effect_in_its_order() -> None:
    tied = [write(1, 0, 9), write(2, 0, 9, after=0), read(2, 2, 3), read(1, 4, 5)]
    assert not linearize(tied, REGISTER).holds
    assert linearize([write(1, 0, 9), write(2, 0, 9), *tied[2:]], REGISTER).holds


def test_a_search_that_grows_too_large_is_neither_a_pass_nor_a_failure() -> None:
    history = [push(number, 0, 100) for number in range(9)] + [pop(None, 101, 102)]
    with pytest.raises(TooLarge, match="more than 500 configurations"):
        linearize(history, QUEUE, configurations_max=500)


def test_configurations_met_twice_are_searched_once() -> None:
    # All orders of twelve reads lead to the same states: 2 ** 12 sets instead of 12! orders.
    history = [*(read(0, 0, 100) for _ in range(12)), read(1, 101, 102)]
    verdict = linearize(history, REGISTER)
    assert not verdict.holds
    assert verdict.configurations == 2**12


def test_a_long_history_of_few_threads_is_searched_in_its_length() -> None:
    history = []
    for number in range(2_000):
        history += [push(number, 10 * number, 10 * number + 3)]
        history += [pop(number, 10 * number + 1, 10 * number + 4)]
    verdict = linearize(history, QUEUE)
    assert verdict.holds
    assert verdict.configurations <= 3 * len(history)


def test_an_explanation_shows_how_far_an_order_goes_and_what_does_not_fit() -> None:
    history, specification, _ = KNOWN["H2"]
    lines = explain(history, linearize(history, specification)).splitlines()
    assert lines[0].startswith("not linearizable")
    assert [line.split("  ")[-1].strip() for line in lines[1:3]] == [
        "push(1) -> None",
        "push(2) -> None",
    ]
    assert lines[3] == "None of these can come next:"
    assert lines[4].endswith("pop() -> 2")
    history, specification, _ = KNOWN["H1"]
    assert explain(history, linearize(history, specification)).startswith("linearizable")


def allowed(
    history: Sequence[Operation], order: Sequence[int], specification: Specification
) -> bool:
    """Whether an order keeps to the times, to what is tied, and to the specification."""
    state = specification.initial
    for place, number in enumerate(order):
        operation = history[number]
        later = [history[other] for other in order[place + 1 :]]
        if any(other.returned < operation.invoked for other in later):
            return False
        if operation.after is not None and operation.after not in order[:place]:
            return False
        try:
            state = specification.step(state, operation)
        except Impossible:
            return False
    return True


def small_histories(count: int) -> Iterator[tuple[list[Operation], Specification]]:
    """Random ones of up to six operations, with results that fit now and then."""
    chance = random.Random(SEED)
    for _ in range(count):
        history: list[Operation] = []
        specification = chance.choice((QUEUE, REGISTER))
        for number in range(chance.randint(1, 6)):
            invoked = chance.randrange(8)
            times = (invoked, invoked + chance.randrange(6))
            tied = chance.randrange(number) if number and chance.random() < 0.2 else None
            value = chance.choice((1, 2))
            if specification is REGISTER:
                kind = chance.choice((write, read))
                history.append(kind(value * chance.choice((0, 1, 1)), *times, tied))
            else:
                done = push(value, *times) if chance.random() < 0.5 else pop(value, *times)
                history.append(done if chance.random() < 0.8 else pop(None, *times))
        yield history, specification


def test_every_small_history_is_judged_as_by_trying_all_orders() -> None:
    judged = {True: 0, False: 0}
    for history, specification in small_histories(1_500):
        orders = permutations(range(len(history)))
        expected = any(allowed(history, order, specification) for order in orders)
        verdict = linearize(history, specification)
        assert verdict.holds is expected, f"seed {SEED}: {history}"
        if expected:
            assert allowed(history, verdict.order, specification)
        judged[expected] += 1
    assert min(judged.values()) > 200  # neither kind is rare


# The specification of the run queues, by histories of one thread, step by step.
Call = tuple[str, int, Hashable, Hashable]
FILLED: list[Call] = [("push", 0, "a", None), ("push_batch", 0, ("b", "c"), None)]
IN_SLOT: list[Call] = [("fill", 0, "s", None)]
EMPTIED: list[Call] = [("displace", 0, None, None), ("settle", 0, None, None)]
LANDED: list[Call] = [("rob", 1, 0, "a"), ("keep", 1, "a", None), ("settle", 1, None, None)]
INJECTED: list[Call] = [("inject", 2, "i", None), ("inject", 3, "j", None)]
RUN_QUEUES: dict[str, tuple[list[Call], bool]] = {
    "first in, first out": ([*FILLED, ("take", 0, None, "a"), ("take", 0, None, "b")], True),
    "out of turn": ([*FILLED, ("take", 0, None, "b")], False),
    "taken twice": ([*FILLED, ("take", 0, None, "a"), ("take", 0, None, "a")], False),
    "nothing though there is": ([*FILLED, ("take", 0, None, None)], False),
    "nothing though there is a slot": ([*IN_SLOT, ("take", 0, None, None)], False),
    "nothing, rightly": ([("take", 0, None, None)], True),
    "from the slot": ([*FILLED, *IN_SLOT, ("take", 0, None, "s")], True),
    "past the slot": ([*FILLED, *IN_SLOT, ("take", 0, None, "a")], True),
    "a slot filled twice": ([*IN_SLOT, ("fill", 0, "t", None)], False),
    "a slot emptied and filled": (
        [
            *IN_SLOT,
            *EMPTIED,
            ("fill", 0, "t", None),
            ("take", 0, None, "t"),
            ("take", 0, None, "s"),
        ],
        True,
    ),
    "two tasks in one hand": (
        [*IN_SLOT, ("displace", 0, None, None), ("displace", 0, None, None)],
        False,
    ),
    "robbed": ([*FILLED, ("rob", 1, 0, "a"), ("take", 0, None, "b")], True),
    "robbed of the slot": ([*FILLED, *IN_SLOT, ("rob", 1, 0, "s"), ("rob", 1, 0, "a")], True),
    "robbed out of turn": ([*FILLED, ("rob", 1, 0, "c")], False),
    "robbed of nothing": ([("rob", 1, 0, None)], False),
    "robbed and still there": ([*FILLED, ("rob", 1, 0, "a"), ("take", 0, None, "a")], False),
    "the loot stands in the thief's queue": (
        [*FILLED, *LANDED, ("take", 1, None, "a"), ("take", 1, None, None), ("take", 0, None, "b")],
        True,
    ),
    "a full hand keeps nothing": (
        [*FILLED, ("keep", 1, "x", None), ("keep", 1, "y", None)],
        False,
    ),
    "saw nothing, rightly": ([*IN_SLOT, ("saw_nothing", 1, 0, None)], True),
    "saw nothing, wrongly": ([*FILLED, ("saw_nothing", 1, 0, None)], False),
    "saw no slot, rightly": ([*FILLED, ("saw_no_slot", 1, 0, None)], True),
    "saw no slot, wrongly": ([*IN_SLOT, ("saw_no_slot", 1, 0, None)], False),
    "injected": (
        [*INJECTED, ("take_injected", 0, None, "i"), ("take_injected", 1, None, "j")],
        True,
    ),
    "nothing injected": ([("take_injected", 1, None, None)], True),
    "injected out of turn": ([*INJECTED, ("take_injected", 0, None, "j")], False),
    "injected and not found": ([("inject", 2, "i", None), ("take_injected", 0, None, None)], False),
}


@pytest.mark.parametrize("name", RUN_QUEUES)
def test_the_run_queues_allow_what_they_should(name: str) -> None:
    calls, expected = RUN_QUEUES[name]
    history = [
        Operation(number, step, (number, argument), result, 2 * at, 2 * at + 1)
        for at, (step, number, argument, result) in enumerate(calls)
    ]
    assert linearize(history, run_queues(2)).holds is expected
