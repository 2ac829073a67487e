"""Planted bugs in CancellationToken."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

TOKEN = "zokio/runtime/token.py"

MUTANTS = (
    Mutant(
        name="a_child_that_is_made_meanwhile_is_forgotten",
        file=TOKEN,
        before="        if self._cancelled:\n            token.cancel()\n",
        after="",
        machine="cancellation_token",
    ),
    Mutant(
        name="a_child_looks_before_its_parent_knows_of_it",
        file=TOKEN,
        before="        self._children[self._next_child()] = token\n        if self._cancelled:\n"
        "            token.cancel()\n",
        after="        if self._cancelled:\n            token.cancel()\n"
        "        self._children[self._next_child()] = token\n",
        machine="cancellation_token",
    ),
    Mutant(
        name="the_children_are_listed_before_the_flag_is_up",
        file=TOKEN,
        before="            with token._waiting.lock:\n                token._cancelled = True\n",
        after="            tokens += [each() for each in token._children.valuerefs() if each()]\n"
        "            with token._waiting.lock:\n                token._cancelled = True\n",
        machine="cancellation_token",
    ),
    Mutant(
        name="a_grandchild_hears_nothing",
        file=TOKEN,
        before="            tokens += [child for child in children if child is not None]",
        after="            if token is self:\n"
        "                tokens += [child for child in children if child is not None]",
        machine="cancellation_token",
    ),
    Mutant(
        name="a_child_that_somebody_holds_lets_its_parent_go",
        file=TOKEN,
        before="        token._parent = self\n",
        after="",
        machine="cancellation_token",
    ),
    Mutant(
        name="a_parent_keeps_its_children",
        file=TOKEN,
        before="        token._parent = self\n",
        after="        token._parent = self\n        self._parent = self._parent or token\n",
        machine="cancellation_token",
    ),
    Mutant(
        name="a_child_cancels_its_parent",
        file=TOKEN,
        before="            wake_all(waiting)\n",
        after="            wake_all(waiting)\n            if token._parent is not None:\n"
        "                token._parent._cancelled = True\n",
        machine="cancellation_token",
    ),
    Mutant(
        name="who_is_told_is_not_woken",
        file=TOKEN,
        before="            wake_all(waiting)\n",
        after="",
        machine="cancellation_token",
    ),
    Mutant(
        name="one_that_is_cancelled_stands_in_the_queue_for_ever",
        file=TOKEN,
        before="        if self._waiter is not None:\n            self._waiter.close(cx)",
        after="        pass",
        machine="cancellation_token",
    ),
)
