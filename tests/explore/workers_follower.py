"""Follows explored schedules of the real workers through their machine, one step after another.

A listener for `explore`: each operation on what the workers share is an action of
`FollowedWorkers` (`workers_machine.py`), found from what is touched, what is done to it, and the
label at the line (`workers_signs.py`, `workers_steps.py`). Where the code leaves open which action
it is, every possible state is kept (`workers_beliefs.py`). After each such operation the real
queues, the idle states, the tokens and the reactor's lock are compared with the machine's. The
first step which no state allows, and the first difference, is a violation.

What is local to a thread (its hand, what it is about to push) has no step of its own: it is the
machine's alone, and shows in the steps that follow.
"""

from __future__ import annotations

from typing import Any

from tests.explore.workers_beliefs import Node, WorkersBeliefs
from tests.explore.workers_signs import WorkersSigns
from tests.explore.workers_world import Scene
from zokio.explore import Happening


class WorkersFollower:
    """See the head of the file. It begins when a program's scene is set.

    Args:
        beliefs: What other executions have found out, and this one finds out for the next.
    """

    steps = 0
    """Operations on what the workers share, in all executions."""

    def __init__(self, beliefs: WorkersBeliefs) -> None:
        self.beliefs = beliefs
        self.runtime: Any = None  # Any: the runtime with workers, if this tree has one
        self.signs: WorkersSigns | None = None
        self.node: Node | None = None
        Scene.watch = self

    def __call__(self, happening: Happening) -> None:
        """A step is about to be taken: those before it have been."""
        if self.runtime is None:
            return
        if self.signs is None or self.node is None:
            self.signs = signs = WorkersSigns(self.runtime)
            self.node = self.beliefs.at_rest(signs.workers, signs.tasks, signs.holder())
        if self.signs.touched:
            self.node = self.beliefs.look(self.node, self.signs.look())
            if self.node.is_over:
                self.runtime = None  # what follows is done by one thread alone
                return
        sign = self.signs.sign_of(happening)
        if sign is not None:
            self.node = self.beliefs.step(self.node, sign)
            WorkersFollower.steps += 1
