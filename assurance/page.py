"""The page of the assurance case, from the figures that the parts have measured and nothing else.

`page` puts together, in this order: what holds each property of each specification; what was
measured, part by part, with the command that measures it again; what was found wanting. A part
without figures is said to be missing. The page states no figure of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from spec import MACHINES
from zokio.model import Claim

# Any: what was read from JSON.
Figures = Mapping[str, Any]

TITLES = {
    "checker": "The checker itself: known machines, and SPIN on the same model",
    "large_machines": "Configurations that are too large for every run of `zokio check`",
    "proofs": "Proofs for any number of tasks, timers and threads",
    "replay": "Every edge of the bounded graphs, taken by the real runtime",
    "traces": "Real runs, validated by the specifications",
    "spec_mutation": "Wrong specifications: do the claims notice?",
    "planted_bugs": "Planted bugs: do the stateful tests notice, and how soon?",
    "queues": "The run queues under real threads: is every history linearizable?",
    "runtime_mutation": "A wrong runtime: every small change of the code",
    "interleavings": "The real code under every interleaving within a bound",
}

HEAD = """<!-- Made by `make assurance`: change assurance/page.py, or what it measures. -->

# The assurance case

What is claimed of zokio's scheduler, what holds each claim, and how strong that is. Every figure on
this page was written by `make assurance`, which measures all of it again; each part can be measured
by itself with the command beside it. Times are those of one run on one machine.

The words:

- **exhaustive**: every reachable state of bounded configurations, and every run for progress;
- **any size**: an inductive proof for any number of tasks, timers and threads;
- **replay**: every edge of the bounded graphs was taken by the real runtime, and compared;
- **stateful**: Hypothesis drives the real runtime by the machine, comparing after every step;
- **traces**: recorded runs of programs are runs of the machine.

`any size` is about the specification, `replay`, `stateful` and `traces` tie the code to it. A step
of the code that no action stands for is seen by none of them.
"""


def page(known: Mapping[str, Figures]) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(known)) + "\n"


def _lines(known: Mapping[str, Figures]) -> Iterator[str]:
    yield HEAD
    yield "## Property by property\n"
    for name in MACHINES:
        yield from _properties(name, known)
    for part, title in TITLES.items():
        yield f"## {title}\n"
        yield f"`python -m assurance.{part}`\n"
        if part in known:
            yield from _figures(known[part])
            yield from DETAILS.get(part, _nothing)(known[part])
        else:
            yield "**Not measured in this run.**\n"


def _properties(name: str, known: Mapping[str, Figures]) -> Iterator[str]:
    claims: dict[str, Claim] = {}
    for machine in MACHINES[name]:
        claims |= machine.claims
    yield f"### {name} ([specification](spec/{name}.md))\n"
    yield "| property | kind | held by |"
    yield "|---|---|---|"
    for title, claim in claims.items():
        if claim.canary is None and claim.kind != "sometimes":
            yield f"| {title} | {claim.kind} | {', '.join(_held_by(name, title, known))} |"
    yield ""


def _held_by(name: str, title: str, known: Mapping[str, Figures]) -> Iterator[str]:
    yield "exhaustive"
    if title in known.get("proofs", {}).get("theorems", {}).get(name, ()):
        yield "any size"
    if name in {job["specification"] for job in known.get("replay", {}).get("jobs", ())}:
        yield "replay"
        yield "stateful"  # by the same adapters: tests/stateful
    if name in _traced(known):
        yield "traces"


def _traced(known: Mapping[str, Figures]) -> set[str]:
    """The specifications that recorded runs are validated by."""
    machines = set(known.get("traces", {}).get("traces", {}))
    return machines | ({"scheduler"} if "surroundings" in machines else set())


def _figures(figures: Figures) -> Iterator[str]:
    yield "| figure | |"
    yield "|---|--:|"
    for name, value in figures.items():
        if isinstance(value, int | float):
            yield f"| {name.replace('_', ' ')} | {value:,} |"
    yield ""


def _nothing(_: Figures) -> Iterator[str]:
    yield from ()


def _checker(figures: Figures) -> Iterator[str]:
    yield "| managers | states | states/s | SPIN, states/s | ratio | bytes a state | SPIN |"
    yield "|--:|--:|--:|--:|--:|--:|--:|"
    for managers, each in figures["managers"].items():
        spin = f"{each['spin_states_per_s']:,}" if "ratio" in each else figures["spin"]
        yield (
            f"| {managers} | {each['states']:,} | {each['states_per_s']:,} | {spin} | "
            f"{each.get('ratio', '')} | {each['bytes_per_state']} | "
            f"{each.get('spin_bytes_per_state', '')} |"
        )
    yield f"\nThe goal is {figures['states_per_s_goal']:,} states/s, and to be level with SPIN.\n"


def _proofs(figures: Figures) -> Iterator[str]:
    yield "Not proved for any size, but checked in bounds:\n"
    for machine, reasons in figures["not_proved_for_any_size"].items():
        for title, reason in reasons.items():
            yield f"- {machine}, {title}: {reason}"
    yield ""


def _replay(figures: Figures) -> Iterator[str]:
    yield "| specification | over | edges | replayed | excused | behind these | steps |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for job in figures["jobs"]:
        excused = sum(job["excused"].values())
        yield (
            f"| {job['specification']} | {job['over']} | {job['edges']:,} | {job['replayed']:,} | "
            f"{excused:,} | {job['behind']:,} | {job['steps']:,} |"
        )
    for reason in {reason for job in figures["jobs"] for reason in job["excused"]}:
        yield f"\nLegal and not obligatory: {reason}"
    yield ""


def _spec_mutation(figures: Figures) -> Iterator[str]:
    yield "Of the mutants: " + ", ".join(f"{each} {n:,}" for each, n in figures["fates"].items())
    yield ""
    for fate, survivors in figures["survivors"].items():
        if survivors:
            yield f"<details><summary>{fate}: {len(survivors)}</summary>\n"
            yield from (
                f"- `{name}`" + (f": {why}" if why else "") for name, why in survivors.items()
            )
            yield "\n</details>\n"


def _planted_bugs(figures: Figures) -> Iterator[str]:
    yield "| planted bug | caught by | seconds |"
    yield "|---|---|--:|"
    for name, bug in figures["found"].items():
        test = bug["test"].removeprefix("tests/stateful/")
        yield f"| {name} | {test or bug['outcome']} | {bug['seconds']:.2f} |"
    yield ""


def _queues(figures: Figures) -> Iterator[str]:
    tested = " and ".join(f"`{name}`" for name in figures["under test"])
    yield f"Under test: {tested}; the threads ran {figures['threads']}.\n"
    yield "| broken queue | found in history number |"
    yield "|---|--:|"
    for name, rounds in figures["rounds until a broken queue was found"].items():
        yield f"| {name} | {rounds:,} |"
    yield ""


def _runtime_mutation(figures: Figures) -> Iterator[str]:
    survivors = figures["survivors with reasons"]
    files = ", ".join(f"`{file}`" for file in figures["files not mutated"])
    yield f"Not mutated, since no stateful test drives several workers: {files}.\n"
    yield f"<details><summary>The {len(survivors)} survivors, each with its reason</summary>\n"
    yield from (f"- `{each['mutant']}`: {each['reason']}" for each in survivors)
    yield "\n</details>\n"


def _interleavings(figures: Figures) -> Iterator[str]:
    yield "| program | outcome | preemptions | schedules | distinct | steps | seconds |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for name, each in figures["programs"].items():
        yield (
            f"| {name} | {each['outcome']} | {each['preemptions']} | {each['schedules']:,} | "
            f"{each['distinct']:,} | {each['steps_max']:,} | {each['seconds']} |"
        )
    yield "\n| planted race | preemptions | schedules | seconds |"
    yield "|---|--:|--:|--:|"
    for name, each in figures["races"].items():
        yield f"| {name} | {each['preemptions']} | {each['schedules']:,} | {each['seconds']} |"
    yield ""


DETAILS = {
    "checker": _checker,
    "proofs": _proofs,
    "replay": _replay,
    "spec_mutation": _spec_mutation,
    "planted_bugs": _planted_bugs,
    "queues": _queues,
    "runtime_mutation": _runtime_mutation,
    "interleavings": _interleavings,
}
