"""The line between a child and its parent, when the other side goes away in the middle."""

from __future__ import annotations

import socket

import zokio
from zokio.supervisor.children import tell_parent
from zokio.sync import Event


async def told_to_parent(parent: socket.socket, descriptor: int, *, up: bool) -> bool:
    """Tell the parent, whose end this is; whether the child is stopped before that has gone."""
    stop, is_up = zokio.CancellationToken(), Event()
    if up:
        is_up.set()
    async with zokio.TaskGroup() as group:
        group.spawn(tell_parent(descriptor, is_up, stop))
        for _ in range(10):
            await zokio.yield_now()
        was_stopped = stop.is_cancelled()
        parent.close()
    assert stop.is_cancelled()
    return was_stopped


def test_a_child_that_is_not_up_says_nothing_and_ends_with_its_parent() -> None:
    ours, theirs = socket.socketpair()
    assert not zokio.run(told_to_parent(ours, theirs.detach(), up=False))


def test_a_parent_that_does_not_listen_is_no_reason_to_end() -> None:
    ours, theirs = socket.socketpair()
    ours.shutdown(socket.SHUT_RD)
    assert not zokio.run(told_to_parent(ours, theirs.detach(), up=True))


def test_a_parent_that_is_gone_with_the_word_unread_ends_the_child() -> None:
    ours, theirs = socket.socketpair()
    theirs.send(b"unread")  # so that the child's next read says that the connection was reset
    assert not zokio.run(told_to_parent(ours, theirs.detach(), up=True))
