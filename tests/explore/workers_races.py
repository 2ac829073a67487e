"""Races planted in the runtime on several workers: each a change that a reader might not notice."""

from __future__ import annotations

from tests.explore import workers_ends as ends
from tests.explore import workers_threads as threads
from tests.explore import workers_wakes as wakes
from tests.explore.planting import PlantedRace

WORKER = "zokio/scheduler/worker.py"
IDLE = "zokio/scheduler/idle.py"
PARKER = "zokio/scheduler/parker.py"
STEALING = "zokio/scheduler/stealing_queue.py"
TOGETHER = "zokio/scheduler/multi_thread.py"
TASK = "zokio/core/shared_task.py"
JOIN = "zokio/core/join.py"
WORKERS = "zokio/runtime/workers.py"

WORKERS_RACES = (
    PlantedRace(
        "a_worker_does_not_look_once_more_before_it_sleeps",
        WORKER,
        "            found = together.has_work_for(self)\n",
        "            found = False\n",
        wakes.wake_while_parking,
    ),
    PlantedRace(
        "a_worker_looks_once_more_before_it_announces",
        WORKER,
        "        together.idle.fall_asleep(self.bit, self.searching)\n"
        "        self.searching = False\n"
        "        found = True\n"
        "        try:\n"
        "            found = together.has_work_for(self)\n",
        "        looked = together.has_work_for(self)\n"
        "        together.idle.fall_asleep(self.bit, self.searching)\n"
        "        self.searching = False\n"
        "        found = True\n"
        "        try:\n"
        "            found = looked\n",
        wakes.wake_while_parking,
    ),
    PlantedRace(
        "an_unpark_that_finds_nobody_asleep_is_lost",
        PARKER,
        "            else:\n                self._token = True\n",
        "            else:\n                pass\n",
        ends.shutdown_of_parked_workers,
    ),
    PlantedRace(
        "a_token_is_looked_for_before_the_lock_is_taken",
        PARKER,
        "        with self._lock:  # workers: wait\n            if self._token:\n",
        "        token = self._token\n        with self._lock:\n            if token:\n",
        ends.shutdown_of_parked_workers,
    ),
    PlantedRace(
        "whoever_pushes_from_outside_notifies_first",
        TOGETHER,
        "            self.injection.push(task)\n            self.notify()\n",
        "            self.notify()\n            self.injection.push(task)\n",
        wakes.one_wake,
    ),
    PlantedRace(
        "a_worker_which_wakes_notifies_before_it_pushes",
        TOGETHER,
        "            worker.queue.push_slot(task)\n            self.notify()\n",
        "            self.notify()\n            worker.queue.push_slot(task)\n",
        threads.blocked_waker,
    ),
    PlantedRace(
        "a_thief_looks_at_a_task_and_takes_it_later",
        STEALING,
        "            task = _first(victim.ready)  # workers: steal\n",
        "            task = victim.ready[0] if victim.ready else None\n"
        "            _first(victim.ready)\n",
        wakes.stolen_children,
    ),
    PlantedRace(
        "two_wakes_of_an_idle_task_queue_it_twice",
        TASK,
        "        with self.lock:\n"
        "            state = self.state\n"
        "            if state is IDLE:\n"
        "                self.state = QUEUED\n"
        "            elif state is RUNNING:\n"
        "                self.state = RUNNING_WOKEN\n",
        "        state = self.state\n"
        "        with self.lock:\n"
        "            if state is IDLE:\n"
        "                self.state = QUEUED\n"
        "            elif state is RUNNING:\n"
        "                self.state = RUNNING_WOKEN\n",
        wakes.two_wakers_of_one,
    ),
    PlantedRace(
        "a_wake_at_the_end_of_a_poll_is_lost",
        TASK,
        "        with self.lock:\n            if again or self.state is RUNNING_WOKEN:\n",
        "        woken = self.state is RUNNING_WOKEN\n"
        "        with self.lock:\n"
        "            if again or woken:\n",
        wakes.wake_while_parking,
    ),
    PlantedRace(
        "a_wake_during_the_poll_queues_the_task_at_once",
        TASK,
        "        if state is IDLE:\n            self.shared.schedule(self)\n",
        "        if state is IDLE or state is RUNNING:\n            self.shared.schedule(self)\n",
        wakes.wake_while_parking,
    ),
    PlantedRace(
        "a_task_is_queued_again_before_its_poll_has_ended",
        WORKER,
        "            if task.end_pending(signal is AGAIN):\n"
        "                self.together.requeue(self, task)\n",
        "            if signal is AGAIN:\n"
        "                self.together.requeue(self, task)\n"
        "                task.end_pending(True)\n"
        "            elif task.end_pending(False):\n"
        "                self.together.requeue(self, task)\n",
        wakes.stolen_children,
    ),
    PlantedRace(
        "the_last_searcher_wakes_nobody",
        WORKER,
        "        if self.together.idle.end_search():\n            self.together.notify()\n",
        "        self.together.idle.end_search()\n",
        threads.blocked_worker,
    ),
    PlantedRace(
        "whoever_was_picked_forgets_that_it_searches",
        WORKER,
        "            self.searching = together.idle.get_up(self.bit, found)\n",
        "            together.idle.get_up(self.bit, found)\n",
        threads.blocked_worker,
    ),
    PlantedRace(
        "a_picked_worker_is_not_unparked_when_nobody_waits_in_the_reactor",
        TOGETHER,
        "        if picked:\n            self.workers[picked.bit_length() - 1].unpark()\n",
        "        if picked and self.is_watched:\n"
        "            self.workers[picked.bit_length() - 1].unpark()\n",
        wakes.two_wakes,
    ),
    PlantedRace(
        "the_bell_is_not_rung_for_whoever_waits_in_the_reactor",
        WORKER,
        "        if self.parker.unpark():\n            self.together.ring()  # workers: ring\n",
        "        self.parker.unpark()\n",
        wakes.one_wake,
    ),
    PlantedRace(
        "the_workers_are_unparked_before_they_are_told_to_stop",
        TOGETHER,
        "        self.stopping = True\n"
        "        for worker in self.workers:\n"
        "            worker.unpark()\n",
        "        for worker in self.workers:\n"
        "            worker.unpark()\n"
        "        self.stopping = True\n",
        ends.shutdown_of_parked_workers,
    ),
    PlantedRace(
        "an_earlier_timer_rings_for_nobody",
        WORKERS,
        "        if self.together.is_watched:\n            self.reactor.unpark()\n",
        "        if False:\n            self.reactor.unpark()\n",
        threads.earlier_timer,
    ),
    PlantedRace(
        "whoever_joins_does_not_look_again_after_it_has_registered",
        JOIN,
        "            outcome = self._task.outcome  # it may have ended",
        "            pass  # it may have ended",
        ends.join_on_another_worker,
    ),
    PlantedRace(
        "a_task_wakes_its_joiners_before_it_has_an_outcome",
        TASK,
        "            self.outcome = outcome\n            with self.lock:\n",
        "            if self.joiners:\n"
        "                self._wake_joiners()\n"
        "            self.outcome = outcome\n"
        "            with self.lock:\n",
        ends.join_on_another_worker,
    ),
    PlantedRace(
        "an_aborted_task_is_woken_before_it_is_told",
        "zokio/core/task.py",
        "            self.cancel_requested = True\n            self.wake()\n",
        "            self.wake()\n            self.cancel_requested = True\n",
        ends.abort_while_it_waits,
    ),
    PlantedRace(
        "a_pinned_task_does_not_unpark_its_worker",
        TOGETHER,
        "            if home is not worker:\n                home.unpark()\n",
        "            if False:\n                home.unpark()\n",
        threads.pinned,
    ),
)
