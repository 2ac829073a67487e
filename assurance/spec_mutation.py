"""The score of the specifications: how many of their mutants are noticed, and by what.

The mutants of the machines in spec/ are judged on the bounded configurations of each machine, as
`zokio/model/mutation_judge.py` says. What no claim notices, and is not shown to be equivalent, has
one of these fates:

contradicted  It gives a step another result, or forbids one. The edges of the original were
              replayed on the runtime (`assurance/replay.py`, tests/stateful), so the mutant is no
              specification of it: replay fails, or a trace of the runtime is rejected.
permissive    It only allows more, and only to the environment (actions that are not fair): every
              claim then holds for more than is asked. `spec_survivors.py` has a written reason why
              the environment may.
explained     A claim that says something else of some state and judges no machine otherwise, with
              a written reason in the same file why no machine could be judged otherwise.
open          A claim is missing, or a reason. These are named in the figures.

The score is (killed + contradicted) / (all but equivalent, permissive and explained); the score of
the claims alone is published beside it. Of each specification so many mutants are judged as its
size allows (`STATES_JUDGED`), chosen by a checksum of their names, so that a change of one function
changes no other's. The figures say how many of how many.

    python -m assurance.spec_mutation [--fast]
"""

from __future__ import annotations

import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal
from zlib import crc32

from assurance.command import claims_about, run_as_command
from assurance.count_bar import CountBar
from assurance.spec_survivors import REASONS
from spec import MACHINES
from zokio.model import Mutant, MutantJudge, MutantVerdict, explore, mutants

PROCESSES = 2
SEED = "spec mutation"
STATES_JUDGED = 300_000
"""As many mutants of a specification are judged as its states go into this, and half as many of
its claims."""

FOR_TRACES = ("surroundings", "clockwork", "blocking_runs")
WHY_FOR_TRACES = "adds to another one what recorded runs need"
CHANNELS = ("mpsc", "oneshot", "watch", "broadcast", "rendezvous")
STRUCTURES = (
    "task_start",
    "join_set",
    "as_completed",
    "bounded_map",
    "task_tracker",
    "delay_queue",
    "rate_limiter",
    "interval",
    "cancellation_token",
    "http_connection",
    "dns_cache",
)
WHY_NEW = "its survivors were not gone through yet; bugs are planted in the code that it describes"
LEFT_OUT = {
    **dict.fromkeys(FOR_TRACES, WHY_FOR_TRACES),
    **dict.fromkeys(
        (
            *CHANNELS,
            *STRUCTURES,
            *("tls_stream", "stream_halves", "http_pool", "supervisor", "websocket_close"),
            "virtual_time",
        ),
        WHY_NEW,
    ),
    "lazy_cell": "what it has in common with once_cell is judged there, and that is all but a name",
    "workers": "takes half a minute for a mutant; bugs are planted in it by tests/spec",
}
"""Not judged, with the reason."""

FAST = {"task": 40, "timers": 12}
"""The fast run: so many behaviour mutants of these machines, and half as many of claims."""

WITH_REASON = ("permissive", "explained")

STUCK_S = 300
"""The last resort: no mutant takes so long, whatever else the machine does."""

MUTANTS_MIN = 300
SCORE_MIN_PERCENT = 100
"""Every mutant is noticed, shown to be equivalent, or only allows the environment more."""

Fate = Literal["killed", "equivalent", "contradicted", "permissive", "explained", "open", "broken"]


@dataclass(frozen=True, slots=True)
class Job:
    """One mutant: of which specification, and its place in the list."""

    specification: str
    place: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A mutant with what became of it."""

    job: Job
    verdict: MutantVerdict


class Laboratory:
    """All mutants, and the judges, which every process makes for itself when it needs one.

    Args:
        specifications: Which machines of spec/.
    """

    def __init__(self, specifications: Sequence[str]) -> None:
        self.mutants = {name: mutants(*MACHINES[name]) for name in specifications}
        self.wrong: dict[str, list[tuple[Mutant, MutantVerdict]]] = {}
        self._judges: dict[str, MutantJudge] = {}
        self._states: dict[str, int] = {}

    def jobs(self, *, claims: bool) -> Iterator[Job]:
        """The mutants of claims that are judged, or of all else, in their order."""
        for name, found in self.mutants.items():
            places = [n for n, mutant in enumerate(found) if (mutant.kind == "claim") is claims]
            places.sort(key=lambda n: crc32(f"{name}.{found[n].name}".encode()))
            judged_max = STATES_JUDGED // (self.states(name) * (2 if claims else 1))
            yield from (Job(name, place) for place in sorted(places[:judged_max]))

    def states(self, name: str) -> int:
        """How many states a specification has in all its configurations."""
        if name not in self._states:
            self._states[name] = sum(len(explore(m).states) for m in MACHINES[name])
        return self._states[name]

    def mutant(self, job: Job) -> Mutant:
        """The mutant itself."""
        return self.mutants[job.specification][job.place]

    def name(self, job: Job) -> str:
        """The name with that of the specification."""
        return f"{job.specification}.{self.mutant(job).name}"

    def judge(self, job: Job) -> Judged:
        """Judge one mutant."""
        name = job.specification
        if name not in self._judges:
            self._judges[name] = MutantJudge(MACHINES[name])
        judge, mutant = self._judges[name], self.mutant(job)
        if mutant.kind == "claim":
            return Judged(job, judge.judge_claim(mutant, self.wrong.get(name, [])))
        return Judged(job, judge.judge(mutant))

    def learn(self, judged: Sequence[Judged]) -> None:
        """Keep the wrong machines, by which claims are judged."""
        for each in judged:
            if each.verdict.fate == "killed":
                known = self.wrong.setdefault(each.job.specification, [])
                known.append((self.mutant(each.job), each.verdict))


def measure(*, fast: bool) -> dict[str, object]:
    """Judge the mutants and return the figures.

    Args:
        fast: Judge a sample only; then nothing is said of reasons that are out of date.

    Raises:
        AssertionError: The score is too low, a reason has no survivor, or there are too few
            mutants.
    """
    global _laboratory
    _laboratory = Laboratory(
        list(FAST) if fast else [name for name in MACHINES if name not in LEFT_OUT]
    )
    judged: list[Judged] = []
    for claims in (False, True):
        jobs = list(_laboratory.jobs(claims=claims))
        done = _judged(_sample(jobs, claims=claims) if fast else jobs)
        _laboratory.learn(done)
        judged += done
    figures = _figures(judged)
    with claims_about(figures):
        _require(judged, figures, fast=fast)
    return figures


_laboratory = Laboratory([])


def _sample(jobs: list[Job], *, claims: bool) -> list[Job]:
    random = Random(f"{SEED}, claims {claims}")
    chosen = []
    for name, count in FAST.items():
        own = [job for job in jobs if job.specification == name]
        chosen += random.sample(own, min(len(own), count // 2 if claims else count))
    return sorted(chosen, key=lambda job: (job.specification, job.place))


def _judge(job: Job) -> Judged:
    return _laboratory.judge(job)


def _judged(jobs: Sequence[Job]) -> list[Judged]:
    """Judge in processes that are forked from this one, and so know the laboratory."""
    title = "spec mutants" if not jobs or not _is_claim(jobs[0]) else "spec claim mutants"
    with (
        CountBar(title, len(jobs)) as bar,
        multiprocessing.get_context("fork").Pool(PROCESSES) as pool,
    ):
        found: list[Judged] = []
        answers = pool.imap_unordered(_judge, jobs)
        while len(found) < len(jobs):
            try:
                found.append(answers.next(STUCK_S))
            except multiprocessing.TimeoutError:
                raise AssertionError(f"no mutant was judged in {STUCK_S} seconds") from None
            bar.advance()
    return sorted(found, key=lambda each: jobs.index(each.job))


def _is_claim(job: Job) -> bool:
    return _laboratory.mutant(job).kind == "claim"


def _fate(judged: Judged) -> Fate:
    return fate_of(judged.verdict, reason=REASONS.get(_laboratory.name(judged.job)))


def fate_of(verdict: MutantVerdict, *, reason: str | None = None) -> Fate:
    """The fate of a mutant; that of survivors is divided, as the head of this file says."""
    if verdict.fate != "survived":
        return verdict.fate
    found = verdict.difference
    if found is None:
        return "open" if reason is None else "explained"
    if found.kind != "allowed":
        return "contradicted"
    return "open" if found.fair or reason is None else "permissive"


def _figures(judged: Sequence[Judged]) -> dict[str, object]:
    fates = Counter(map(_fate, judged))
    killers = Counter(_killer(each.verdict) for each in judged if each.verdict.fate == "killed")
    noticed = fates["killed"] + fates["contradicted"]
    wrong = noticed + fates["open"]
    return {
        "seed": SEED,
        "mutants": len(judged) - fates["broken"],
        "fates": dict(sorted(fates.items())),
        "score_percent": round(100 * noticed / max(1, wrong), 1),
        "claims_alone_percent": round(
            100 * fates["killed"] / max(1, len(judged) - fates["broken"] - fates["equivalent"]), 1
        ),
        "killed_by": dict(killers.most_common()),
        "by_specification": {
            name: _of_one(name, [each for each in judged if each.job.specification == name])
            for name in _laboratory.mutants
        },
        "not_judged": LEFT_OUT,
        "survivors": {
            fate: {
                _laboratory.name(each.job): REASONS.get(_laboratory.name(each.job))
                or each.verdict.by
                for each in judged
                if _fate(each) == fate
            }
            for fate in ("contradicted", "permissive", "explained", "open")
        },
    }


def _of_one(name: str, judged: Sequence[Judged]) -> dict[str, int]:
    """The figures of one specification."""
    return {
        "states": _laboratory.states(name),
        "mutants": len(_laboratory.mutants[name]),
        "judged": len(judged),
        **Counter(map(_fate, judged)),
    }


def _killer(verdict: MutantVerdict) -> str:
    """What kind of thing killed it, in a few words."""
    if verdict.refuted:
        return "a claim that fails"
    if verdict.by.startswith("no longer refutes"):
        return "a wrong machine that the weaker claim lets through"
    if verdict.by.startswith("never happens"):
        return "an action that never happens"
    return "an error in a step or a predicate"


def _require(judged: Sequence[Judged], figures: dict[str, object], *, fast: bool) -> None:
    score = figures["score_percent"]
    survivors = figures["survivors"]
    assert isinstance(score, float) and isinstance(survivors, dict)
    missing = "".join(f"\n  {name}: {by}" for name, by in survivors["open"].items())
    assert score >= SCORE_MIN_PERCENT, f"the score is {score} %{missing}"
    if not fast:
        names = {f"{name}.{m.name}" for name, found in _laboratory.mutants.items() for m in found}
        other = {_laboratory.name(each.job) for each in judged if _fate(each) not in WITH_REASON}
        stale = sorted(name for name in REASONS if name in other or name not in names)
        assert not stale, "a reason is given for what is noticed or gone:\n  " + "\n  ".join(stale)
        assert len(judged) >= MUTANTS_MIN, f"only {len(judged)} mutants"


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
