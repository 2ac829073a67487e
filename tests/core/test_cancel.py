"""The tree of scopes by itself: who is cancelled, and which tasks are told in which order."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context

import pytest

from zokio.core.cancel import CancelNode
from zokio.core.run_queue import RunQueue
from zokio.core.task import Task, TaskId
from zokio.core.task_state import IDLE
from zokio.runtime.awaitable import as_coroutine


async def nothing() -> None:
    """A coroutine that is never run."""


class Tree:
    """Idle tasks and nodes around them."""

    def __init__(self) -> None:
        self.queue = RunQueue(lambda: None)
        self.tasks: list[Task] = []

    def task(self) -> Task:
        number = TaskId(len(self.tasks))
        task = Task(
            as_coroutine(nothing(), "test"), self.queue, copy_context(), number, f"task {number}"
        )
        task.state = IDLE
        self.tasks.append(task)
        return task

    def enter(self, task: Task, *, shield: bool = False) -> CancelNode:
        """`task` enters a new node, as a `with` block does it."""
        task.own_root()
        node = CancelNode(shield)
        node.attach(task.scope, task)
        task.scope = node
        return node

    def told(self) -> list[int]:
        """The tasks in the run queue, which is then empty."""
        numbers = [int(task.id) for task in self.queue.ready]
        self.queue.ready.clear()
        for task in self.tasks:
            task.state = IDLE
        return numbers

    def close(self) -> None:
        for task in self.tasks:
            assert task.coroutine is not None
            task.coroutine.close()


@pytest.fixture
def tree() -> Iterator[Tree]:
    made = Tree()
    yield made
    made.close()


def test_a_cancelled_node_tells_its_task_once(tree: Tree) -> None:
    node = tree.enter(tree.task())
    node.cancel()
    assert node.cancelled and tree.told() == [0]
    node.cancel()
    assert tree.told() == []


def test_a_cancellation_reaches_every_node_inside(tree: Tree) -> None:
    task = tree.task()
    outer, middle, inner = (tree.enter(task) for _ in range(3))
    middle.cancel()
    assert not outer.cancelled and middle.cancelled and inner.cancelled
    assert task.cancel_requested


def test_a_shield_keeps_it_from_the_nodes_inside(tree: Tree) -> None:
    task = tree.task()
    outer, shield = tree.enter(task), tree.enter(task, shield=True)
    inner = tree.enter(task)
    outer.cancel()
    assert outer.cancelled and not shield.cancelled and not inner.cancelled
    assert not task.cancel_requested and tree.told() == []


def test_a_shield_that_is_dropped_lets_it_in_and_raised_keeps_it_out_again(tree: Tree) -> None:
    task = tree.task()
    outer, node = tree.enter(task), tree.enter(task, shield=True)
    outer.cancel()
    node.shield = False
    assert task.cancel_requested and tree.told() == [0]
    node.shield = True
    assert tree.told() == [] and not task.cancel_requested


def test_a_shield_does_not_protect_from_its_own_cancellation(tree: Tree) -> None:
    task = tree.task()
    node = tree.enter(task, shield=True)
    node.cancel()
    assert node.cancelled and not node.outer_cancelled() and task.cancel_requested


def test_a_node_that_is_entered_inside_a_cancelled_one_is_cancelled(tree: Tree) -> None:
    task = tree.task()
    tree.enter(task).cancel()
    assert tree.enter(task).cancelled


def test_members_are_told_after_the_owner_in_the_order_of_their_coming(tree: Tree) -> None:
    owner, first, second = tree.task(), tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(second)
    node.add_member(first)
    node.cancel()
    assert tree.told() == [owner.id, second.id, first.id]


def test_a_member_that_has_its_own_scopes_is_told_once(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(member)
    inner = tree.enter(member)
    node.cancel()
    assert inner.cancelled and tree.told() == [owner.id, member.id]


def test_a_member_is_cancelled_at_once_in_a_cancelled_node(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.cancel()
    node.add_member(member)
    assert member.cancel_requested


def test_a_member_that_has_gone_is_told_no_more(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(member)
    node.remove_member(member)
    node.cancel()
    assert tree.told() == [owner.id]


@pytest.mark.parametrize("has_scopes", [False, True])
def test_a_member_that_went_over_hears_of_its_new_node_alone(tree: Tree, has_scopes: bool) -> None:
    old, new, member = CancelNode(), CancelNode(), tree.task()
    old.add_member(member)
    if has_scopes:
        tree.enter(member)
    old.move_member(member, new)
    old.cancel()
    assert not member.cancel_requested and not old.children
    new.cancel()
    assert member.cancel_requested


def test_removing_what_is_no_member_does_nothing(tree: Tree) -> None:
    node = tree.enter(tree.task())
    node.remove_member(tree.tasks[0])
    node.check_invariants()


def test_a_node_that_was_left_is_reached_no_more(tree: Tree) -> None:
    task = tree.task()
    outer, inner = tree.enter(task), tree.enter(task)
    task.scope = outer
    inner.detach()
    outer.cancel()
    assert not inner.cancelled and inner.parent is None and inner.task is None
    inner.detach()  # again it does nothing


def test_what_is_inside_a_node_that_is_taken_out_stands_in_its_parent(tree: Tree) -> None:
    task = tree.task()
    outer, middle, inner = (tree.enter(task) for _ in range(3))
    middle.take_out()
    assert inner.parent is outer and middle.cancelled and not inner.cancelled
    outer.check_invariants()
    outer.cancel()
    assert inner.cancelled


def test_a_node_taken_out_of_the_top_leaves_the_inner_ones_without_a_parent(tree: Tree) -> None:
    task = tree.task()
    tree.enter(task)
    assert task.root is not None
    inner = task.scope
    assert inner is not None
    task.root.take_out()
    assert inner.parent is None and not inner.cancelled


def test_an_abort_cancels_everything_but_what_is_shielded(tree: Tree) -> None:
    free, shielded = tree.task(), tree.task()
    inner = tree.enter(free)
    tree.enter(shielded, shield=True)
    free.abort()
    shielded.abort()
    assert inner.cancelled and tree.told() == [free.id]


def test_nodes_nested_thousands_deep_are_cancelled_without_recursion(tree: Tree) -> None:
    task = tree.task()
    nodes = [tree.enter(task) for _ in range(5_000)]
    nodes[0].cancel()
    assert nodes[-1].cancelled


def test_the_invariants_notice_a_node_that_has_not_heard(tree: Tree) -> None:
    node = tree.enter(tree.task())
    node.cancel_called = True
    with pytest.raises(AssertionError, match="has not heard of a cancellation"):
        node.check_invariants()


def test_the_invariants_notice_a_child_of_another_parent(tree: Tree) -> None:
    task = tree.task()
    outer, inner = tree.enter(task), tree.enter(task)
    inner.parent = None
    with pytest.raises(AssertionError, match="has another parent"):
        outer.check_invariants()


def test_the_invariants_notice_a_member_that_is_done(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(member)
    member.scope = None
    with pytest.raises(AssertionError, match="is done and still in its scope"):
        node.check_invariants()
