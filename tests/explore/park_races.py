"""Races planted in the park protocol, the injection queue and the wake from outside."""

from __future__ import annotations

from tests.explore.park_protocol import (
    spawned_outside,
    spawned_while_it_closes,
    two_tasks,
    two_wakers,
    two_wakes,
)
from tests.explore.planting import PlantedRace

TASK = "zokio/core/task.py"
QUEUE = "zokio/core/run_queue.py"
RUNTIME = "zokio/runtime/runtime.py"

PARK_RACES = (
    PlantedRace(
        "the_owner_does_not_look_once_more",
        RUNTIME,
        "            if queue.injected or queue.ready:  # spec: recheck\n",
        "            if False:\n",
        two_wakers,
    ),
    PlantedRace(
        "the_flag_is_never_cleared",
        TASK,
        "        self.wake_injected = False  # spec: clear\n        self.wake()  # spec: deliver\n",
        "        self.wake()\n",
        two_wakes,
    ),
    PlantedRace(
        "the_bell_is_rung_before_the_push",
        QUEUE,
        "        self.injected.append(work)  # spec: push\n"
        "        if self.parked:  # spec: see\n"
        "            self.unpark()  # spec: ring\n",
        "        if self.parked:\n            self.unpark()\n        self.injected.append(work)\n",
        two_wakers,
    ),
    PlantedRace(
        "the_owner_announces_after_its_last_look",
        RUNTIME,
        "        queue.parked = True  # spec: announce\n"
        "        try:\n"
        "            if queue.injected or queue.ready:  # spec: recheck\n",
        "        has_work = queue.injected or queue.ready\n"
        "        queue.parked = True\n"
        "        try:\n"
        "            if has_work:\n",
        two_wakers,
    ),
    PlantedRace(
        "whoever_pushes_looks_before_it",
        QUEUE,
        "        self.injected.append(work)  # spec: push\n        if self.parked:  # spec: see\n",
        "        parked = self.parked\n        self.injected.append(work)\n        if parked:\n",
        spawned_outside,
    ),
    PlantedRace(
        "the_flag_is_raised_after_the_push",
        TASK,
        "                self.wake_injected = True  # spec: mark\n"
        "                self.queue.inject(self.wake_injected_now)\n"
        "            except BaseException:\n",
        "                self.queue.inject(self.wake_injected_now)\n"
        "                self.wake_injected = True\n"
        "            except BaseException:\n",
        two_wakes,
    ),
    PlantedRace(
        "what_was_injected_is_cleared_after_it_was_done",
        QUEUE,
        "        for _ in range(len(injected)):  # spec: measure\n"
        "            injected.popleft()()  # spec: take\n",
        "        for number in range(len(injected)):\n"
        "            injected[number]()\n"
        "        injected.clear()\n",
        two_tasks,
    ),
    PlantedRace(
        "a_wake_from_outside_is_not_injected",
        TASK,
        "        if get_ident() != queue.thread:\n",
        "        if False:\n",
        two_wakers,
    ),
    PlantedRace(
        "nobody_looks_whether_the_runtime_closed_meanwhile",
        RUNTIME,
        "        if self.queue.closed:  # since we looked: nobody takes it in any more\n",
        "        if False:\n",
        spawned_while_it_closes,
    ),
)

CLEARED_LATE = PlantedRace(
    "the_flag_is_cleared_after_the_delivery",
    TASK,
    "        self.wake_injected = False  # spec: clear\n        self.wake()  # spec: deliver\n",
    "        self.wake()\n        self.wake_injected = False  # spec: clear\n",
    two_wakes,
)
"""It harms no program: whoever finds the flag raised after the delivery has given his signal before
the poll. Only the machine, which says in which order the two come, refuses it."""
