"""The explorer: runs a program's executions for a search, counts them, and says what came of it.

Guarantees: nothing is collected, and so finalized, at a step of the collector's choice; a violation
comes with a token and a timeline. Which schedules are run is the search's to say
(`exploration.py`).
"""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from traceback import clear_frames
from typing import Literal

from zokio.explore.carriers import Carriers
from zokio.explore.execution import Execution
from zokio.explore.strand import Strategy
from zokio.explore.timeline import Happening, Line, Recorder, timeline
from zokio.explore.token import Replay, token_of
from zokio.explore.world import Abandoned, World

Outcome = Literal["holds", "violated", "incomplete"]
Listener = Callable[[Happening], None]
Program = Callable[[], object]

COLLECT_EVERY = 200
"""Executions. No collection in between: a finalizer would come at another step in each replay."""


@dataclass(frozen=True, slots=True)
class Exploration:
    """What came of it.

    Attributes:
        outcome: "holds": no schedule within the bound fails. "violated": one does. "incomplete":
            nothing was found, but not all was tried, or an execution was cut.
        executions: How many schedules were run.
        distinct: How many of them differ in more than the order of what is independent.
        preemptions: The bound up to which all was tried; None for every schedule at all.
        steps_max: The length of the longest execution.
        results: What the program returned, which has to be hashable; each once, in the order found.
        reason: Why it is incomplete, or what was violated.
        token: The schedule that was violated or cut; otherwise None.
        report: For people: the reason, the token and the timeline.
        error: What was raised.
    """

    outcome: Outcome
    executions: int
    distinct: int
    preemptions: int | None
    steps_max: int
    results: tuple[object, ...] = ()
    reason: str = ""
    token: str | None = None
    report: str = ""
    error: BaseException | None = None


class Explorer:
    """Runs executions and counts."""

    def __init__(
        self, program: Program, steps_max: int, on_event: Callable[[], Listener] | None
    ) -> None:
        self.program = program
        self.steps_max = steps_max
        self.on_event = on_event
        self.executions = 0
        self.longest = 0
        self.cut: Execution | None = None
        self._shapes: set[int] = set()
        self._results: dict[object, None] = {}
        self._carriers = Carriers()
        self._lines: dict[tuple[str, int], Line] = {}

    def begin(self) -> None:
        """A search with another bound begins: what it cuts counts."""
        self.cut = None

    def run(self, strategy: Strategy) -> Execution:
        """One execution."""
        recorder = None if self.on_event is None else Recorder(self.on_event(), self._lines)
        self.executions += 1
        if self.executions % COLLECT_EVERY == 0:
            gc.collect()
        world = World(self._carriers, strategy, steps_max=self.steps_max, observer=recorder)
        execution = world.execute(self.program)
        self.longest = max(self.longest, len(execution.who))
        return execution

    def note(self, execution: Execution, shape: int) -> None:
        """An execution without a violation."""
        if execution.ending == "cut":
            self.cut = self.cut or execution
            return
        self._shapes.add(shape)
        self._results.setdefault(execution.result)

    def holds(self, bound: int | None) -> Exploration:
        """Nothing was found, and everything was tried."""
        return self._exploration("holds", bound)

    def incomplete(
        self, reason: str, bound: int | None, execution: Execution | None = None
    ) -> Exploration:
        """Nothing was found, and not everything was tried."""
        shown = execution or self.cut
        return self._exploration("incomplete", bound, reason, shown)

    def violated(self, execution: Execution, bound: int | None) -> Exploration:
        """This one fails."""
        error = execution.error
        if error is not None:
            clear_frames(error.__traceback__)  # what they hold would outlive the exploration
        who = execution.names[execution.culprit] if execution.culprit >= 0 else ""
        reason = f"{who}: {type(error).__name__}: {error}" if who else str(error)
        return self._exploration("violated", bound, reason, execution)

    def _exploration(
        self,
        outcome: Outcome,
        bound: int | None,
        reason: str = "",
        shown: Execution | None = None,
    ) -> Exploration:
        token = None if shown is None else token_of(shown)
        return Exploration(
            outcome,
            self.executions,
            len(self._shapes),
            bound,
            self.longest,
            tuple(self._results),
            reason,
            token,
            f"{outcome}: {reason}" if token is None else self._report(outcome, reason, token),
            None if shown is None else shown.error,
        )

    def _report(self, outcome: str, reason: str, token: str) -> str:
        """Run the schedule once more, and note where each step stands."""
        recorder = Recorder()
        world = World(self._carriers, Replay(token), steps_max=self.steps_max, observer=recorder)
        execution = world.execute(self.program)
        return f"{outcome}: {reason}\n{token}\n{timeline(execution, recorder.happenings)}"

    def __enter__(self) -> Explorer:
        self._exit = _quiet()
        self._exit.__enter__()
        self._carriers.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._carriers.__exit__(None, None, None)
        self._exit.__exit__(None, None, None)


@contextmanager
def _quiet() -> Iterator[None]:
    """No collection at a step of its own choice; no report of finalizers that were abandoned."""
    report = sys.unraisablehook

    def report_others(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not Abandoned:
            report(unraisable)

    was_enabled = gc.isenabled()
    gc.disable()
    sys.unraisablehook = report_others
    try:
        with warnings.catch_warnings():
            # Of executions that were abandoned: it is no mistake of theirs.
            warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
            yield
            gc.collect()  # what they have left behind goes now, and not in somebody's test
    finally:
        sys.unraisablehook = report
        if was_enabled:
            gc.enable()
