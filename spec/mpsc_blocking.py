"""Mpsc: a plain thread that waits for a promise, asleep, with a bell to wake it.

Modelled: one thread that looks whether it was promised something and sleeps if not; another that
promises, and rings afterwards; somebody who rings for no reason; a signal that takes the thread
away. A bell stays rung until the thread sleeps, however often it is rung.

Left out: the lines and the values (`mpsc.py`).

Variables:
    thread    looking, drowsy (it was promised nothing, and will sleep), asleep, done, gone
    other     idle, promising is done and ringing is to come, done
    promised  the thread was promised something
    rung      the bell was rung, and the thread has not slept since
    idle_rings  how often it may yet be rung for no reason

Facts: who sleeps although it was promised something is going to hear the bell.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, sometimes

LOOKING, DROWSY, ASLEEP, DONE, GONE = "looking", "drowsy", "asleep", "done", "gone"
IDLE, RINGING = "idle", "ringing"


class State(NamedTuple):
    """The variables; see the head of this file."""

    thread: str
    other: str
    promised: bool
    rung: bool
    idle_rings: int


class MpscBlocking(Machine[State]):
    """See the head of this file."""

    rings: int = 1

    def initial(self) -> Iterable[State]:
        return [State(LOOKING, IDLE, False, False, self.rings)]

    # The thread

    @action(writes=("thread",))
    def look(self, state: State) -> State:
        """Was something promised?"""
        return state._replace(thread=DONE if state.promised else DROWSY)

    @look.guard
    def can_look(self, state: State) -> bool:
        return state.thread == LOOKING

    @action(writes=("thread", "rung"))
    def sleep(self, state: State) -> State:
        """It sleeps, unless the bell was rung; that is silent again."""
        return state._replace(thread=LOOKING if state.rung else ASLEEP, rung=False)

    @sleep.guard
    def can_sleep(self, state: State) -> bool:
        return state.thread == DROWSY

    @action(writes=("thread",), fair=False)
    def interrupt(self, state: State) -> State:
        """A signal handler raises: the thread leaves the line, and waits no more."""
        return state._replace(thread=GONE)

    @interrupt.guard
    def can_interrupt(self, state: State) -> bool:
        return state.thread in (DROWSY, ASLEEP)

    # The others

    @action(writes=("other", "promised"), fair=False)
    def promise(self, state: State) -> State:
        """Something is promised to whoever waits."""
        return state._replace(other=RINGING, promised=True)

    @promise.guard
    def can_promise(self, state: State) -> bool:
        return state.other == IDLE and state.thread in (LOOKING, DROWSY, ASLEEP)

    @action(writes=("thread", "other", "rung"))
    def ring(self, state: State) -> State:
        """Afterwards the bell is rung."""
        return self.heard(state._replace(other=DONE))

    @ring.guard
    def can_ring(self, state: State) -> bool:
        return state.other == RINGING

    @action(writes=("thread", "rung", "idle_rings"), fair=False)
    def ring_for_no_reason(self, state: State) -> State:
        """As a waker may, that is told twice."""
        return self.heard(state._replace(idle_rings=state.idle_rings - 1))

    @ring_for_no_reason.guard
    def can_ring_for_no_reason(self, state: State) -> bool:
        return state.idle_rings > 0 and state.thread not in (DONE, GONE)

    def heard(self, state: State) -> State:
        """Who sleeps wakes and looks; else the bell stays rung."""
        if state.thread == ASLEEP:
            return state._replace(thread=LOOKING)
        return state._replace(rung=True)

    # Claims

    @always
    def who_sleeps_on_a_promise_will_hear_the_bell(self, state: State) -> bool:
        return state.thread != ASLEEP or not state.promised or state.other == RINGING

    @always
    def nobody_sleeps_beside_a_bell_that_rings(self, state: State) -> bool:
        return state.thread != ASLEEP or not state.rung

    def is_promised(self, state: State) -> bool:
        """Whether something was promised to it."""
        return state.promised

    @eventually(after="is_promised")
    def who_was_promised_something_goes_on(self, state: State) -> bool:
        return state.thread in (DONE, GONE)

    @sometimes
    def the_bell_rings_before_it_sleeps(self, state: State) -> bool:
        return state.thread == DROWSY and state.promised and state.rung

    @sometimes
    def it_was_woken_for_no_reason(self, state: State) -> bool:
        return state.thread == DROWSY and not (state.promised or state.idle_rings)

    # Canaries

    @always(canary="who_sleeps_on_a_promise_will_hear_the_bell")
    def nobody_sleeps_on_a_promise(self, state: State) -> bool:
        return state.thread != ASLEEP or not state.promised

    @always(canary="nobody_sleeps_beside_a_bell_that_rings")
    def nobody_is_awake_beside_a_bell_that_rings(self, state: State) -> bool:
        return not state.rung

    @eventually(after="is_promised", canary="who_was_promised_something_goes_on")
    def who_was_promised_something_gets_it(self, state: State) -> bool:
        return state.thread == DONE


CONFIGURATIONS = (MpscBlocking(rings=2),)
