"""Planted bugs in the LazyCell."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CELL = "zokio/sync/once_cell.py"

MUTANTS = (
    Mutant(
        name="who_asks_makes_a_value_of_its_own",
        file=CELL,
        before="        return await self._cell.get_or_init(self._make)",
        after="        return await self._make()",
        machine="lazy_cell",
    ),
    Mutant(
        name="who_comes_while_it_is_made_finds_another_cell",
        file=CELL,
        before="        return await self._cell.get_or_init(self._make)",
        after="        cell, self._cell = self._cell, OnceCell()\n"
        "        try:\n            return await cell.get_or_init(self._make)\n"
        "        finally:\n            self._cell = cell",
        machine="lazy_cell",
    ),
    Mutant(
        name="who_awaits_the_cell_itself_makes_its_own",
        file=CELL,
        before="        return self.get().__await__()",
        after="        return self._make().__await__()",
        machine="lazy_cell",
    ),
    Mutant(
        name="a_cell_that_was_asked_seems_to_be_set",
        file=CELL,
        before="        return self._cell.is_set()",
        after="        return self._cell._maker is not None or self._cell.is_set()",
        machine="lazy_cell",
    ),
    Mutant(
        name="a_maker_that_is_cancelled_stays_the_maker",
        file=CELL,
        before="        except BaseException:\n            with",
        after="        except Exception:\n            with",
        machine="lazy_cell",
    ),
)
