"""The score of a specification: how many of its mutants its own claims notice.

    report = mutation_report(Lock(processes=2))
    print(report.text())

A survivor is a machine that does something else, of which every claim says what it says of the
original: either a claim is missing, or the difference is one that nobody cares about. Mutants
shown to be equivalent count as neither killed nor alive, and so do broken ones. The work is done
in this process and takes as long as some hundred checks of the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from zokio.model.mutation import Mutant, mutants
from zokio.model.mutation_judge import Fate, MutantJudge, MutantVerdict
from zokio.model.mutation_targets import AnyMachine


@dataclass(frozen=True, slots=True)
class MutationReport:
    """What became of each mutant, in the order of `mutants`."""

    verdicts: tuple[tuple[Mutant, MutantVerdict], ...]

    def count(self, fate: Fate) -> int:
        """How many mutants had this fate."""
        return sum(verdict.fate == fate for _, verdict in self.verdicts)

    @property
    def score(self) -> float:
        """The killed ones among all that could be killed, from 0 to 1."""
        killed, survived = self.count("killed"), self.count("survived")
        return killed / (killed + survived) if killed or survived else 1.0

    @property
    def survivors(self) -> list[Mutant]:
        """The mutants that no claim notices."""
        return [mutant for mutant, verdict in self.verdicts if verdict.fate == "survived"]

    def text(self) -> str:
        """Return the report as lines for people, with the survivors."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield (
            f"{len(self.verdicts) - self.count('broken')} mutants: {self.count('killed')} killed, "
            f"{self.count('equivalent')} equivalent, {self.count('survived')} survived; "
            f"score {100 * self.score:.1f} %"
        )
        for mutant, verdict in self.verdicts:
            if verdict.fate == "survived":
                yield f"  survived: {mutant.name} ({verdict.by})"


def mutation_report(
    *machines: AnyMachine, progress: Callable[[int, int], None] | None = None
) -> MutationReport:
    """Judge every mutant of some configurations of one specification.

    Args:
        machines: Bounded configurations which hold; the small ones decide most.
        progress: Called after each mutant with how many are judged, and how many there are.

    Raises:
        ModelError: A machine does not hold, or its source cannot be read.
    """
    judge = MutantJudge(machines)
    found = mutants(*machines)
    verdicts: list[tuple[Mutant, MutantVerdict]] = []
    for mutant in found:  # those of claims come last, and are judged by those before
        verdicts.append((mutant, _judged(judge, mutant, verdicts)))
        if progress is not None:
            progress(len(verdicts), len(found))
    return MutationReport(tuple(verdicts))


def _judged(
    judge: MutantJudge, mutant: Mutant, before: Sequence[tuple[Mutant, MutantVerdict]]
) -> MutantVerdict:
    if mutant.kind != "claim":
        return judge.judge(mutant)
    return judge.judge_claim(mutant, [each for each in before if each[0].kind != "claim"])
