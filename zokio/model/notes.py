"""What a function of the state has read and written of it, while it is shown a stand-in.

It is data, filled by `tracking.py` (what is read) and `observation.py` (what is written).
"""

from __future__ import annotations

from zokio.model.packing import Cell, Variable


class Notes(dict["Cell | Variable", None]):
    """What was read: cells, and variables that were looked at as a whole, in the order of reading.

    Attributes:
        coarse: Whether only the state has a stand-in, so that variables are read as wholes.
        read: The numbers of the variables that were read, when reading is over.
        backwards: Whether split sets are gone through in the order in which they are not: what
            then changes hangs on that order.
        blind: What was written and not read, with the patterns that were written.
    """

    __slots__ = ("backwards", "blind", "coarse", "read")

    def __init__(self, coarse: bool = False) -> None:
        self.coarse = coarse
        self.backwards = True
        self.read: set[int] = set()
        self.blind: dict[Cell | Variable, int] = {}

    def end_reading(self) -> None:
        """What is noted from here on was written."""
        self.read = {part.place for part in self}
