"""The world: runs threads one at a time, and asks a strategy at each operation who goes on.

    with Carriers() as carriers:
        execution = World(carriers, strategy).execute(program)

Guarantees: between two operations on shared things a thread is never interrupted; whoever is to be
next is the strategy's decision alone, so the same decisions give the same execution, step by step.
The thread that comes to an operation makes the decision itself, and only a change of threads costs
a handing over (`carriers.py`). Time stands still as long as anybody can run: it moves on to the
next deadline when nobody can.

It deliberately decides nothing (`schedule_tree.py`, `sampling.py`) and models nothing
(`modelled.py`, `shared.py`). What it cannot see, because it is neither modelled nor declared as
shared, counts as done together with the operation before it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import NoReturn

from zokio.env.threads import Lock
from zokio.errors import UsageError
from zokio.explore.carriers import Carriers
from zokio.explore.execution import Deadlock, Ending, Execution
from zokio.explore.operations import Operation, Place
from zokio.explore.strand import Observer, Strand, Strategy

SILENCE_MAX_S = 60.0
"""How long a thread may take from one operation to the next. A net, and no part of any verdict."""

PATIENCE = 400
"""Steps that a thread takes in a row while others could run. Then it has to let one of them, which
is no preemption: a loop that waits for somebody else is fair in the end, as schedulers are."""


class Abandoned(BaseException):
    """The execution is over and this thread of it has to go. Never catch it."""


class World:
    """One execution, of at most `steps_max` steps."""

    current: World | None = None
    """The world whose threads are running; modelled objects find it here."""

    def __init__(
        self,
        carriers: Carriers,
        strategy: Strategy,
        *,
        steps_max: int = 5_000,
        observer: Observer | None = None,
    ) -> None:
        self.carriers = carriers
        self.strategy = strategy
        self.steps_max = steps_max
        self.observer = observer
        self.execution = Execution()
        self.strands: list[Strand] = []
        self.live: list[Strand] = []
        self.now_ns = 0
        self.ending = False
        """Every thread that reaches an operation is abandoned."""
        self.is_calm = False
        """Nothing is to be decided: whoever runs goes on, else the first who can."""
        self.misuse: UsageError | None = None
        self._in_a_row = 0
        self._places = 0
        self._owners: dict[int, tuple[object, str]] = {}  # kept alive: no identity comes twice
        self._titled: dict[str, int] = {}
        self._back = Lock()
        self._back.acquire()

    # For the one who explores.

    def execute(self, program: Callable[[], object]) -> Execution:
        """Run `program` as the first thread, and every thread that it starts, to their end.

        Raises:
            UsageError: a thread did not come to its next operation, or the program does not do
                what the strategy expects.
        """
        if World.current is not None:
            raise UsageError("an exploration is running already; explore one program at a time")
        World.current = self
        try:
            self.running = self.add_strand("main", partial(self._keep_result, program), Place(None))
            self.running.carrier.baton.release()
            self._wait()
            self._abandon_the_rest()
        finally:
            self.ending = True  # after an interrupt a thread may still be on its way
            World.current = None
        if self.misuse is not None:
            raise self.misuse
        return self.execution

    def _keep_result(self, program: Callable[[], object]) -> None:
        self.execution.result = program()

    def _wait(self) -> None:
        if not self._back.acquire(timeout=SILENCE_MAX_S):
            raise UsageError(
                f"thread {self.running.name} did not come from {self.running.pending} to its next "
                f"operation within {SILENCE_MAX_S:.0f} s: it loops without touching anything "
                "shared, or waits for something that is not modelled"
            )

    def _abandon_the_rest(self) -> None:
        self.ending = True
        execution = self.execution
        execution.names = [strand.name for strand in self.strands]
        execution.pending = {strand.number: strand.pending for strand in self.live}
        for strand in tuple(self.live):
            self.running = strand
            strand.carrier.baton.release()
            self._wait()

    # For modelled objects; called by the thread that runs.

    def add_strand(
        self, name: str, body: Callable[[], None], place: Place, *, daemon: bool = False
    ) -> Strand:
        """A thread which can run from now on; `place` stands for its beginning and its end."""
        strand = Strand(len(self.strands), name, place, daemon)
        strand.carrier = self.carriers.take(partial(self._carry, strand, body))
        self.strands.append(strand)
        self.live.append(strand)
        return strand

    def reach(self, operation: Operation) -> None:
        """Stand before an operation; come back when it is this thread's turn to do it."""
        if self.ending:
            raise Abandoned
        strand = self.running
        if self.is_calm and (operation.enabled is None or operation.enabled()):
            return
        strand.pending = operation
        if self.observer is not None:
            self.observer.stands(strand)
        following = self._decide()
        if following is not strand:
            self.running = following
            following.carrier.baton.release()
            strand.carrier.baton.acquire()
            if self.ending:
                raise Abandoned

    def was_only_a_look(self) -> None:
        """The operation just done has changed nothing."""
        if not self.is_calm:
            self.execution.writes[-1] = False

    def choose(self, label: str, count: int) -> int:
        """One of `count` possibilities; every one of them is explored."""
        if self.ending:
            raise Abandoned
        operation = Operation(None, f"choose {label}", writes=False)
        if self.observer is not None:
            self.observer.stands(self.running)
        if self.is_calm:
            return 0
        options = tuple(range(count))
        value = self.strategy.choice(len(self.execution.who), count)
        if value not in options:
            self._changed(f"there is no possibility {value} of {count}")
        self._record(self.running, operation, options, value)
        return value

    # The heart.

    def _decide(self) -> Strand:
        """Who goes on; recorded as the next step."""
        step = len(self.execution.who)
        known = self.strategy.known(step)
        if known is not None and not self.is_calm:  # as in the execution before: no need to look
            number, options = known
            strand = self.strands[number] if number < len(self.strands) else self.running
            enabled = strand.pending.enabled
            if not strand.ended and (enabled is None or enabled()):
                self._record(strand, strand.pending, options, number)
                return strand
        runnable = [s for s in self.live if (e := s.pending.enabled) is None or e()]
        if not runnable:
            runnable = self._let_time_pass()
        last = self.running
        if self.is_calm:
            return last if last in runnable else runnable[0]
        if step >= self.steps_max:
            self._stop("cut")
        if self._in_a_row >= PATIENCE and len(runnable) > 1 and last in runnable:
            runnable.remove(last)
        options = tuple([s.number for s in runnable])
        number = self.strategy.schedule(step, options, last.number)
        if number not in options:
            self._changed(f"thread {number} cannot run")
        strand = self.strands[number]
        self._record(strand, strand.pending, options, number)
        return strand

    def _record(
        self, strand: Strand, operation: Operation, options: tuple[int, ...], decision: int
    ) -> None:
        place = operation.place
        if place is not None and place.number < 0:
            self._number(place)
        execution = self.execution
        self._in_a_row = self._in_a_row + 1 if strand is self.running else 0
        execution.lasts.append(self.running.number)
        execution.who.append(strand.number)
        execution.operations.append(operation)
        execution.writes.append(operation.writes)
        execution.options.append(options)
        execution.decisions.append(decision)
        if self.observer is not None:
            try:
                self.observer.done(strand, operation)
            except Exception as error:  # whoever looks on does not agree
                self._failed(strand, error)
                self._stop("failed")

    def _number(self, place: Place) -> None:
        place.number = self._places
        self._places += 1
        if not place.title:
            place.title = self.title_of(place.owner)

    def title_of(self, owner: object) -> str:
        """What timelines call an object: its class, and its rank by first use."""
        known = self._owners.get(id(owner))
        if known is None:
            kind = type(owner).__name__
            rank = self._titled[kind] = self._titled.get(kind, 0) + 1
            known = self._owners[id(owner)] = owner, f"{kind}#{rank}"
        return known[1]

    def _let_time_pass(self) -> list[Strand]:
        """Nobody can run: on to the first deadline."""
        deadlines = [
            strand.pending.deadline_ns
            for strand in self.live
            if strand.pending.deadline_ns is not None
        ]
        if not deadlines:
            stuck = "; ".join(f"{s.name} stands before {s.pending}" for s in self.live)
            self.execution.error = Deadlock(f"nobody can go on: {stuck}")
            self._stop("deadlock")
        self.now_ns = min(deadlines)
        self.execution.barriers.append(len(self.execution.who))
        return [s for s in self.live if (e := s.pending.enabled) is None or e()]

    def _stop(self, ending: Ending) -> NoReturn:
        self.execution.ending = ending
        self.ending = True
        raise Abandoned

    def _changed(self, what: str) -> NoReturn:
        self.misuse = UsageError(
            f"step {len(self.execution.who)}: {what}: the program does not do the same when it is "
            "run twice, or it is not the one which the schedule was made for"
        )
        self.ending = True
        raise Abandoned

    def _carry(self, strand: Strand, body: Callable[[], None]) -> None:
        """What a carrier does for a strand: all of it, then hand over to the next."""
        following = None
        try:
            if not self.ending:
                Context().run(body)
                self.reach(Operation(strand.place, "end", writes=True, enables=True))
                strand.ended = True
                self.live.remove(strand)
                if any(not other.daemon for other in self.live):
                    following = self._decide()
        except Abandoned:
            pass
        except BaseException as error:  # also a SystemExit: whatever it is, it ended the thread
            self._failed(strand, error)
        if not strand.ended:
            strand.ended = True
            self.live.remove(strand)
        self.carriers.idle.append(strand.carrier)
        if following is None:
            self._back.release()
        else:
            self.running = following
            following.carrier.baton.release()

    def _failed(self, strand: Strand, error: BaseException) -> None:
        execution = self.execution
        if not self.ending and execution.ending == "finished":
            execution.ending = "failed"
            execution.error = error
            execution.culprit = strand.number
