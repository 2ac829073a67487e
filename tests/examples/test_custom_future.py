"""examples/custom_future.py is polled when it is woken, and not otherwise."""

from __future__ import annotations

from tests.examples.program import running


def test_the_future_is_polled_twice_and_the_combinators_work() -> None:
    with running("custom_future.py") as program:
        code, output, error = program.finish()
    assert (code, error) == (0, "")
    assert output.splitlines() == [
        "the answer is 21, after 2 polls",
        "doubled it is 42",
        "three, two, one, lift-off",
    ]
