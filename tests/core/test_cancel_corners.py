"""The corners of the tree of scopes that a program seldom gets into."""

from __future__ import annotations

import pytest

from tests.core.test_cancel import Tree
from tests.core.test_cancel import tree as tree
from zokio.core.cancel import CancelNode
from zokio.core.task_state import DONE, QUEUED


def test_a_new_node_is_open_and_stands_nowhere() -> None:
    node = CancelNode()
    assert not (node.shield or node.cancelled or node.cancel_called)
    assert (node.parent, node.task, node.children, node.members) == (None,) * 4


def test_a_node_may_be_cancelled_before_anybody_enters_it() -> None:
    node = CancelNode()
    node.cancel()
    assert node.cancelled
    node.check_invariants()


def test_a_node_with_nothing_inside_may_be_taken_out(tree: Tree) -> None:
    outer, inner = (tree.enter(task) for task in [tree.task()] * 2)
    inner.take_out()
    assert inner.cancelled and not outer.cancelled and outer.children == {}


def test_a_node_that_was_taken_out_keeps_no_children(tree: Tree) -> None:
    task = tree.task()
    _, middle, _ = (tree.enter(task) for _ in range(3))
    middle.take_out()
    assert middle.children is None
    middle.check_invariants()


def test_what_stood_in_a_cancelled_node_is_free_when_that_is_taken_out(tree: Tree) -> None:
    task = tree.task()
    outer, middle, inner = (tree.enter(task) for _ in range(3))
    middle.cancel()
    assert [inner.cancelled, task.cancel_requested] == [True, True]
    middle.take_out()
    assert [inner.cancelled, task.cancel_requested] == [False, False]
    outer.check_invariants()


def test_removing_what_is_no_member_leaves_the_members(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(member)
    node.remove_member(owner)
    assert node.members == {member: None}


def test_a_node_that_has_not_heard_of_its_parents_end_is_noticed(tree: Tree) -> None:
    task = tree.task()
    outer, inner = tree.enter(task), tree.enter(task)
    outer.cancel()
    inner.cancelled = False
    with pytest.raises(AssertionError, match="not heard"):
        inner.check_invariants()
    with pytest.raises(AssertionError, match="not heard"):
        outer.check_invariants()


def test_a_child_of_somebody_else_is_noticed(tree: Tree) -> None:
    task = tree.task()
    outer, inner = tree.enter(task), tree.enter(task)
    inner.parent = None
    with pytest.raises(AssertionError, match="another parent"):
        outer.check_invariants()


def test_a_member_that_is_done_and_has_stayed_is_noticed(tree: Tree) -> None:
    owner, member = tree.task(), tree.task()
    node = tree.enter(owner)
    node.add_member(member)
    node.check_invariants()
    member.scope = None
    with pytest.raises(AssertionError, match="still in its scope"):
        node.check_invariants()


def test_a_task_in_no_scope_is_not_cancelled(tree: Tree) -> None:
    task = tree.task()
    task.cancel_requested = True
    task.refresh_cancel()
    assert not task.cancel_requested


def test_a_task_that_knows_of_its_cancellation_is_not_told_again(tree: Tree) -> None:
    task = tree.task()
    tree.enter(task).cancel()
    assert tree.told() == [0]
    task.refresh_cancel()
    assert tree.told() == [] and task.cancel_requested


def test_a_task_that_is_done_is_not_cancelled_any_more(tree: Tree) -> None:
    task = tree.task()
    node = tree.enter(task)
    task.state = DONE
    node.cancel()
    assert not task.cancel_requested and task.state is DONE
    task.state = QUEUED


def test_who_leaves_when_its_parent_has_let_go_of_its_children_just_leaves(tree: Tree) -> None:
    task = tree.task()
    outer, inner = tree.enter(task), tree.enter(task)
    outer.children = None
    inner.detach()
    assert inner.parent is None and inner.task is None
