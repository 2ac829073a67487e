"""Follows explored schedules of the real workers through their machine, one step after another.

A listener for `explore`: each operation on what the workers share is an action of
`FollowedWorkers` (`workers_machine.py`), found from the object that is touched, what is done to it,
and the label at the line. Where the code leaves open which action it is (an empty deque was looked
at, a critical section may count from its beginning or its end), every possible state is kept. After
each step the real queues, the idle states, the tokens and the reactor's lock are compared with the
machine's. The first step which no state allows, and the first difference, is a violation.

What is local to a thread (its hand, what it is about to push) has no step of its own: it is the
machine's alone, and shows in the steps that follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from spec.workers_state import NOBODY, Workers
from tests.explore.workers_steps import NOTHING, Moves, WorkersSteps, raw, standing
from tests.explore.workers_world import Scene
from zokio.explore import Happening


class WorkersFollower(WorkersSteps):
    """See the head of the file. It begins when a program's scene is set."""

    steps = 0
    """Operations that were actions of the machine, in all executions."""
    named: ClassVar[set[str]] = set()
    """The actions that occurred, in all executions."""

    def __init__(self) -> None:
        super().__init__()
        Scene.watch = self

    # The listener.

    def __call__(self, happening: Happening) -> None:
        """A step is about to be taken: those before it have been."""
        if self.runtime is None:
            return
        if not self._all():
            self._begin()
        self._compare()
        if all(set(state.at) == {"gone"} for state in self.states):
            self.runtime = None  # what follows is done by one thread alone
            return
        actor = self._actor(happening)
        if self._is_of_idle(happening, actor):
            return
        if actor in self.ended and (happening.verb == "try" or happening.source[:5] == "while"):
            # For the machine the poll ends when everybody who waited for it has been told.
            self.ended.discard(actor)
            self._take([(("end_ready", (actor,)),)], actor, happening.operation)
        options = list(self._options(happening, actor))
        if options and options != [NOTHING]:
            self._take(options, actor, happening.operation)

    def _take(self, options: list[Moves], actor: int, what: str) -> None:
        """One of these, from every state that allows it."""
        found = self._reached(self.states, options, actor)
        after = self._reached(self.after, options, actor) | self._reached(found, *self.section)
        if not found | after:
            self._refuse(options, what)
        self.states, self.after = found, after
        WorkersFollower.steps += 1

    def _reached(self, states: set[Workers], options: list[Moves], actor: int) -> set[Workers]:
        return {s for state in states for s in self._results(state, options, actor)}

    def _results(self, state: Workers, options: list[Moves], actor: int) -> Iterator[Workers]:
        for begun in self._silently(state, actor):
            for moves in options:
                after = self._apply(begun, moves)
                if after is not None:
                    yield after

    def _silently(self, state: Workers, actor: int) -> Iterator[Workers]:
        """The state, and what it may have become by what the actor has seen and not done."""
        yield state
        if actor < self.machine.workers:
            for name in ("nothing_to_tell", "post_seen"):
                after = self._apply(state, ((name, (actor,)),))
                if after is not None:
                    yield after

    def _apply(self, state: Workers, moves: Moves) -> Workers | None:
        for name, arguments in moves:
            guard: Callable[..., bool] | None = self.machine.guard_of(name)
            if guard is not None and not guard(state, *arguments):
                return None
            effect: Callable[..., Workers] = self.machine.effect_of(name)
            state = effect(state, *arguments)
        self.named.update(name for name, _ in moves)
        return state

    def _refuse(self, options: list[Moves], what: str) -> None:
        names = " or ".join(" then ".join(f"{n}{a}" for n, a in moves) for moves in options)
        state = min(self._all())
        raise AssertionError(f"{what}: {names} is no step of the workers' machine from {state}")

    # The critical sections of `Idle`, which others see without its lock.

    def _is_of_idle(self, happening: Happening, actor: int) -> bool:
        if happening.owner is self.idle._lock:
            if happening.verb == "acquire":
                self._enter(happening, actor)
            else:
                self.states, self.after, self.section = self.after, set(), ([], NOBODY)
            return True
        return False

    def _enter(self, happening: Happening, actor: int) -> None:
        """The step is taken somewhere between here and the release."""
        label = happening.label
        assert label, f"{happening.source!r} has no label of the machine"
        arguments: tuple[int, ...] = (actor,)
        if label == "begin_search":
            arguments = actor, (actor + 1) % self.machine.workers  # see `turn`
        options: list[Moves] = [((label, arguments),)]
        self.section = options, actor
        self.after = self._reached(self.states, options, actor)
        if not self.after:
            self._refuse(options, happening.operation)
        WorkersFollower.steps += 1

    # The machine beside the runtime.

    def _compare(self) -> None:
        """Keep the states which agree with what can be seen."""
        seen = self._seen()
        self.states = {state for state in self.states if self._agrees(state, seen)}
        self.after = {state for state in self.after if self._agrees(state, seen)}
        if not self._all():
            raise AssertionError(f"the runtime has {seen}, and the machine has not")

    def _seen(self) -> dict[str, Any]:
        """What stands where, as the machine says it."""
        workers = self.together.workers
        queues = [worker.queue for worker in workers]
        seen: dict[str, Any] = {
            "queue": tuple(self._numbers(queue.ready) for queue in queues),
            "slot": tuple((*self._numbers(queue.slot), NOBODY)[0] for queue in queues),
            "local": tuple(self._numbers(queue.pinned) for queue in queues),
            "injected": self._numbers(self.together.injection.tasks),
        }
        if self.idle._lock.depth == 0:
            bits = raw(self.idle, "sleepers")
            seen["searching"] = raw(self.idle, "searching")
            seen["sleepers"] = tuple(w.number for w in workers if bits & w.bit)
        if all(worker.parker._lock.depth == 0 for worker in workers):
            seen["token"] = tuple(raw(worker.parker, "_token") for worker in workers)
        return seen

    def _numbers(self, tasks: Iterable[object]) -> tuple[int, ...]:
        return tuple(self._number(task) for task in standing(tasks))

    def _agrees(self, state: Workers, seen: dict[str, Any]) -> bool:
        is_held = self.together.reactor_lock.depth > 0
        return is_held == (state.holder != NOBODY) and all(
            getattr(state, name) == value for name, value in seen.items()
        )
