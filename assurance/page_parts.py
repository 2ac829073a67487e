"""The parts of the page of the assurance case: title, what the part means, and its tables.

Each function makes the lines of one part from its figures (`assurance/PART.py`), in Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

# Any: what was read from JSON.
Figures = Mapping[str, Any]

TITLES = {
    "checker": "The checker itself: known machines, and SPIN on the same model",
    "exhaustive": "Every reachable state of the specifications",
    "large_machines": "Configurations that are too large for every run of `zokio check`",
    "proofs": "Proofs for any number of tasks, timers and threads",
    "replay": "Every edge of the bounded graphs, taken by the real runtime",
    "traces": "Real runs, validated by the specifications",
    "spec_mutation": "Wrong specifications: do the claims notice?",
    "planted_bugs": "Planted bugs: do the stateful tests notice, and how soon?",
    "runtime_mutation": "A wrong runtime: every small change of the code",
    "workers_mutation": "The same for what several workers share, judged by interleavings",
    "interleavings": "The real code under every interleaving within a bound",
    "queues": "The run queues under real threads: is every history linearizable?",
}

MEANINGS = {
    "checker": """\
Two-phase commit has a known number of states. The checker has to find exactly these, and its
speed is held against that of SPIN, a checker in C, on the same model in the same run.""",
    "exhaustive": """\
Breadth first, and nothing left out: a search that a limit ended would be an error. Each
property has a canary, a wrong property beside it that has to be refuted, and every action has
to happen.""",
    "large_machines": """\
The same for larger bounds, each for as long as there is time here. A search that is `incomplete`
was cut short: nothing was violated in the states that it saw, and nothing is claimed of the others.
`make thorough` explores them all to the end.""",
    "proofs": """\
Inductive proofs with z3 over the methods of `spec/` themselves (`proofs/README.md`): what is
proved holds for any number of tasks, timers and threads. An `unknown` counts as not proved, and
fails. The symbolic twin of every step is compared with the step itself on every explored
transition, wrong twins have to be refuted, and CrossHair examines the pure functions of the
runtime.""",
    "replay": """\
Walks that cover every edge of a specification's graph are forced upon the real runtime, whose
state is compared with the machine's after each step. So the specification says nothing that the
code cannot do. An edge that the runtime need not take is excused, with the reason.""",
    "traces": """\
The examples and short benchmarks run with the trace probe; every recorded event has to be a
step of the machine, to the last one. Traces that were corrupted on purpose, and traces of a
runtime with a planted bug, have to be rejected; where a trace is small the definition itself,
written without any cleverness, says at which event.""",
    "spec_mutation": """\
A specification is changed in one place: a guard dropped or negated, an effect skipped or
reordered, fairness or a property weakened. Each such mutant has to be **killed** (a claim
fails), or shown to be **equivalent** (the same graph, or the same fair runs), or
**contradicted** by the replayed runtime: it forbids, or gives another result to, an edge that
the runtime takes. A **permissive** one only lets the environment do more, with a written reason
why it may. An **explained** one changes a property in some state and judges no machine
otherwise, with the reason. What is **open** fails the run.""",
    "planted_bugs": """\
Bugs of the kind that schedulers have had, each planted in the real code: which stateful test
finds it, after how many seconds of processor time.""",
    "runtime_mutation": """\
Every small change of the code in `core`, `scheduler`, `timers` and `reactor` is judged by the
tests that run the changed lines: first by the stateful tests alone, then by the unit tests of
these folders. Both scores stand here. Every change that survives is listed with a reason.""",
    "workers_mutation": """\
No stateful test drives several workers. Changes of what they share are judged by the unit tests
that run the changed lines, and then by explorations: programs on several workers, under every
schedule with one preemption. A sample, since an exploration takes long.""",
    "interleavings": """\
Programs over the real code, run under every schedule with at most so many preemptions, reduced
by what commutes (`docs/interleavings.md`). `holds` means that none was left out. Races that are
planted in the code have to be found.""",
    "queues": """\
Here nothing controls the threads: what each saw is held against the queue's specification. A
pass says that none of these histories was wrong, and nothing about others; it differs from run
to run.""",
}


def _table(*columns: str) -> Iterator[str]:
    """The head of a table: the first column is text, the others are numbers."""
    yield "| " + " | ".join(columns) + " |"
    yield "|---|" + "--:|" * (len(columns) - 1)


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
    yield "Proved for any size:\n"
    for machine, titles in figures["theorems"].items():
        yield f"- {machine}: {', '.join(title.replace('_', ' ') for title in titles)}"
    yield "\nNot proved for any size, but checked in bounds:\n"
    for machine, reasons in figures["not_proved_for_any_size"].items():
        for title, reason in reasons.items():
            yield f"- {machine}, {title.replace('_', ' ')}: {reason}"
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
    for reason in dict.fromkeys(reason for job in figures["jobs"] for reason in job["excused"]):
        yield f"\nLegal and not obligatory: {reason}"
    yield "\nNot replayed:\n"
    yield from (f"- `{machine}`: {reason}" for machine, reason in figures["not_replayed"].items())
    yield ""


def _spec_mutation(figures: Figures) -> Iterator[str]:
    fates = ("killed", "equivalent", "contradicted", "permissive", "explained", "open")
    yield from _table("specification", "mutants", "judged", *fates)
    for name, each in figures["by_specification"].items():
        cells = " | ".join(f"{each.get(cell, 0):,}" for cell in ("mutants", "judged", *fates))
        yield f"| {name} | {cells} |"
    yield "\nWhere fewer are judged than there are, a checksum of their names chose them."
    yield from (f"Not judged: {name}, which {why}." for name, why in figures["not_judged"].items())
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
    yield from _table("folder", "score")
    yield from (f"| {folder} | {score} |" for folder, score in figures["by folder"].items())
    for file, number in figures["one mutant in"].items():
        yield f"\nOf the mutants of `{file}` one in {number} was judged."
    files = ", ".join(f"`{file}`" for file in figures["files not mutated"])
    yield f"\nNot mutated here, since no stateful test drives several workers: {files}.\n"
    yield from _survivors(figures)


def _workers_mutation(figures: Figures) -> Iterator[str]:
    files = ", ".join(f"`{file}`" for file in figures["files"])
    yield f"{figures['mutants']} of the {figures['of']} mutants of {files}.\n"
    yield from _survivors(figures)


def _survivors(figures: Figures) -> Iterator[str]:
    for test in figures["tests left out, which failed without a mutant"]:
        yield f"Judged nobody, since it failed without a mutant: {test}\n"
    survivors = figures["survivors with reasons"]
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


def _exhaustive(figures: Figures) -> Iterator[str]:
    yield from _table(
        "specification", "configurations", "properties", "states", "transitions", "depth"
    )
    for name, each in figures["specifications"].items():
        yield (
            f"| {name} | {each['configurations']} | {each['properties']} | {each['states']:,} | "
            f"{each['transitions']:,} | {each['depth']} |"
        )
    yield ""


def _large_machines(figures: Figures) -> Iterator[str]:
    yield from _table("configuration", "outcome", "states", "depth", "seconds")
    for name, each in figures["machines"].items():
        yield (
            f"| {name} | {each['outcome']} | {each['states']:,} | {each['depth']} | "
            f"{each['seconds']} |"
        )
    yield ""


def _traces(figures: Figures) -> Iterator[str]:
    yield from _table("specification", "traces", "events, all consumed")
    for name, number in figures["traces"].items():
        yield f"| {name} | {number} | {figures['events'][name]:,} |"
    yield ""
    yield from _table("corruption", "tried", "rejected")
    for kind, (rejected, tried) in figures["corruptions_by_kind"].items():
        yield f"| {kind} | {tried:,} | {rejected:,} |"
    yield "\nThe others happen to be runs of the machine, too. Bugs that no trace need show:\n"
    yield from (f"- {name}: {why}" for name, why in figures["bugs_hidden"].items())
    yield ""


DETAILS: dict[str, Callable[[Figures], Iterator[str]]] = {
    "checker": _checker,
    "exhaustive": _exhaustive,
    "large_machines": _large_machines,
    "proofs": _proofs,
    "replay": _replay,
    "traces": _traces,
    "spec_mutation": _spec_mutation,
    "planted_bugs": _planted_bugs,
    "runtime_mutation": _runtime_mutation,
    "workers_mutation": _workers_mutation,
    "interleavings": _interleavings,
    "queues": _queues,
}
