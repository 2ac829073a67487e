"""The machine of select on the real runtime; the lot is drawn as the machine says."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from unittest.mock import patch

import zokio
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.branches import BranchesAdapter
from zokio.runtime import combine


class SelectAdapter(BranchesAdapter):
    """See the head of this file, and `BranchesAdapter`."""

    def __init__(
        self,
        make_reactor: Callable[[], VirtualReactor],
        branches: int,
        *,
        biased: bool,
        aborts: bool = False,
    ) -> None:
        super().__init__(make_reactor, branches, aborts=aborts)
        self._biased = biased

    async def call(self, branches: list[Coroutine[None, None, str]]) -> tuple[int, ...]:
        position, value = await zokio.select(*branches, biased=self._biased)
        assert value == str(position)
        return (position,)

    def take(self, branch: int) -> None:
        over = [each for each, actor in enumerate(self.actors) if actor.outcome is not None]

        def draw(label: str, count: int) -> int:
            assert (label, count, self._biased) == ("select", len(over), False)
            return over.index(branch)

        with patch.object(combine, "choose", draw):
            self.poll_owner()
