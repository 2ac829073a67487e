"""What happens to every task that waits, whatever it waits for.

Shared by the machines of `zokio.sync`, like the tasks themselves (`waiting.py`).
"""

from __future__ import annotations

from typing import Any

from zokio.model import Machine, action

from .waiting import Tasks


class WaitingSteps(Machine[Any]):
    """The steps that touch nothing but the tasks.

    The state is that of any of these machines, a named tuple with the variable `tasks`. (Any: no
    type says that in Python.)
    """

    @action(writes=("tasks",), reads=("tasks",), fair=False)
    def cancel(self, state: Any, task: int) -> Any:
        """One who waits is cancelled, or one who was told already."""
        return state._replace(tasks=state.tasks.cancel(task))

    @cancel.guard
    def can_cancel(self, state: Any, task: int) -> bool:
        tasks: Tasks = state.tasks
        return tasks.can_cancel(task)

    @action(writes=("tasks",), reads=("tasks",), fair=False)
    def wake_for_no_reason(self, state: Any, task: int) -> Any:
        """Somebody wakes the task, which is polled and waits on."""
        return state

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: Any, task: int) -> bool:
        tasks: Tasks = state.tasks
        return tasks.waits(task)
