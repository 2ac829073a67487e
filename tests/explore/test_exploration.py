"""What an exploration says: outcomes, limits, tokens, timelines; and programs that are no good."""

from __future__ import annotations

import pytest

from tests.explore.litmus import broken_peterson, lost_update, opposite_locks, run
from zokio.errors import UsageError
from zokio.explore import (
    Cell,
    Event,
    Happening,
    Lock,
    Thread,
    explore,
    replay,
    sample,
    uninterrupted,
    world,
)


def spins() -> None:
    """Waits for nobody, for ever."""
    flag = Cell(False, "flag")
    while not flag.get():
        pass


def must_not_lose() -> None:
    """Fails in some schedules."""
    if lost_update() != 2:
        raise AssertionError("an update was lost")


def test_a_violation_comes_with_a_token_a_timeline_and_the_error() -> None:
    found = explore(must_not_lose)
    assert (found.outcome, found.preemptions) == ("violated", 1)
    assert found.reason == "main: AssertionError: an update was lost"
    assert isinstance(found.error, AssertionError)
    assert found.token is not None and found.token.startswith("zokio-explore:")
    head, token, *lines = found.report.splitlines()
    assert (head, token) == (f"violated: {found.reason}", found.token)
    assert lines[0].split() == ["step", "main", "T1", "T2", "at"]
    assert any("read counter" in line and "litmus.py:" in line for line in lines)
    assert "counter.set(counter.get() + 1)" in found.report


def test_a_deadlock_is_told_with_what_everybody_stands_before() -> None:
    found = explore(opposite_locks)
    assert found.reason.startswith("nobody can go on: main stands before join thread T1; T1 stands")
    assert "stuck before acquire Lock#" in found.report


def test_a_token_replays_the_same_schedule_and_nothing_else() -> None:
    found = explore(broken_peterson)
    assert found.token is not None
    assert replay(broken_peterson, found.token).report == found.report
    with pytest.raises(UsageError, match=r"another program|which the schedule was made for"):
        replay(lambda: run(lambda: None), found.token)


def test_a_schedule_that_does_not_fail_is_no_proof() -> None:
    cut = explore(lost_update, schedules_max=1)
    assert (cut.outcome, cut.token, cut.executions) == ("incomplete", None, 1)
    assert cut.reason == "gave up after 1 schedules"
    spun = explore(spins, steps_max=50)
    assert spun.token is not None
    again = replay(spins, spun.token, steps_max=50)
    assert (again.outcome, again.reason) == ("incomplete", "one schedule, which does not fail")


@pytest.mark.parametrize("token", ["", "zokio-explore:1.2", "zokio-explore:x!~0000", "4.2~0000"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(UsageError, match="no schedule"):
        replay(lost_update, token)


def test_an_execution_without_an_end_is_incomplete_and_can_be_replayed() -> None:
    found = explore(spins, steps_max=50)
    assert (found.outcome, found.steps_max) == ("incomplete", 50)
    assert "more than 50 steps" in found.reason
    assert found.token is not None and "read flag" in found.report


def test_a_loop_that_waits_for_another_thread_lets_it_run_in_the_end() -> None:
    def spin() -> int:
        flag, turns = Cell(False, "flag"), [0]
        thread = Thread(target=lambda: flag.set(True))
        thread.start()
        while not flag.get():
            turns[0] += 1
        thread.join()
        return min(turns[0], 1)

    found = explore(spin, preemptions=0)
    assert (found.outcome, found.results) == ("holds", (1,))
    assert found.steps_max > world.PATIENCE


def test_a_bound_that_leaves_nothing_out_is_no_bound() -> None:
    assert explore(lambda: None).preemptions is None
    assert explore(lost_update, preemptions=1).preemptions == 1
    assert explore(lost_update, preemptions=None).preemptions is None


def test_the_beginning_and_the_end_can_be_left_out() -> None:
    def program() -> object:
        cell = Cell(0, "cell")
        with uninterrupted():
            thread = Thread(target=lambda: cell.set(cell.get() + 1))
            thread.start()
            cell.set(cell.get() + 1)
            thread.join()
        return cell.get()

    found = explore(program)
    assert (found.executions, found.results) == (1, (2,))


def test_the_same_seed_draws_the_same_schedules() -> None:
    for depth in (1, 3, None):
        first, again = (sample(must_not_lose, seed=7, depth=depth) for _ in range(2))
        assert first == again or (first.token, first.report) == (again.token, again.report)
    assert {sample(must_not_lose, seed=seed).outcome for seed in range(3)} == {"violated"}
    drawn = sample(lost_update, schedules=200, seed=1)
    assert (drawn.outcome, set(drawn.results)) == ("incomplete", {1, 2})
    assert drawn.reason == "200 schedules drawn by priorities, depth 3, seed 1"


def test_progress_is_told_after_each_execution() -> None:
    told: list[tuple[int, int]] = []
    found = explore(lost_update, progress=lambda *each: told.append(each))
    assert [number for number, _ in told] == list(range(1, found.executions + 1))
    assert told[-1][1] == 0 < max(left for _, left in told)
    told.clear()
    sample(lost_update, schedules=3, progress=lambda *each: told.append(each))
    assert told == [(1, 2), (2, 1), (3, 0)]


def test_a_program_that_is_not_the_same_each_time_is_refused() -> None:
    runs: list[int] = []

    def program() -> None:
        runs.append(1)
        run(*[lambda: Cell(0).set(1)] * (1 + len(runs) % 2))

    with pytest.raises(UsageError, match="does not do the same"):
        explore(program, reduced=False)

    def other_operations() -> None:
        runs.append(1)
        cell = Cell(0, "cell")
        run(lambda: cell.set(1), lambda: cell.set(2) if len(runs) % 2 else cell.get())

    with pytest.raises(UsageError, match="was `write` the last time"):
        runs.clear()
        explore(other_operations, reduced=False)

    def choosy() -> int:
        from zokio.explore import choose

        runs.append(1)
        return choose("number", 3 if len(runs) == 1 else 2)

    with pytest.raises(UsageError, match="no possibility 2 of 2"):
        runs.clear()
        explore(choosy)


def test_whoever_never_comes_to_an_operation_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zokio.explore.world.SILENCE_MAX_S", 0.05)
    real = __import__("threading").Lock()
    real.acquire()

    def hang() -> None:
        real.acquire(timeout=0.5)

    with pytest.raises(UsageError, match=r"thread main did not come from begin .* not modelled"):
        explore(hang)


def test_an_exploration_within_an_exploration_is_refused() -> None:
    found = explore(lambda: explore(lambda: None))
    assert found.outcome == "violated" and "running already" in found.reason


def test_arguments_are_checked() -> None:
    with pytest.raises(UsageError, match="preemptions is -1"):
        explore(lost_update, preemptions=-1)
    with pytest.raises(UsageError, match="depth is 0"):
        sample(lost_update, depth=0)


def test_a_thread_that_is_abandoned_cleans_up_without_steps() -> None:
    cleaned: list[str] = []

    def waits() -> None:
        lock = Lock()
        try:
            with lock:
                Event().wait()
        finally:
            cleaned.append("waits")

    def program() -> None:
        Thread(target=waits).start()
        raise SystemExit(3)

    found = explore(program, preemptions=0)
    assert (found.outcome, found.reason) == ("violated", "main: SystemExit: 3")
    assert isinstance(found.error, SystemExit)


def test_a_listener_is_told_each_step_in_order_and_its_objection_is_a_violation() -> None:
    heard: list[Happening] = []

    def listen(happening: Happening) -> None:
        heard.append(happening)
        if happening.verb == "write":
            raise AssertionError("nobody may write")

    found = explore(lost_update, on_event=lambda: listen)
    assert (found.outcome, found.reason) == ("violated", "T1: AssertionError: nobody may write")
    assert [each.number for each in heard] == list(range(len(heard)))
    assert {each.thread for each in heard} == {"main", "T1"}
