"""examples/hello.py takes turns, and stops when told to."""

from __future__ import annotations

from tests.examples.program import running


def test_both_tasks_take_turns_and_their_results_arrive() -> None:
    with running("hello.py") as program:
        code, output, error = program.finish()
    lines = output.splitlines()
    assert (code, error) == (0, "")
    assert set(lines[:2]) == {"hello 1 from quick", "hello 1 from slow"}
    assert lines.count("hello 3 from quick") == lines.count("hello 3 from slow") == 1
    assert lines[-1] == "27 letters spoken"


def test_an_interrupt_ends_it_without_noise() -> None:
    with running("hello.py", "--pause", "60") as program:
        assert program.line() in ("hello 1 from quick", "hello 1 from slow")  # on workers: either
        code, output, error = program.interrupt()
    assert (code, error) == (130, "")
    assert "letters" not in output
