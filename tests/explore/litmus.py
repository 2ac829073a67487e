"""Litmus programs: small, known from the literature, each with what can come of it.

Each is a function that makes its objects, runs its threads and returns the final state. What it
can return is listed by hand, for threads that take turns (sequential consistency). The broken ones
raise, or come to a deadlock, in some interleaving.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zokio.explore import Cell, Deque, Event, Lock, RLock, Thread, choose, wait_until


@dataclass(frozen=True, slots=True)
class Litmus:
    """A program; all results that it can have, of a right one."""

    program: Callable[[], object]
    results: frozenset[object] = frozenset()
    fails: str = ""
    """What the error says, of a broken one."""

    @property
    def name(self) -> str:
        """The function's."""
        return self.program.__name__


def run(*bodies: Callable[[], object]) -> None:
    """Each in a thread of its own, until all have ended."""
    threads = [Thread(target=body, name=f"T{n}") for n, body in enumerate(bodies, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def store_buffering() -> object:
    """Not both can read 0, as they could with store buffers."""
    x, y, seen = Cell(0, "x"), Cell(0, "y"), [0, 0]

    def first() -> None:
        x.set(1)
        seen[0] = y.get()

    def second() -> None:
        y.set(1)
        seen[1] = x.get()

    run(first, second)
    return tuple(seen)


def message_passing() -> object:
    """Whoever sees the flag sees the message."""
    message, flag, seen = Cell(0, "message"), Cell(0, "flag"), [0, 0]

    def sender() -> None:
        message.set(1)
        flag.set(1)

    def receiver() -> None:
        seen[:] = [flag.get(), message.get()]

    run(sender, receiver)
    return tuple(seen)


def independent_reads() -> object:
    """Two readers see two writes in the same order."""
    x, y = Cell(0, "x"), Cell(0, "y")
    seen = [(0, 0), (0, 0)]

    def read(place: int, one: Cell[int], other: Cell[int]) -> None:
        seen[place] = one.get(), other.get()

    run(
        lambda: x.set(1),
        lambda: y.set(1),
        lambda: read(0, x, y),
        lambda: read(1, y, x),
    )
    assert seen != [(1, 0), (1, 0)], "the readers disagree about the order of the writes"
    return tuple(seen)


def lost_update() -> object:
    """Two increments, of which one may be lost."""
    counter = Cell(0, "counter")

    def increment() -> None:
        counter.set(counter.get() + 1)

    run(increment, increment)
    return counter.get()


def locked_update() -> object:
    """Two increments under a lock."""
    counter, lock = Cell(0, "counter"), Lock()

    def increment() -> None:
        with lock:
            counter.set(counter.get() + 1)

    run(increment, increment, increment)
    return counter.get()


class Section:
    """A critical section that notices a second visitor."""

    def __init__(self) -> None:
        self.inside = Cell(0, "inside")
        self.visits = 0

    def visit(self) -> None:
        """Go in and out."""
        assert self.inside.get() == 0, "two in the critical section"
        self.inside.set(1)
        self.visits += 1
        self.inside.set(0)


def peterson_with(*, turn_first: bool) -> object:
    """Peterson's mutual exclusion; broken if the turn is given before the flag is raised."""
    flags = Cell(False, "flag 0"), Cell(False, "flag 1")
    turn, section = Cell(0, "turn"), Section()

    def enter(me: int) -> None:
        other = 1 - me
        if turn_first:
            turn.set(other)
            flags[me].set(True)
        else:
            flags[me].set(True)
            turn.set(other)
        wait_until(lambda: not flags[other].get() or turn.get() == me, flags[other], turn)
        section.visit()
        flags[me].set(False)

    run(lambda: enter(0), lambda: enter(1))
    return section.visits


def peterson() -> object:
    """As published."""
    return peterson_with(turn_first=False)


def broken_peterson() -> object:
    """The first two lines exchanged."""
    return peterson_with(turn_first=True)


def dekker_with(*, raises_flag: bool) -> object:
    """Dekker's mutual exclusion, one visit each; broken if a thread forgets its flag."""
    flags = Cell(False, "flag 0"), Cell(False, "flag 1")
    turn, section = Cell(0, "turn"), Section()

    def enter(me: int) -> None:
        other = 1 - me
        flags[me].set(raises_flag or me == 0)
        while flags[other].get():
            if turn.get() == other:
                flags[me].set(False)
                wait_until(lambda: turn.get() == me, turn)
                flags[me].set(True)
            else:
                wait_until(lambda: not flags[other].get(), flags[other])
        section.visit()
        turn.set(other)
        flags[me].set(False)

    run(lambda: enter(0), lambda: enter(1))
    return section.visits


def dekker() -> object:
    """As published."""
    return dekker_with(raises_flag=True)


def broken_dekker() -> object:
    """One thread never says that it wants to go in."""
    return dekker_with(raises_flag=False)


def parked_consumer() -> object:
    """Announce, look once more, sleep: nothing stays behind."""
    return consumer_that(looks_once_more=True)


def sleeping_consumer() -> object:
    """Without the second look a wake-up is lost."""
    return consumer_that(looks_once_more=False)


def consumer_that(*, looks_once_more: bool) -> object:
    """A consumer that parks, and two producers that ring only if it does."""
    queue: Deque[int] = Deque()
    parked, bell, taken = Cell(False, "parked"), Event(), list[int]()

    def produce(item: int) -> None:
        queue.append(item)
        if parked.get():
            bell.set()

    def consume() -> None:
        while len(taken) < 2:
            try:
                taken.append(queue.popleft())
            except IndexError:
                parked.set(True)
                if not (looks_once_more and queue):
                    bell.wait()
                    bell.clear()
                parked.set(False)

    run(consume, lambda: produce(1), lambda: produce(2))
    return tuple(taken)


def stack_with_aba() -> object:
    """A stack whose pop compares and swaps its top: a node comes back, and a lost one with it."""
    after = {"a": Cell("b", "a.next"), "b": Cell("", "b.next")}
    top, swap = Cell("a", "top"), Lock()

    def compare_and_swap(old: str, new: str) -> bool:
        with swap:
            if top.get() != old:
                return False
            top.set(new)
            return True

    def pop() -> str:
        while True:
            old = top.get()
            if not old or compare_and_swap(old, after[old].get()):
                return old

    def pop_two_push_first() -> None:
        first = pop()
        if first and pop():
            after[first].set(top.get())
            compare_and_swap(top.get(), first)

    popped = list[str]()
    run(lambda: popped.append(pop()), pop_two_push_first)
    assert not (popped == ["a"] and top.get() == "b"), "ABA: b was popped and is the top"
    return popped[0], top.get()


def opposite_locks() -> object:
    """Two locks, taken in opposite orders."""
    one, other = Lock(), Lock()

    def take(first: Lock, second: Lock) -> None:
        with first, second:
            pass

    run(lambda: take(one, other), lambda: take(other, one))
    return "done"


def ordered_locks() -> object:
    """Two locks, always in one order; one of them is taken twice."""
    one, other, log = RLock(), Lock(), list[int]()

    def take(me: int) -> None:
        with one, other, one:
            log.append(me)

    run(lambda: take(1), lambda: take(2))
    return tuple(log)


def double_checked_with(*, publishes_last: bool) -> object:
    """An object made once by whoever comes first; broken if others see it before it is ready."""
    made, ready, lock = Cell(False, "made"), Cell(0, "ready"), Lock()

    def use() -> None:
        if not made.get():
            with lock:
                if not made.get():
                    if publishes_last:
                        ready.set(ready.get() + 1)
                        made.set(True)
                    else:
                        made.set(True)
                        ready.set(ready.get() + 1)
        assert ready.get() == 1, "used before it was ready"

    run(use, use)
    return ready.get()


def double_checked() -> object:
    """Made, then published."""
    return double_checked_with(publishes_last=True)


def broken_double_checked() -> object:
    """Published, then made."""
    return double_checked_with(publishes_last=False)


def queue_of_two() -> object:
    """An owner pops at one end, a thief at the other: each item is taken once."""
    queue, owned, stolen = Deque([1, 2]), list[int](), list[int]()

    def take(pop: Callable[[], int], into: list[int]) -> None:
        for _ in range(2):
            try:
                into.append(pop())
            except IndexError:
                return

    run(lambda: take(queue.popleft, owned), lambda: take(queue.pop, stolen))
    assert sorted(owned + stolen) == [1, 2]
    return tuple(owned), tuple(stolen)


def look_and_pop() -> object:
    """Whoever looks first and pops then may find nothing left."""
    queue = Deque([1])

    def take() -> None:
        if queue:
            queue.popleft()

    run(take, take)
    return "done"


def try_lock() -> object:
    """Whoever finds the lock taken goes away; somebody always gets it."""
    lock, got = Lock(), list[int]()

    def attempt(me: int) -> None:
        if lock.acquire(blocking=False):
            got.append(me)
            lock.release()

    run(lambda: attempt(1), lambda: attempt(2))
    return tuple(got)


def timeouts() -> object:
    """Two waits end at the same time, when nobody else can go on; a set may come between them."""
    event, seen = Event(), ["", ""]

    def wait_and_set() -> None:
        seen[0] = "set" if event.wait(1.0) else "late"
        event.set()

    def wait() -> None:
        seen[1] = "set" if event.wait(1.0) else "late"

    run(wait_and_set, wait)
    return tuple(seen)


def choices() -> object:
    """What is chosen is tried in every way, beside the interleavings."""
    cell, chosen = Cell(0, "cell"), list[int]()

    def pick() -> None:
        chosen.append(choose("digit", 3))
        cell.set(chosen[0])

    run(pick, lambda: cell.set(9))
    return chosen[0], cell.get()


def pairs(*results: object) -> frozenset[object]:
    """What a program can return."""
    return frozenset(results)


LITMUS = (
    Litmus(store_buffering, pairs((0, 1), (1, 0), (1, 1))),
    Litmus(message_passing, pairs((0, 0), (0, 1), (1, 1))),
    Litmus(lost_update, pairs(1, 2)),
    Litmus(locked_update, pairs(3)),
    Litmus(peterson, pairs(2)),
    Litmus(dekker, pairs(2)),
    Litmus(parked_consumer, pairs((1, 2), (2, 1))),
    Litmus(ordered_locks, pairs((1, 2), (2, 1))),
    Litmus(double_checked, pairs(1)),
    Litmus(queue_of_two, pairs(((1, 2), ()), ((1,), (2,)), ((), (2, 1)))),
    Litmus(try_lock, pairs((1,), (2,), (1, 2), (2, 1))),
    Litmus(timeouts, pairs(("late", "late"), ("late", "set"))),
    Litmus(choices, pairs((0, 0), (1, 1), (2, 2), (0, 9), (1, 9), (2, 9))),
)

BROKEN = (
    Litmus(broken_peterson, fails="two in the critical section"),
    Litmus(broken_dekker, fails="two in the critical section"),
    Litmus(sleeping_consumer, fails="nobody can go on"),
    Litmus(stack_with_aba, fails="ABA"),
    Litmus(opposite_locks, fails="nobody can go on"),
    Litmus(broken_double_checked, fails="used before it was ready"),
    Litmus(look_and_pop, fails="pop from an empty"),
)
