"""Wakes: the task is marked, pushed, and if need be a sleeper is taken out and unparked.

      passing ---[displace, requeue_displaced]---place---> seeing ---skip---> quiet
      passing ---inject----------------------------------> seeing
                                                             | pick: a sleeper is taken out
      passing ---post---> unparking <------------------------+
                             | unpark
                             +---it waits in the reactor---> ringing ---ring---> quiet
                             +---otherwise---> quiet

A worker that wakes does so during a poll and pushes to its own LIFO slot; whoever stands there goes
to the right end of its queue. A thread outside pushes to the injection queue. A pinned task goes to
its worker's own queue, and that worker is unparked, not any sleeper.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import Machine, action, put

from .workers_state import (
    NOBODY,
    QUIET,
    SEEING,
    Telling,
    Workers,
    beginning,
    is_free,
    is_idle,
    is_polled,
)


class Wakes(Machine[Workers]):
    """Who wakes whom, and what follows up to the unpark."""

    workers: int = 2
    threads: int = 0
    tasks: int = 2
    pinned: int = 0
    """The last so many tasks are pinned to worker 0."""
    wakes_max: int = 0
    """So many wakes in a poll, so that every poll ends; with zero, any number."""

    def initial(self) -> Iterable[Workers]:
        return [beginning(self.workers, self.threads, self.tasks)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        actors = self.workers + self.threads
        return {
            "worker": range(self.workers),
            "thread": range(self.workers, actors),
            "actor": range(actors),
            "task": range(self.tasks),
            "start": range(self.workers),
        }

    @action(
        writes=("owed", "passing", "wakes"),
        reads=("at", "hand", "passing", "telling", "wakes", "owed", "done", "spawned"),
        fair=False,
    )
    def wake_inside(self, state: Workers, worker: int, task: int) -> Workers:
        """The polled task wakes another one, or itself."""
        if self.wakes_max:
            wakes = put(state.wakes, worker, state.wakes[worker] + 1)
            state = state._replace(wakes=wakes)
        return self.marked(state, worker, task)

    @wake_inside.guard
    def can_wake_inside(self, state: Workers, worker: int, task: int) -> bool:
        may_wake = not self.wakes_max or state.wakes[worker] < self.wakes_max
        polls = state.at[worker] == "polling" and is_free(state, worker)
        return polls and may_wake and is_idle(state, task)

    @action(
        writes=("owed", "passing"),
        reads=("at", "hand", "passing", "telling", "owed", "done", "spawned"),
        fair=False,
        may_be_idle=True,
    )
    def wake_outside(self, state: Workers, thread: int, task: int) -> Workers:
        """A thread that is no worker wakes a task."""
        return self.marked(state, thread, task)

    @wake_outside.guard
    def can_wake_outside(self, state: Workers, thread: int, task: int) -> bool:
        return is_free(state, thread) and is_idle(state, task)

    @action(
        writes=("queue", "passing", "telling", "owed", "spawned"),
        reads=("at", "queue", "passing", "telling", "spawned"),
        fair=False,
        may_be_idle=True,
    )
    def spawn_inside(self, state: Workers, worker: int) -> Workers:
        """The polled task spawns one: behind those that wait already; then notify."""
        task = state.spawned
        state = state._replace(owed=put(state.owed, task, True), spawned=task + 1)
        if self.home(task) != NOBODY:
            return state._replace(passing=put(state.passing, worker, task))
        state = state._replace(queue=put(state.queue, worker, (*state.queue[worker], task)))
        return self.told(state, worker, SEEING)

    @spawn_inside.guard
    def can_spawn_inside(self, state: Workers, worker: int) -> bool:
        return (
            state.at[worker] == "polling" and is_free(state, worker) and state.spawned < self.tasks
        )

    # The push.

    @action(writes=("slot", "displaced"), reads=("slot", "passing", "displaced"), may_be_idle=True)
    def displace(self, state: Workers, worker: int) -> Workers:
        """The slot is taken: its task makes room."""
        return state._replace(
            slot=put(state.slot, worker, NOBODY),
            displaced=put(state.displaced, worker, state.slot[worker]),
        )

    @displace.guard
    def can_displace(self, state: Workers, worker: int) -> bool:
        return self.passes_freely(state, worker) and state.slot[worker] != NOBODY

    @action(writes=("queue", "displaced"), reads=("queue", "displaced"), may_be_idle=True)
    def requeue_displaced(self, state: Workers, worker: int) -> Workers:
        """It goes to the right end of the queue."""
        queue = (*state.queue[worker], state.displaced[worker])
        return state._replace(
            queue=put(state.queue, worker, queue), displaced=put(state.displaced, worker, NOBODY)
        )

    @requeue_displaced.guard
    def can_requeue_displaced(self, state: Workers, worker: int) -> bool:
        return state.displaced[worker] != NOBODY

    @action(
        writes=("slot", "passing", "telling"),
        reads=("slot", "passing", "displaced"),
        may_be_idle=True,
    )
    def place(self, state: Workers, worker: int) -> Workers:
        """The woken task stands in the slot; then notify."""
        return state._replace(
            slot=put(state.slot, worker, state.passing[worker]),
            passing=put(state.passing, worker, NOBODY),
            telling=put(state.telling, worker, SEEING),
        )

    @place.guard
    def can_place(self, state: Workers, worker: int) -> bool:
        return self.passes_freely(state, worker) and state.slot[worker] == NOBODY

    @action(
        writes=("injected", "passing", "telling"),
        reads=("injected", "passing", "displaced"),
        may_be_idle=True,
    )
    def inject(self, state: Workers, thread: int) -> Workers:
        """From a thread that is no worker; then notify."""
        return state._replace(
            injected=(*state.injected, state.passing[thread]),
            passing=put(state.passing, thread, NOBODY),
            telling=put(state.telling, thread, SEEING),
        )

    @inject.guard
    def can_inject(self, state: Workers, thread: int) -> bool:
        return self.passes_freely(state, thread)

    @action(writes=("local", "passing", "telling"), reads=("local", "passing"), may_be_idle=True)
    def post(self, state: Workers, actor: int) -> Workers:
        """A pinned task, to its worker's own queue; the worker itself needs no unpark."""
        task = state.passing[actor]
        home = self.home(task)
        told = QUIET if actor == home else Telling("unparking", home)
        return state._replace(
            local=put(state.local, home, (*state.local[home], task)),
            passing=put(state.passing, actor, NOBODY),
            telling=put(state.telling, actor, told),
        )

    @post.guard
    def can_post(self, state: Workers, actor: int) -> bool:
        return self.home(state.passing[actor]) != NOBODY

    # Notify.

    @action(writes=("telling",), reads=("telling", "searching", "sleepers"))
    def skip(self, state: Workers, actor: int) -> Workers:
        """Without the lock: somebody searches and will find it, or nobody sleeps."""
        return self.told(state, actor, QUIET)

    @skip.guard
    def can_skip(self, state: Workers, actor: int) -> bool:
        return state.telling[actor] == SEEING and (state.searching > 0 or not state.sleepers)

    @action(writes=("searching", "sleepers", "telling"), reads=("searching", "sleepers", "telling"))
    def pick(self, state: Workers, actor: int) -> Workers:
        """With the lock: look again; the first sleeper is taken out and counts as searching."""
        if state.searching or not state.sleepers:
            return self.told(state, actor, QUIET)
        whom, *others = state.sleepers
        state = state._replace(sleepers=tuple(others), searching=state.searching + 1)
        return self.told(state, actor, Telling("unparking", whom))

    @pick.guard
    def can_pick(self, state: Workers, actor: int) -> bool:
        return state.telling[actor] == SEEING

    @action(writes=("at", "token", "telling"), reads=("telling", "at"))
    def unpark(self, state: Workers, actor: int) -> Workers:
        """With the parker's lock: where does it wait? If it does not, it has a token."""
        whom = state.telling[actor].whom
        if state.at[whom] == "on parker":
            return self.told(state._replace(at=put(state.at, whom, "called")), actor, QUIET)
        in_reactor = state.at[whom] == "in reactor"
        state = state._replace(token=put(state.token, whom, True))
        return self.told(state, actor, Telling("ringing", whom) if in_reactor else QUIET)

    @unpark.guard
    def can_unpark(self, state: Workers, actor: int) -> bool:
        return state.telling[actor].at == "unparking"

    @action(writes=("bell", "telling"), reads=("telling",))
    def ring(self, state: Workers, actor: int) -> Workers:
        """Whoever waits in the reactor returns; or the next one who does."""
        return self.told(state._replace(bell=True), actor, QUIET)

    @ring.guard
    def can_ring(self, state: Workers, actor: int) -> bool:
        return state.telling[actor].at == "ringing"

    # The words used above.

    def home(self, task: int) -> int:
        """The worker that the task is pinned to."""
        return 0 if task >= self.tasks - self.pinned else NOBODY

    def marked(self, state: Workers, actor: int, task: int) -> Workers:
        """The task is owed a poll; somebody has to push it, unless it is being polled."""
        state = state._replace(owed=put(state.owed, task, True))
        if is_polled(state, task):
            return state
        return state._replace(passing=put(state.passing, actor, task))

    def told(self, state: Workers, actor: int, telling: Telling) -> Workers:
        """The actor's notify stands elsewhere."""
        return state._replace(telling=put(state.telling, actor, telling))

    def passes_freely(self, state: Workers, actor: int) -> bool:
        """It pushes a task that is not pinned, and its slot's former task is out of its hands."""
        task = state.passing[actor]
        return task != NOBODY and self.home(task) == NOBODY and state.displaced[actor] == NOBODY
