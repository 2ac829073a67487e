"""The model checker against SPIN: two-phase commit, the same states, states a second, memory.

    python -m assurance.checker [--fast]

Both search the same protocol in turns on this machine. It guarantees the numbers of states, which
are published; how fast each is, and their ratio, are figures of this run and no claims: other work
on the machine makes both slower. Seconds are of processor time. Where SPIN or a C compiler is
missing, the figures say so, and there is no comparison.

It needs one processor and about a minute (`--fast`: ten seconds).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from assurance import spin
from tests.model.machines.two_phase import TwoPhase
from zokio.model import ProgressBar, explore

STATES = {3: 288, 5: 8_832, 7: 296_448}  # by resource managers, as published for TwoPhase.tla
TRANSITIONS = {3: 1_145, 5: 58_145, 7: 2_744_705}
GOAL = 400_000  # states a second with 7 managers


def measure(*, fast: bool) -> dict[str, object]:
    """Search with 3, 5 and 7 managers and compare.

    Args:
        fast: One round, and two for the largest; else seven rounds.

    Raises:
        AssertionError: A search found another number of states or transitions.
    """
    rounds = 2 if fast else 7
    figures = {str(managers): _compare(managers, rounds) for managers in STATES}
    return {
        "model": "two-phase commit",
        "states_per_s_goal": GOAL,
        "spin": "compared" if spin.is_installed() else "spin not installed",
        "managers": figures,
    }


def _compare(managers: int, rounds: int) -> dict[str, object]:
    with TemporaryDirectory() as folder:
        pan = spin.verifier(managers, Path(folder)) if spin.is_installed() else None
        ours, theirs = [], []
        memory = memory_of_spin = 0
        for _ in range(rounds):
            seconds, memory = _search(managers)
            ours.append(STATES[managers] / seconds)
            if pan is not None:
                run = spin.search(pan)
                # SPIN counts the way into its first state as a transition.
                found = (run.states, run.transitions - 1)
                _require("SPIN", managers, *found)
                theirs.append(run.states / max(run.seconds, 1e-3))
                memory_of_spin = run.memory
    figures: dict[str, object] = {
        "states": STATES[managers],
        "transitions": TRANSITIONS[managers],
        "rounds": rounds,
        "states_per_s": round(median(ours)),
        "states_per_s_best": round(max(ours)),
        "bytes_per_state": round(memory / STATES[managers], 1),
    }
    if theirs:
        figures |= {
            "spin_states_per_s": round(median(theirs)),
            "spin_states_per_s_best": round(max(theirs)),
            "spin_bytes_per_state": round(memory_of_spin / STATES[managers], 1),
            "ratio": round(median(ours) / median(theirs), 2),
        }
    return figures


def _search(managers: int) -> tuple[float, int]:
    """Return the seconds and the bytes of one search."""
    machine = TwoPhase(managers=managers)
    with ProgressBar(f"two-phase commit, {managers} managers") as bar:
        started = process_time()
        graph = explore(machine, progress=bar)
        seconds = process_time() - started
    _require("zokio", managers, len(graph.states), sum(graph.fired))
    return seconds, graph.memory


def _require(who: str, managers: int, states: int, transitions: int) -> None:
    expected = (STATES[managers], TRANSITIONS[managers])
    assert (states, transitions) == expected, (
        f"{who} with {managers} managers: {states:,} states and {transitions:,} transitions, "
        f"expected {expected[0]:,} and {expected[1]:,}"
    )


def main(arguments: list[str]) -> int:
    """Print the figures as JSON; 1 when a number of states is wrong."""
    try:
        print(json.dumps(measure(fast="--fast" in arguments), indent=2))
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
