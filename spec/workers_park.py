"""A worker parks, in the reactor if that is free, else on its own parker; and comes back.

      searching, parking ---announce---> rechecking ---recheck---> settling
                                             | something there        | settle
                                             v                        v
      running <---unannounce----------- retreating              waiting or entering
      or searching, if a notifier                        a token |        | wait
      has taken it out                                 is there  |        v
                 ^                                               |   on parker or in reactor
                 +---unannounce--- up <---get_up-----------------+--------+      | rise, event
                                   ^                             v               v
                                   +---release--- releasing <----+---clear--- returned

Where it waits is decided under the parker's own lock, together with a look for a token (`wait`),
and so is what an unpark has to do (`unpark`). The worker that holds the reactor also gets what the
reactor reports; it does so as well on a visit between two polls.
"""

from __future__ import annotations

from zokio.model import action, drop, put

from .workers_search import Search
from .workers_state import NOBODY, SEEING, Place, Workers, is_idle, is_polled

WAITING = ("on parker", "in reactor")
"""Where a worker sleeps until it has a token, or the bell rings."""


class Park(Search):
    """What a worker does that has found nothing."""

    visits: bool = False

    @action(
        writes=("at", "left", "searching", "sleepers"),
        reads=("at", "left", "searching", "sleepers"),
    )
    def announce(self, state: Workers, worker: int) -> Workers:
        """With the lock: it searches no more, and from now on it can be taken out."""
        was_searching = state.at[worker] == "searching"
        injected, *others = self.places(worker, 0)
        own: list[Place] = [("local", worker)] if self.pinned else []
        state = state._replace(
            searching=state.searching - was_searching,
            sleepers=tuple(sorted((*state.sleepers, worker))),
            left=put(state.left, worker, (injected, *own, *others)),
        )
        return self.moved(state, worker, "rechecking")

    @announce.guard
    def can_announce(self, state: Workers, worker: int) -> bool:
        at = state.at[worker]
        return at == "parking" or (at == "searching" and not state.left[worker])

    @action(writes=("at", "left"), reads=("at", "queue", "slot", "local", "left", "injected"))
    def recheck(self, state: Workers, worker: int) -> Workers:
        """One place: somebody may have pushed before the announcement."""
        state = self.glanced(state, worker)
        if any(self.stands_something(state, place) for place in state.left[worker][:1]):
            return self.moved(self.looked_enough(state, worker), worker, "retreating")
        state = self.looked(state, worker)
        return state if state.left[worker] else self.moved(state, worker, "settling")

    @recheck.guard
    def can_recheck(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "rechecking"

    @action(writes=("at", "holder"), reads=("at", "holder"))
    def settle(self, state: Workers, worker: int) -> Workers:
        """Try to take the reactor, without waiting for it."""
        if state.holder != NOBODY:
            return self.moved(state, worker, "waiting")
        return self.moved(state._replace(holder=worker), worker, "entering")

    @settle.guard
    def can_settle(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "settling"

    @action(writes=("at", "token"), reads=("at", "token"))
    def wait(self, state: Workers, worker: int) -> Workers:
        """With the parker's lock: no sleep if there is a token, else say where it sleeps."""
        holds = state.at[worker] == "entering"
        if state.token[worker]:
            state = state._replace(token=put(state.token, worker, False))
            return self.moved(state, worker, "releasing" if holds else "up")
        return self.moved(state, worker, "in reactor" if holds else "on parker")

    @wait.guard
    def can_wait(self, state: Workers, worker: int) -> bool:
        return state.at[worker] in ("waiting", "entering")

    @action(writes=("at",), reads=("at",), may_be_idle=True)
    def get_up(self, state: Workers, worker: int) -> Workers:
        """The wait on the parker ends."""
        return self.moved(state, worker, "up")

    @get_up.guard
    def can_get_up(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "called"

    @action(writes=("at", "bell"), reads=("at", "bell"))
    def rise(self, state: Workers, worker: int) -> Workers:
        """The bell ends the wait in the reactor, and is silenced."""
        return self.moved(state._replace(bell=False), worker, "returned")

    @rise.guard
    def can_rise(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "in reactor" and state.bell

    @action(
        writes=("at", "hand", "owed"), reads=("at", "hand", "owed", "done", "spawned"), fair=False
    )
    def event(self, state: Workers, worker: int, task: int) -> Workers:
        """The reactor reports what a task waits for: it is marked, and joins the batch."""
        idle = not is_polled(state, task)
        state = state._replace(owed=put(state.owed, task, True))
        if idle:
            state = state._replace(hand=put(state.hand, worker, (*state.hand[worker], task)))
        return state if state.at[worker] == "visiting" else self.moved(state, worker, "returned")

    @event.guard
    def can_event(self, state: Workers, worker: int, task: int) -> bool:
        at = state.at[worker]
        in_time = at in ("in reactor", "visiting") or (
            at == "returned" and state.hand[worker] != ()
        )
        return in_time and self.home(task) == NOBODY and is_idle(state, task)

    @action(writes=("hand", "queue"), reads=("at", "hand", "queue"))
    def deliver(self, state: Workers, worker: int) -> Workers:
        """The batch goes on the own queue; nobody is told before this one is up again."""
        queue = (*state.queue[worker], *state.hand[worker])
        return state._replace(
            queue=put(state.queue, worker, queue), hand=put(state.hand, worker, ())
        )

    @deliver.guard
    def can_deliver(self, state: Workers, worker: int) -> bool:
        return state.at[worker] in ("returned", "visiting") and state.hand[worker] != ()

    @action(writes=("at", "token"), reads=("at", "hand"))
    def clear(self, state: Workers, worker: int) -> Workers:
        """With the parker's lock: it waits no more; the token has done its work."""
        return self.moved(
            state._replace(token=put(state.token, worker, False)), worker, "releasing"
        )

    @clear.guard
    def can_clear(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "returned" and state.hand[worker] == ()

    @action(writes=("at", "holder"), reads=("at",))
    def release(self, state: Workers, worker: int) -> Workers:
        """The reactor is free for the next one."""
        return self.moved(state._replace(holder=NOBODY), worker, "up")

    @release.guard
    def can_release(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "releasing"

    @action(
        writes=("at", "left", "sleepers", "searching", "telling"),
        reads=("at", "queue", "slot", "local", "sleepers", "searching"),
    )
    def unannounce(self, state: Workers, worker: int) -> Workers:
        """With the lock: nobody can take it out any more; taken out already, it searches.

        It does so as well if it has seen something in its second look, and not too many search:
        there may be more than it will take, and whoever pushed has relied on its search.
        """
        if worker in state.sleepers:
            saw = state.at[worker] == "retreating"
            state = state._replace(sleepers=drop(state.sleepers, worker))
            if not (saw and self.may_search(state)):
                return self.told_of_own(self.moved(state, worker, "running"), worker)
            state = state._replace(searching=state.searching + 1)
        if state.queue[worker] or state.local[worker]:
            return self.moved(state, worker, "found")
        return self.set_out(state, worker, (worker + 1) % self.workers)

    @unannounce.guard
    def can_unannounce(self, state: Workers, worker: int) -> bool:
        return state.at[worker] in ("retreating", "up")

    # A visit of the reactor between two polls.

    @action(
        writes=("at", "holder", "bell"),
        reads=("at", "passing", "telling", "holder"),
        fair=False,
        may_be_idle=True,
    )
    def visit(self, state: Workers, worker: int) -> Workers:
        """If the reactor is free: take it and look, without waiting."""
        return self.moved(state._replace(holder=worker, bell=False), worker, "visiting")

    @visit.guard
    def can_visit(self, state: Workers, worker: int) -> bool:
        return self.visits and state.holder == NOBODY and self.runs_on(state, worker)

    @action(
        writes=("at", "holder", "telling"),
        reads=("at", "hand", "queue", "slot", "local"),
        may_be_idle=True,
    )
    def end_visit(self, state: Workers, worker: int) -> Workers:
        """The reactor is free again; then notify, if anything is there."""
        state = self.moved(state._replace(holder=NOBODY), worker, "running")
        return self.told_of_own(state, worker)

    @end_visit.guard
    def can_end_visit(self, state: Workers, worker: int) -> bool:
        return state.at[worker] == "visiting" and state.hand[worker] == ()

    # The words used here and in `workers.py`.

    def told_of_own(self, state: Workers, worker: int) -> Workers:
        """It notifies if it has anything; also so that another one goes to the reactor."""
        anything = self.has_own(state, worker) or state.local[worker]
        return self.told(state, worker, SEEING) if anything else state
