"""LazyCell: a OnceCell whose value is always made in one way, and cannot be given.

Modelled, and the variables: as in `once_cell.py`.
"""

from __future__ import annotations

from zokio.model import sometimes

from .once_cell import CellMachine, State


class LazyCellMachine(CellMachine):
    """See the head of this file."""

    @sometimes
    def the_value_is_there_before_all_have_heard_of_it(self, state: State) -> bool:
        return state.made == 1 and len(state.tasks.asked) == self.tasks - 1


CONFIGURATIONS = (LazyCellMachine(tasks=3),)
