"""The proofs, measured: theorems, obligations, refuted twins, transitions compared, contracts.

`python -m assurance.proofs` does all of it in two processes; `--fast` proves the task and the
timers only, with their twins, and compares every transition of the one and some of the other.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

from proofs import crosshair
from proofs.any_size import NOT_PROVED, PROVED, SUBJECTS, induction_of, parts, prove, refutation
from proofs.symbolic.differential import Comparison
from proofs.wrong_twins import WRONG
from spec import MACHINES
from zokio.model import Progress, ProgressBar

PROCESSES = 2
FAST = ("task", "timers")
FAST_STRIDE = {"task": 1, "timers": 20}
SHARES = 4
"""Into how many jobs the comparison of one configuration is cut."""

Figures = dict[str, int]
Job = tuple[str, Callable[..., Figures], tuple[object, ...]]


def proved(name: str, part: str) -> Figures:
    """Prove one piece; what is not proved is an error."""
    verdict = prove(name, part)
    left = [f"{each.name}: {answer}" for each, answer in verdict.open]
    assert not left, f"not proved: {'; '.join(left)}"
    return {
        "obligations": verdict.obligations,
        "proved": verdict.proved,
        "proved_without_quantifiers": verdict.grounded,
        "proved_with_quantifiers": verdict.by_z3,
    }


def refuted(number: int) -> Figures:
    """Refute one wrong twin, by a step that was executed."""
    wrong = WRONG[number]
    text = refutation(wrong.subject, wrong.action)
    assert text is not None, f"the wrong twin was not refuted: {wrong.title}"
    return {"wrong_twins_refuted": 1}


def compared(name: str, number: int, share: int, shares: int, stride: int) -> Figures:
    """Compare twins with actions in every state of a share of a configuration."""
    comparison = Comparison(induction_of(name))
    machine = MACHINES[name][number]
    result = comparison.compare(machine, stride * shares, stride * share)
    assert not result.found, f"the twin and the action differ: {result.found[0]}"
    return {
        "states_compared": result.states,
        "transitions_compared": result.transitions,
        "turns_of_loops_compared": result.turns,
        "disabled_steps_compared": result.disabled,
    }


def contract(number: int) -> Figures:
    """One CrossHair contract, and its twin."""
    job = list(crosshair.jobs())[number]
    answer, text = crosshair.analyse(job.contract)
    assert answer is not crosshair.Answer.REFUTED, f"{job.name} is refuted: {text}"
    of_twin, text = crosshair.analyse(job.twin)
    assert of_twin is crosshair.Answer.REFUTED, f"the twin of {job.name} is not refuted: {text}"
    confirmed = answer is crosshair.Answer.CONFIRMED
    return {
        "contracts": 1,
        "contracts_confirmed": int(confirmed),
        "contracts_searched": int(not confirmed),
        "contract_twins_refuted": 1,
    }


def jobs(fast: bool) -> list[Job]:
    """Everything there is to do."""
    names = FAST if fast else tuple(SUBJECTS)
    found: list[Job] = [
        (f"proof of {name}, {part}", proved, (name, part))
        for name, part in parts()
        if name in names
    ]
    found += [
        (f"twin {wrong.title}", refuted, (number,))
        for number, wrong in enumerate(WRONG)
        if wrong.title.split(":")[0] in names
    ]
    for name in names:
        shares, stride = (1, FAST_STRIDE[name]) if fast else (SHARES, 1)
        found += [
            (f"transitions of {name}", compared, (name, number, share, shares, stride))
            for number in range(len(MACHINES[name]))
            for share in range(shares)
        ]
    if not fast:
        found += [
            (f"contract {job.name}", contract, (number,))
            for number, job in enumerate(crosshair.jobs())
        ]
    return found


def measure(*, fast: bool) -> dict[str, object]:
    """The figures of the proofs.

    Args:
        fast: the task and the timers only, and no contracts.

    Raises:
        AssertionError: something was not proved, a wrong twin was not refuted, or a twin differs
            from its action.
    """
    started = perf_counter()
    total: Counter[str] = Counter()
    work = jobs(fast)
    with (
        ProgressBar("proofs") as bar,
        ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool,
    ):
        running = [pool.submit(function, *arguments) for _, function, arguments in work]
        for number, future in enumerate(running, 1):
            total.update(future.result())
            bar(Progress(len(work), len(work) - number, number, perf_counter() - started))
    names = FAST if fast else tuple(SUBJECTS)
    return {
        "theorems": {name: list(PROVED[name]) for name in names},
        "not_proved_for_any_size": {name: NOT_PROVED[name] for name in names},
        "lemmas": sum(len(SUBJECTS[name].claims) - len(PROVED[name]) for name in names),
        "measures": sum(len(SUBJECTS[name].relations) for name in names),
        **total,
        "seconds": round(perf_counter() - started, 1),
    }


def main() -> int:
    """Print the figures as JSON."""
    try:
        print(json.dumps(measure(fast="--fast" in sys.argv[1:]), indent=2))
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
