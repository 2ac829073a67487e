"""The page of the assurance case, from the figures that the parts have measured and nothing else.

`page` puts together, in this order: one line for each specification; what holds each property of
each; what was measured, part by part, with the command that measures it again (`page_parts.py`). A
part without figures is said to be missing, and holds nothing. The page states no figure of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assurance.command import DOES_NOT_HOLD
from assurance.page_parts import DETAILS, MEANINGS, TITLES, Figures
from spec import MACHINES
from zokio.model import Claim

HEAD = """<!-- Made by `make assurance`: change assurance/page.py, or what it measures. -->

# The assurance case

What is claimed of zokio's scheduler, what holds each claim, and how strong that is. Every figure on
this page was written by `make assurance`, which measures all of it; the command beside each part
measures that part again. Times are those of one run on one machine.

A **specification** is a small machine in `spec/`: variables, the steps that may happen, and
properties. A property is claimed **always** (in every state) or **eventually** (every fair run
comes to it). The words for what holds a property, from the specification to the code:

- **exhaustive**: it was checked in every reachable state of bounded configurations, a property that
  is claimed eventually on every fair run;
- **any size**: it was proved by induction for any number of tasks, timers and threads;
- **replay**: the real runtime took every edge of the bounded graphs, and was compared after each;
- **stateful**: Hypothesis drives the real runtime by the machine, with the same adapters;
- **traces**: recorded runs of real programs were validated, event by event, as runs of the machine.

The first two are about the specification, the others tie the code to it. What could be missed: a
step of the code that no action stands for, and a property that nobody has claimed. The **mutation**
parts say how often a wrong specification or a wrong runtime is noticed; the **interleavings** and
the **queues** look at threads, which no replay controls.
"""


def page(known: Mapping[str, Figures]) -> str:
    """The whole page, in Markdown."""
    return "\n".join(_lines(known)) + "\n"


def _lines(known: Mapping[str, Figures]) -> Iterator[str]:
    yield HEAD
    seconds = sum(figures.get("wall_seconds", 0) for figures in known.values())
    yield f"{len(known)} of {len(TITLES)} parts were measured, in {seconds / 60:.1f} minutes.\n"
    yield "## The specifications at a glance\n"
    yield from _overview(known)
    yield "## Property by property\n"
    for name in MACHINES:
        yield from _properties(name, known)
    for part, title in TITLES.items():
        yield f"## {title}\n"
        yield MEANINGS[part]
        yield f"\n`python -m assurance.{part}`\n"
        if part in known:
            if DOES_NOT_HOLD in known[part]:
                yield f"**Does not hold:**\n\n```\n{known[part][DOES_NOT_HOLD]}\n```\n"
            yield from _figures(known[part])
            yield from DETAILS[part](known[part])
        else:
            yield "**Not measured in this run.**\n"


def _overview(known: Mapping[str, Figures]) -> Iterator[str]:
    """What was done with each specification; a dash is nothing."""
    yield "| specification | properties | states | any size | edges replayed | events traced |"
    yield "|---|--:|--:|--:|--:|--:|"
    explored = _of(known, "exhaustive", "specifications")
    proved = _of(known, "proofs", "theorems")
    events = _of(known, "traces", "events")
    for name in MACHINES:
        replayed = sum(job["replayed"] for job in _jobs(known) if job["specification"] == name)
        cells = (
            len(_claims(name)),
            explored.get(name, {}).get("states", 0),
            len(proved.get(name, ())),
            replayed,
            events.get(name, 0),
        )
        shown = " | ".join(f"{cell:,}" if cell else "-" for cell in cells)
        yield f"| [{name}](spec/{name}.md) | {shown} |"
    yield ""


def _claims(name: str) -> dict[str, Claim]:
    """What a specification claims of all its runs: neither canaries nor mere possibilities."""
    found: dict[str, Claim] = {}
    for machine in MACHINES[name]:
        found |= machine.claims
    return {
        title: claim
        for title, claim in found.items()
        if claim.canary is None and claim.kind != "sometimes"
    }


def _properties(name: str, known: Mapping[str, Figures]) -> Iterator[str]:
    yield f"### {name} ([specification](spec/{name}.md), `zokio check {name}`)\n"
    yield "| property | claimed | held by |"
    yield "|---|---|---|"
    for title, claim in _claims(name).items():
        held_by = ", ".join(_held_by(name, title, known)) or "**nothing in this run**"
        yield f"| {title.replace('_', ' ')} | {claim.kind} | {held_by} |"
    yield ""


def _held_by(name: str, title: str, known: Mapping[str, Figures]) -> Iterator[str]:
    if name in _of(known, "exhaustive", "specifications"):
        yield "exhaustive"
    if title in _of(known, "proofs", "theorems").get(name, ()):
        yield "any size"
    if name in {job["specification"] for job in _jobs(known)}:
        yield "replay"
        yield "stateful"  # by the same adapters: tests/stateful
    if name in _traced(known):
        yield "traces"


def _of(known: Mapping[str, Figures], part: str, figure: str) -> Figures:
    """A table among the figures of a part; empty if it was not measured."""
    table: Figures = known.get(part, {}).get(figure, {})
    return table


def _jobs(known: Mapping[str, Figures]) -> list[Figures]:
    jobs: list[Figures] = known.get("replay", {}).get("jobs", [])
    return jobs


def _traced(known: Mapping[str, Figures]) -> set[str]:
    """The specifications that recorded runs are validated by."""
    machines = set(_of(known, "traces", "traces"))
    machines |= {"scheduler"} if "surroundings" in machines else set()
    return machines | ({"timers"} if "clockwork" in machines else set())


def _figures(figures: Figures) -> Iterator[str]:
    yield "| figure | |"
    yield "|---|--:|"
    for name, value in figures.items():
        if isinstance(value, int | float):
            yield f"| {name.replace('_', ' ')} | {value:,} |"
    yield ""
