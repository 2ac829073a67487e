"""Which actions of the workers' machine an operation of the real workers stands for.

Found from the operation's sign (`workers_signs.py`) and the states in which the machine may be.
Where these do not say which it is, several are named: the machine's guards, and what can be seen
afterwards, decide (`workers_beliefs.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from spec.workers_state import NOBODY, Workers
from tests.explore.workers_signs import Sign
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN

Step = tuple[str, tuple[int, ...]]
Moves = tuple[Step, ...]
"""Actions that one operation of the code stands for, in order."""
NOTHING: Moves = ()
States = Collection[Workers]


def moves_of(sign: Sign, states: States, workers: int) -> Iterator[Moves]:
    """What the sign may stand for in one of the states, which are of so many workers."""
    if sign.owner == "victim":
        return ((("turn", (sign.actor, start)),) for start in range(workers))
    if sign.owner == "task":
        return _of_task(sign, workers)
    if sign.owner in ("queue", "slot", "local", "injected"):
        return _of_deque(sign, states, workers)
    return OTHERS[sign.owner](sign, states)


def _of_glance(sign: Sign, states: States) -> Iterator[Moves]:
    yield (("skip", (sign.actor,)),)


def _of_baton(sign: Sign, states: States) -> Iterator[Moves]:
    yield (("get_up", (sign.actor,)),)


def _of_parker(sign: Sign, states: States) -> Iterator[Moves]:
    actor = sign.actor
    told = {s.telling[actor].whom for s in states if s.telling[actor].at == "unparking"}
    if sign.label == "unpark" and sign.number not in told:
        yield (("call_next", (actor,)), ("unpark", (actor,)))
    else:
        yield ((sign.label, (actor,)),)


def _of_reactor(sign: Sign, states: States) -> Iterator[Moves]:
    actor = sign.actor
    if sign.verb == "release":
        yield (("release", (actor,)),)
        yield (("end_visit", (actor,)),)
        return
    yield (("settle", (actor,)),)
    if sign.found:  # the lock is free
        yield (("visit", (actor,)),)
    elif not any(state.at[actor] == "settling" for state in states):
        yield NOTHING


def _of_bell(sign: Sign, states: States) -> Iterator[Moves]:
    if sign.verb == "set":
        yield (("ring", (sign.actor,)),)
        yield (("early_bell", (sign.actor,)),)
    elif sign.verb == "clear" and sign.found:  # it has rung
        yield (("rise", (sign.actor,)),)
        yield (("silence", (sign.actor,)),)


def _of_flag(sign: Sign, states: States) -> Iterator[Moves]:
    yield (({"write": "stop", "go on": "go_on"}.get(sign.verb, "recheck"), (sign.actor,)),)


OTHERS: dict[str, Callable[[Sign, States], Iterator[Moves]]] = {
    "baton": _of_baton,
    "bell": _of_bell,
    "flag": _of_flag,
    "glance": _of_glance,
    "parker": _of_parker,
    "reactor": _of_reactor,
}


def _of_task(sign: Sign, workers: int) -> Iterator[Moves]:
    """One transition: what the task's state was, and what it has become."""
    actor, number = sign.actor, sign.number
    match sign.found:
        case (s, t) if (s, t) in ((IDLE, QUEUED), (RUNNING, RUNNING_WOKEN)):
            if actor < workers:
                yield (("event", (actor, number)),)
                yield (("wake_inside", (actor, number)),)
            else:
                yield (("wake_outside", (actor, number)),)
        case (s, t) if (s, t) == (QUEUED, RUNNING):
            yield (("begin_poll", (actor,)),)
        case (s, t) if (s, t) in ((RUNNING, IDLE), (RUNNING_WOKEN, QUEUED)):
            yield (("end_pending", (actor,)),)
        case (s, t) if (s, t) == (RUNNING, QUEUED):  # it has yielded
            yield (("wake_inside", (actor, number)), ("end_pending", (actor,)))
        case (_, t) if t is DONE and actor < workers:
            yield NOTHING  # for the machine the poll ends later: see `Beliefs.ended`
        case other:
            raise AssertionError(f"task {number} went from one to the other of {other}")


def _of_deque(sign: Sign, states: States, workers: int) -> Iterator[Moves]:
    own = sign.number == sign.actor
    match sign.verb:
        case "popleft from":
            yield from _of_pop(sign, own)
        case "append to":
            yield from _of_push(sign, states, workers)
        case "extend":
            delivers = any(state.hand[sign.actor] for state in states)
            yield (("deliver", (sign.actor,)),) if delivers else NOTHING
        case "is there any in" | "length of" if sign.actor < workers:
            if sign.owner == "local" or not own:
                yield _of_look(sign, states)


def _of_look(sign: Sign, states: States) -> Moves:
    """A look at the next place counts; any other is for nothing."""
    for state in states:
        if state.left[sign.actor][:1] == ((sign.owner, sign.number),):
            if state.at[sign.actor] == "rechecking":
                return (("recheck", (sign.actor,)),)
            if state.at[sign.actor] == "searching":
                return (("look", (sign.actor,)),)
    return NOTHING


def _of_pop(sign: Sign, own: bool) -> Iterator[Moves]:
    names = {
        ("slot", True): ("displace", "take_slot"),
        ("queue", True): ("take_own",),
        ("local", True): ("take_local",),
        ("injected", False): ("take_injected", "look"),
        ("queue", False): ("steal",),
        ("slot", False): ("look",),
    }[sign.owner, own]
    yield from (((name, (sign.actor,)),) for name in names)
    if own or sign.owner == "injected":
        yield NOTHING  # it was empty; what is seen afterwards says so


def _of_push(sign: Sign, states: States, workers: int) -> Iterator[Moves]:
    actor = sign.actor
    match sign.owner:
        case "local":
            if actor < workers:
                yield (("requeue", (actor,)),)
            spawns = is_spawn_of_pinned(sign, states)
            yield (
                (("spawn_inside", (actor,)), ("post", (actor,)))
                if spawns
                else (("post", (actor,)),)
            )
        case "slot":
            yield (("place", (actor,)),)
        case "injected":
            yield (("inject", (actor,)),)
        case _:
            for name in ("requeue", "stow", "requeue_displaced", "spawn_inside"):
                yield ((name, (actor,)),)


def is_spawn_of_pinned(sign: Sign, states: States) -> bool:
    """Whether a task that nobody has seen yet may be put among those of its worker."""
    if sign.owner != "local" or sign.verb != "append to":
        return False
    requeues = any(state.at[sign.actor : sign.actor + 1] == ("requeueing",) for state in states)
    return not requeues and all(state.passing[sign.actor] == NOBODY for state in states)
