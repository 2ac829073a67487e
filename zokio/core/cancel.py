"""The tree of cancel scopes: who is cancelled, and who has to be told.

A scope is cancelled when `cancel` was called on it, or when its parent is cancelled and it has no
shield. A task stands in its innermost scope. Whenever a scope becomes cancelled, or stops being so
through a shield, every task below it is refreshed: a cancelled task is woken, and the scheduler
raises `Cancelled` at its suspension point, again at each one until it has left the scope.

Guarantees: `cancelled` is always what the rule above says (`check_invariants`), tasks are told in
the order in which they came. It knows neither deadlines nor `with` blocks: that is `CancelScope`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zokio.core.task import Task


class CancelNode:
    """One scope in the tree. It belongs to the thread of the tasks below it."""

    __slots__ = ("_shield", "cancel_called", "cancelled", "children", "members", "parent", "task")

    def __init__(self, shield: bool = False) -> None:
        self.parent: CancelNode | None = None
        self.task: Task | None = None
        """The task that is inside the scope, while it is inside."""
        self._shield = shield
        self.cancel_called = False
        self.cancelled = False
        # Dictionaries as ordered sets, made when needed.
        self.children: dict[CancelNode, None] | None = None
        self.members: dict[Task, None] | None = None
        """Tasks that were spawned into the scope."""

    @property
    def shield(self) -> bool:
        """Whether the scope keeps its parent's cancellation out."""
        return self._shield

    @shield.setter
    def shield(self, shield: bool) -> None:
        self._shield = shield
        self.update()

    def attach(self, parent: CancelNode | None, task: Task) -> None:
        """`task`, which stands in `parent`, enters this scope."""
        self.parent = parent
        self.task = task
        if parent is not None:
            if parent.children is None:
                parent.children = {}
            parent.children[self] = None
        outer_cancelled = self.outer_cancelled()
        self.cancelled = self.cancel_called or outer_cancelled

    def detach(self) -> None:
        """The task has left this scope."""
        parent = self.parent
        if parent is not None and parent.children is not None:
            parent.children.pop(self, None)
        self.parent = self.task = None

    def take_out(self) -> None:
        """This scope ends before the ones inside it, which then stand in its parent."""
        parent, inside = self.parent, list(self.children or ())
        siblings = None if parent is None else parent.children
        self.children = None
        self.detach()
        for child in inside:
            child.parent = parent
            if siblings is not None:
                siblings[child] = None
            child.update()
        self.cancel()  # members without a scope of their own: their block has ended

    def add_member(self, task: Task) -> None:
        """A task that has not begun is spawned into this scope."""
        if self.members is None:
            self.members = {}
        self.members[task] = None
        task.scope = self
        task.refresh_cancel()

    def remove_member(self, task: Task) -> None:
        """The member is done."""
        if self.members is not None:
            self.members.pop(task, None)

    def move_member(self, task: Task, to: CancelNode) -> None:
        """The living member goes over to another scope, with all the scopes that it is in."""
        self.remove_member(task)
        if to.members is None:
            to.members = {}
        to.members[task] = None
        root = task.root
        if root is None:
            task.scope = to
            task.refresh_cancel()
            return
        was_cancelled = root.cancelled
        root.detach()
        root.attach(to, task)
        root.cancelled = was_cancelled  # so that `update` tells those below of a change
        root.update()

    def cancel(self) -> None:
        """Cancel the scope. Once; again it does nothing."""
        if not self.cancel_called:
            self.cancel_called = True
            self.update()

    def update(self) -> None:
        """Carry a change of this scope to the scopes and tasks below."""
        tasks: dict[Task, None] = {}
        changed = deque([self])
        while changed:
            node = changed.popleft()
            outer_cancelled = node.outer_cancelled()
            # Looked at last, and without a call in between: a finalizer may cancel meanwhile.
            cancelled = node.cancel_called or outer_cancelled
            if cancelled is not node.cancelled:
                node.cancelled = cancelled
                changed.extend(node.children or ())
                if node.task is not None:
                    tasks[node.task] = None
                tasks.update(node.members or ())
        for task in tasks:
            task.refresh_cancel()

    def outer_cancelled(self) -> bool:
        """Whether a cancellation from outside this scope reaches into it."""
        return not self._shield and self.parent is not None and self.parent.cancelled

    def _is_cancelled(self) -> bool:
        return self.cancel_called or self.outer_cancelled()

    def check_invariants(self) -> None:
        """Assert what must hold between this scope, its parent and its children."""
        assert self.cancelled is self._is_cancelled(), f"{self} has not heard of a cancellation"
        for child in self.children or ():
            assert child.parent is self, f"{child} has another parent than {self}"
            child.check_invariants()
        for member in self.members or ():
            assert member.scope is not None, f"{member} is done and still in its scope"
