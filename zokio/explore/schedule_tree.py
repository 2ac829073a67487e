"""The exhaustive search: every schedule within a bound, up to those that cannot be told apart.

It runs an execution, looks which operations raced in it, plans for each race that the later thread
goes first, and goes back to the last step that has something planned. This is dynamic partial-order
reduction (Flanagan and Godefroid, POPL 2005). With a bound on preemptions a plan may be too dear
where the race is and affordable where the thread of the earlier operation was let in, so it is made
there as well (Coons, Musuvathi and McKinley, Bounded Partial-Order Reduction, OOPSLA 2013). A
preemption is a thread that stops though it could go on (Musuvathi and Qadeer, PLDI 2007).

`reduced=False` plans everything at every step: brute force, to compare with.
"""

from __future__ import annotations

from zokio.errors import UsageError
from zokio.explore.execution import Execution
from zokio.explore.races import Races

NOT_THE_SAME = "the program does not do the same when it is run twice"


class Node:
    """A step of the present execution, with what else is to be tried there."""

    __slots__ = ("decision", "done", "last", "operation", "options", "plans", "preemptions")

    def __init__(
        self,
        decision: int,
        options: tuple[int, ...],
        last: int | None,
        preemptions: int,
        operation: str,
    ) -> None:
        self.decision = decision
        self.operation = operation
        self.options = options
        self.last = last
        """The thread that ran before; None for a choice, and when time moved on since."""
        self.preemptions = preemptions
        """How many there were before this step."""
        self.plans = {decision}
        self.done = {decision}

    def cost_of(self, decision: int) -> int:
        """How many preemptions it takes to decide so."""
        last = self.last
        return self.preemptions + (last is not None and decision != last and last in self.options)


class ScheduleTree:
    """A strategy for `World` which `advance` sets on the next schedule.

    Args:
        preemptions: the bound; None for none.
        reduced: whether schedules that cannot be told apart are tried once only.
    """

    def __init__(self, preemptions: int | None, *, reduced: bool = True) -> None:
        self.bound = preemptions
        self.reduced = reduced
        self.was_bounded = False
        """Whether some plan was given up because of the bound."""
        self._path: list[Node] = []
        self._races = Races()
        self._shape = 0

    # The strategy of the present execution: the path as far as it goes, then whoever runs.

    def known(self, step: int) -> tuple[int, tuple[int, ...]] | None:
        """See `Strategy`."""
        if step >= len(self._path):
            return None
        node = self._path[step]
        return node.decision, node.options

    def schedule(self, step: int, runnable: tuple[int, ...], last: int) -> int:
        """See `Strategy`."""
        if step < len(self._path):
            return self._path[step].decision
        return last if last in runnable else runnable[0]

    def choice(self, step: int, count: int) -> int:
        """See `Strategy`."""
        return self._path[step].decision if step < len(self._path) else 0

    # Between two executions.

    def advance(self, execution: Execution) -> bool:
        """Plan by what was seen, and set out for the next schedule; False when all is done."""
        self._grow(execution)
        for step, thread in self._races.found_in(execution, self.bound is not None):
            self._plan(step, thread)
        self._shape = self._races.shape()
        return self._go_back()

    def _grow(self, execution: Execution) -> None:
        path = self._path
        self._must_agree(execution)
        for step in range(len(path), len(execution.who)):
            is_choice = execution.operations[step].is_choice
            is_free = is_choice or step in execution.barriers
            before = path[-1] if path else None
            node = Node(
                execution.decisions[step],
                execution.options[step],
                None if is_free else execution.lasts[step],
                0 if before is None else before.cost_of(before.decision),
                execution.operations[step].verb,
            )
            if is_choice or not self.reduced:
                node.plans.update(node.options)
            path.append(node)

    def _must_agree(self, execution: Execution) -> None:
        """What came before the new decision was done as it was the last time."""
        decided = len(self._path) - 1
        if decided < 0:
            return
        if len(execution.who) <= decided:
            raise UsageError(f"step {decided} is missing this time: {NOT_THE_SAME}")
        before = self._path[decided - 1].operation if decided else ""
        if decided and execution.operations[decided - 1].verb != before:
            raise UsageError(f"step {decided - 1} was `{before}` the last time: {NOT_THE_SAME}")
        self._path[decided].operation = execution.operations[decided].verb

    def _plan(self, step: int, thread: int) -> None:
        """Have `thread` go first at `step`; if it cannot, whoever can: one of them leads to it."""
        node = self._path[step]
        if thread in node.options:
            node.plans.add(thread)
        else:
            node.plans.update(node.options)

    def _go_back(self) -> bool:
        path = self._path
        while path:
            node = path[-1]
            for decision in sorted(node.plans - node.done):
                node.done.add(decision)
                if self.bound is None or node.cost_of(decision) <= self.bound:
                    node.decision = decision
                    self._races.forget_from(len(path) - 1)
                    return True
                self.was_bounded = True
            path.pop()
        return False

    def shape(self) -> int:
        """Of the execution that was followed last: see `Races.shape`."""
        return self._shape

    def planned(self) -> int:
        """How many plans are known to be left; more may come."""
        return sum(len(node.plans) - len(node.done) for node in self._path)
