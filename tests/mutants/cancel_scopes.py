"""Planted bugs in cancel scopes, groups and the delivery of Cancelled."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CANCEL = "zokio/core/cancel.py"
TASK = "zokio/core/task.py"
LOOP = "zokio/scheduler/current_thread.py"
POLLER = "zokio/scheduler/poller.py"
SCOPE = "zokio/runtime/scope.py"
CHILDREN = "zokio/runtime/children.py"
GROUP = "zokio/runtime/group.py"


def planted(name: str, file: str, before: str, after: str) -> Mutant:
    """A bug that the test of the cancel scope machine has to find."""
    return Mutant(name=name, file=file, before=before, after=after, machine="cancel_scopes")


MUTANTS = (
    planted(
        "a_cancel_is_delivered_again_after_its_scope_was_left",
        SCOPE,
        "        self.detach()\n        task.refresh_cancel()\n",
        "        self.detach()\n",
    ),
    planted(
        "a_cancel_during_the_poll_is_lost",
        TASK,
        "            self.cancel_requested = True\n            self.wake()",
        "            self.cancel_requested = self.state is not RUNNING\n            self.wake()",
    ),
    planted(
        "a_cancel_from_another_thread_changes_the_tree_itself",
        SCOPE,
        "elif runtime.queue.is_local():",
        "elif runtime is not None:",
    ),
    planted(
        "a_cancelled_task_is_not_woken",
        TASK,
        "            self.cancel_requested = True\n            self.wake()",
        "            self.cancel_requested = True",
    ),
    planted(
        "an_edge_and_not_a_level",
        LOOP,
        "        task.state = RUNNING_WOKEN  # spec: wake_inside\n",
        "        task.cancel_requested = False\n",
    ),
    planted(
        "a_task_that_has_not_begun_never_runs",
        POLLER,
        "        if not coroutine.cr_suspended:  # it has not begun",
        "        if False:",
    ),
    planted(
        "a_shield_is_ignored",
        CANCEL,
        "return not self._shield and self.parent is not None and self.parent.cancelled",
        "return self.parent is not None and self.parent.cancelled",
    ),
    planted(
        "a_shield_that_is_dropped_still_shields",
        CANCEL,
        "        self._shield = shield\n        self.update()",
        "        self._shield = shield\n        if shield:\n            self.update()",
    ),
    planted(
        "a_shield_outlives_its_block",
        SCOPE,
        "        task.scope = self.parent\n        self.detach()",
        "        task.scope = self if self._shield else self.parent\n        self.detach()",
    ),
    planted(
        "a_shield_keeps_its_own_cancellation_away",
        CANCEL,
        "return self.cancel_called or self.outer_cancelled()",
        "return (self.cancel_called and not self._shield) or self.outer_cancelled()",
    ),
    planted(
        "a_scope_catches_its_parents_cancellation",
        SCOPE,
        "        return self.cancel_called and not outer_cancelled",
        "        return self.cancel_called or outer_cancelled",
    ),
    planted(
        "a_scope_that_was_cancelled_catches_its_parents_too",
        SCOPE,
        "        return self.cancel_called and not outer_cancelled",
        "        return self.cancel_called",
    ),
    planted(
        "the_members_of_a_scope_are_not_reached",
        CANCEL,
        "                tasks.update(node.members or ())\n",
        "",
    ),
    planted(
        "the_scopes_inside_are_not_reached",
        CANCEL,
        "                changed.extend(node.children or ())\n",
        "",
    ),
    planted(
        "a_task_spawned_into_a_cancelled_scope_is_not_told",
        CANCEL,
        "        task.scope = self\n        task.refresh_cancel()",
        "        task.scope = self",
    ),
    planted(
        "an_abort_forgets_the_scopes_of_the_task",
        TASK,
        "            self.root.attach(self.scope, self)",
        "            self.root.attach(None, self)",
    ),
    planted(
        "a_group_ends_before_its_members",
        CHILDREN,
        "                await self.until(lambda: self.alive == 0)",
        "                await self.until(lambda: self.alive <= 1)",
    ),
    planted(
        "a_group_that_waits_is_interrupted",
        CHILDREN,
        "            with CancelScope(shield=True):",
        "            with CancelScope():",
    ),
    planted(
        "nobody_tells_the_group_that_its_last_member_ended",
        CHILDREN,
        "        if self._waiting:\n            self.changed()",
        "        if self._waiting and self.alive:\n            self.changed()",
    ),
    planted(
        "a_block_that_fails_leaves_its_members_alone",
        GROUP,
        "            self.cancel_scope.cancel()\n            members.note(error)",
        "            members.note(error)",
    ),
    planted(
        "a_group_does_not_say_that_it_lost_a_member",
        GROUP,
        "            self.is_lost = True",
        "            pass",
    ),
    planted(
        "a_deadline_that_was_moved_keeps_its_old_instant",
        SCOPE,
        "        self._stop_timer()\n        self._start_timer()",
        "        self._start_timer() if self._timer is None else None",
    ),
)
