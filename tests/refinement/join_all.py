"""The machine of join, of several branches, on the real runtime."""

from __future__ import annotations

from collections.abc import Coroutine

import zokio
from tests.refinement.branches import BranchesAdapter


class JoinAllAdapter(BranchesAdapter):
    """See the head of this file, and `BranchesAdapter`."""

    async def call(self, branches: list[Coroutine[None, None, str]]) -> tuple[int, ...]:
        return tuple(map(int, await zokio.join(*branches)))
