"""The watcher: one thread of the process, which looks at the polling places now and then.

           ASLEEP --rouse--> LOOKING, every half of the shortest threshold
             ^                  |
             +--nothing has moved for QUIET_LOOKS looks--+

Guarantees: a poll is told of while it lasts, once, at the latest when it has taken its threshold
and a half and one look more. While every thread is parked the watcher sleeps, and uses no processor
at all: the first thread that gets up rouses it. Time in which the watcher itself could not run and
the process used no processor is not counted: the process was stopped, or the machine had no time
for it.

It cannot look while a call into C keeps the interpreter's lock. Of such a call it tells afterwards,
and only if it had seen the poll before and the call used the processor.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from zokio.env.bystanders import BYSTANDERS, is_known_to_the_system
from zokio.env.clock import SECOND_NS, monotonic_ns, process_time_ns
from zokio.env.parker import Parker
from zokio.env.threads import Lock, Thread, current_thread
from zokio.watchdog.place import PollingPlace

QUIET_LOOKS: Final = 20
INTERVAL_MIN_NS: Final = 5_000_000
STUCK_S: Final = 1.0
"""So long a fork waits for the watcher to end, which may be busy with a log of the program's."""
MOMENT_S: Final = 0.0005
MOMENTS_MAX: Final = 100
"""And so often for the system to have forgotten its thread."""


class Watcher:
    """Looks at `places`.

    Args:
        now_ns: the clock.
        used_ns: the processor time of the process.
        make_parker: makes the place where its thread waits; for tests.
    """

    def __init__(
        self,
        now_ns: Callable[[], int] = monotonic_ns,
        used_ns: Callable[[], int] = process_time_ns,
        make_parker: Callable[[], Parker] = Parker,
    ) -> None:
        self._now_ns = now_ns
        self._used_ns = used_ns
        self._make_parker = make_parker
        self.reset()

    def reset(self) -> None:
        """As at the beginning of a process; for a forked child."""
        self.asleep = True
        """Whether it wants to be roused."""
        self.places: dict[PollingPlace, None] = {}
        self.thread: Thread | None = None
        self._parker = self._make_parker()
        self._rousing = Lock()
        self._last_ns = self._now_ns()
        self._last_used_ns = self._used_ns()

    def enter(self, place: PollingPlace) -> None:
        """The calling thread polls at this place, until it leaves."""
        place.enter()
        self.places[place] = None
        if self.asleep:
            self.rouse()

    def leave(self, place: PollingPlace) -> None:
        """The thread polls there no more."""
        self.places.pop(place, None)
        place.forget()

    def rouse(self) -> None:
        """A thread polls again. From any thread; whoever finds another one at it goes on."""
        if not self._rousing.acquire(blocking=False):
            return
        try:
            self.asleep = False
            if self.thread is None:
                self.thread = self._start()
            else:
                self._parker.unpark()
        finally:
            self._rousing.release()

    def _start(self) -> Thread | None:
        thread = Thread(target=self.run, name="zokio-watchdog", daemon=True)
        BYSTANDERS.add(thread)
        try:
            thread.start()
        except RuntimeError:  # there are no more threads, or the interpreter ends: nobody watches
            BYSTANDERS.discard(thread)
            return None
        return thread

    def run(self) -> None:
        """The life of the watcher's thread: it ends when the watcher has another parker."""
        parker = self._parker
        quiet = 0
        while self._parker is parker:
            parker.park(self.interval_ns() / SECOND_NS)
            quiet = 0 if self.look() else quiet + 1
            if quiet >= QUIET_LOOKS and self._parker is parker:
                self._sleep(parker)
                quiet = 0

    def _sleep(self, parker: Parker) -> None:
        """Announce first and look once more afterwards: whoever gets up in between is seen."""
        self.asleep = True
        if not self.look():
            parker.park(-1)
        if self._parker is parker:
            self.asleep = False

    def interval_ns(self) -> int:
        """The time between two looks."""
        thresholds = [place.threshold_ns for place in self.places.copy()]
        return max(INTERVAL_MIN_NS, min(thresholds, default=SECOND_NS) // 2)

    def look(self) -> bool:
        """Look at every place; whether anything has moved."""
        not_counted_ns = self._not_counted_ns()
        seen = [place.look(self._last_ns, not_counted_ns) for place in self.places.copy()]
        return any(seen)

    def _not_counted_ns(self) -> int:
        """Of the time since the last look, what was nobody's."""
        now_ns, used_ns = self._now_ns(), self._used_ns()
        passed_ns, worked_ns = now_ns - self._last_ns, used_ns - self._last_used_ns
        self._last_ns, self._last_used_ns = now_ns, used_ns
        late_ns = passed_ns - 2 * self.interval_ns()
        return late_ns if late_ns > 0 and worked_ns < passed_ns // 2 else 0

    def stop(self) -> None:
        """End the thread, before a fork. The next thread that gets up makes another one."""
        thread, parker = self.thread, self._parker
        if thread is None or thread is current_thread():
            return
        self.thread, self._parker = None, self._make_parker()
        parker.unpark()
        thread.join(STUCK_S)
        for _ in range(MOMENTS_MAX):  # Python 3.12 counts the system's threads after a fork
            if not is_known_to_the_system(thread):
                break
            parker.park(MOMENT_S)
        BYSTANDERS.discard(thread)
        self.asleep = True
