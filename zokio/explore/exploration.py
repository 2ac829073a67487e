"""explore: every schedule of a program within a bound; sample: some of them; replay: one.

    exploration = explore(program, preemptions=2)
    assert exploration.outcome == "holds", exploration.report

A program makes its objects, starts threads, waits for them and asserts. What an exploration says
is true of the program as it stands: these threads, these inputs. A limit that was hit is
`incomplete` and never `holds`.
"""

from __future__ import annotations

from collections.abc import Callable

from zokio.errors import UsageError
from zokio.explore.explorer import Exploration, Explorer, Listener, Program
from zokio.explore.races import Races
from zokio.explore.sampling import Priorities, RandomWalk
from zokio.explore.schedule_tree import ScheduleTree
from zokio.explore.token import Replay, digest_of


def explore(
    program: Program,
    *,
    preemptions: int | None = 2,
    schedules_max: int = 100_000,
    steps_max: int = 5_000,
    reduced: bool = True,
    on_event: Callable[[], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Exploration:
    """Try every schedule with no preemption, then with one, and so on.

    Args:
        program: What is run, again and again; it must do the same each time.
        preemptions: The bound; None: every schedule at once.
        schedules_max: Give up after so many.
        steps_max: Cut an execution that is longer.
        reduced: Try schedules that differ in the order of independent steps once only.
        on_event: Called before each execution; what it returns is told each step. What that
            raises is a violation.
        progress: Called after each execution with their number and how many are known to be left.

    Raises:
        UsageError: the program does not do the same when it is run twice, or a thread hangs.
    """
    if preemptions is not None and preemptions < 0:
        raise UsageError(f"preemptions is {preemptions}; give a bound from 0, or None for none")
    with Explorer(program, steps_max, on_event) as explorer:
        bounds = [None] if preemptions is None else range(preemptions + 1)
        for bound in bounds:
            tree = ScheduleTree(bound, reduced=reduced)
            explorer.begin()
            while True:
                if explorer.executions >= schedules_max:
                    return explorer.incomplete(f"gave up after {schedules_max:,} schedules", bound)
                execution = explorer.run(tree)
                if execution.is_violation:
                    return explorer.violated(execution, bound)
                more = tree.advance(execution)
                explorer.note(execution, tree.shape())
                if progress is not None:
                    progress(explorer.executions, tree.planned())
                if not more:
                    break
            if explorer.cut is not None:
                return explorer.incomplete(f"an execution has more than {steps_max:,} steps", bound)
            if not tree.was_bounded:
                return explorer.holds(None)
        return explorer.holds(preemptions)


def sample(
    program: Program,
    *,
    schedules: int = 1_000,
    seed: int = 0,
    depth: int | None = 3,
    steps_max: int = 5_000,
    on_event: Callable[[], Listener] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Exploration:
    """Draw schedules; the outcome is "violated" or "incomplete".

    Args:
        program: As for `explore`.
        schedules: How many.
        seed: The same seed draws the same schedules.
        depth: Of PCT: how many ordered steps a bug may need; None: uniformly at random.
        steps_max: As for `explore`.
        on_event: As for `explore`.
        progress: As for `explore`.
    """
    strategy = RandomWalk(seed) if depth is None else Priorities(seed, depth)
    with Explorer(program, steps_max, on_event) as explorer:
        while explorer.executions < schedules:
            strategy.begin()
            execution = explorer.run(strategy)
            strategy.learn(execution)
            if execution.is_violation:
                return explorer.violated(execution, None)
            races = Races()
            for _ in races.found_in(execution, bounded=False):
                pass
            explorer.note(execution, races.shape())
            if progress is not None:
                progress(explorer.executions, schedules - explorer.executions)
        name = "uniformly at random" if depth is None else f"by priorities, depth {depth}"
        return explorer.incomplete(f"{schedules:,} schedules drawn {name}, seed {seed}", None)


def replay(
    program: Program,
    token: str,
    *,
    steps_max: int = 5_000,
    on_event: Callable[[], Listener] | None = None,
) -> Exploration:
    """Run the one schedule of a token.

    Returns:
        "violated", or "incomplete" if it fails no more: it is but one schedule.

    Raises:
        UsageError: it is no token, or the program is not the one that it was made for.
    """
    strategy = Replay(token)
    with Explorer(program, steps_max, on_event) as explorer:
        execution = explorer.run(strategy)
        if digest_of(execution) != strategy.digest:
            raise UsageError(
                f"{token} was made for another program: the steps are others; explore again"
            )
        if execution.is_violation:
            return explorer.violated(execution, None)
        explorer.note(execution, 0)
        return explorer.incomplete("one schedule, which does not fail", None, execution)
