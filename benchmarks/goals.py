"""The project's goals as numbers, held against the figures of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.results import CaseResult


@dataclass(frozen=True, slots=True)
class Goal:
    """A ratio to reach over the contestant `versus`; without one, a figure to reach, or to stay
    under where less is better.
    """

    benchmark: str
    case: str
    contestant: str
    versus: str | None
    bound: float


GOALS = (
    Goal("switches", "", "zokio", "asyncio", 3.0),
    Goal("spawn_join", "", "zokio", "asyncio", 1.0),
    Goal("timers", "", "zokio", "asyncio", 3.0),
    Goal("echo", "64 x 1 KiB", "zokio streams", "uvloop streams", 1.3),
    Goal("echo", "64 x 1 KiB", "zokio streams", "uvloop Protocol", 0.85),
    Goal("echo_pipelined", "", "zokio messages", None, 500.0),
    Goal("http", "", "zokio", "uvicorn", 1.5),
    Goal("http", "", "zokio ASGI", "uvicorn", 1.2),
    Goal("channels_ping_pong", "", "zokio", "asyncio", 2.0),
    Goal("idle_memory", "", "zokio", None, 2048.0),
    Goal("idle_cpu", "", "zokio", None, 50.0),
)


def judge(results: Sequence[CaseResult]) -> Iterator[tuple[str, float, bool]]:
    """For each goal that this run can answer: its wording, what was measured, whether it is met."""
    for goal in GOALS:
        for result in results:
            if goal.benchmark != result.benchmark.name or goal.case not in ("", result.case.name):
                continue
            entry = result.entry(goal.contestant)
            if entry is None:
                continue
            where = f"{result.benchmark.name} {result.case.name}"
            if goal.versus is None:
                is_higher = result.benchmark.better == "higher"
                text = f"{where}: {'at least' if is_higher else 'below'} {goal.bound:g} "
                met = entry.median >= goal.bound if is_higher else entry.median < goal.bound
                yield text + result.benchmark.unit, entry.median, met
            elif (ratio := result.ratio(goal.contestant, goal.versus)) is not None:
                text = f"{where}: {goal.contestant} at least {goal.bound:g} x {goal.versus}"
                by_cpu = result.server_cpu_ratio(goal.contestant, goal.versus)
                if by_cpu is not None:
                    text += f" (by server CPU {by_cpu:.2f})"
                yield text, ratio, ratio >= goal.bound
