"""Planted bugs in the OnceCell."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CELL = "zokio/sync/once_cell.py"

MUTANTS = (
    Mutant(
        name="two_make_the_value",
        file=CELL,
        before="if self._filled or self._maker is not None or self._queue",
        after="if self._filled or self._queue",
        machine="once_cell",
    ),
    Mutant(
        name="a_maker_that_fails_leaves_the_others_waiting",
        file=CELL,
        before="                self._maker = None\n                told = self._settle()",
        after="                self._maker = None\n                told = []",
        machine="once_cell",
    ),
    Mutant(
        name="a_maker_that_is_cancelled_stays_the_maker",
        file=CELL,
        before="        except BaseException:\n            with",
        after="        except Exception:\n            with",
        machine="once_cell",
    ),
    Mutant(
        name="one_that_is_cancelled_takes_its_turn_along",
        file=CELL,
        before="            self._maker = None\n        return self._settle()",
        after="            pass\n        return self._settle()",
        machine="once_cell",
    ),
    Mutant(
        name="the_value_can_be_given_while_it_is_made",
        file=CELL,
        before="not self._filled and self._maker is None and self._queue.first is None",
        after="not self._filled",
        machine="once_cell",
    ),
    Mutant(
        name="a_value_that_is_there_is_made_again_by_who_waited",
        file=CELL,
        before="            return self._queue.grant_all(False)",
        after="            return self._queue.grant_all(True)",
        machine="once_cell",
    ),
)
