"""Idle: which workers sleep, how many search, and whom to wake.

        awake --begin_search--> searching --end_search--> awake
                                    |  ^
                       fall_asleep  |  | pick, by whoever has pushed a task
                                    v  |
          awake --fall_asleep--> sleeping --get_up--> awake, or searching

Whoever has pushed a task calls `pick`: if nobody searches, one sleeper is taken out and counted as
searching, and the caller unparks it. If somebody searches already, that one will find the task, or
look at every queue once more after it has announced its sleep. A searcher which has found something
and was the last one calls `pick` too, since there may be more.

Guarantees: nobody sleeps for good while a task stands in a queue and nobody searches. At most half
of the workers begin to search at a time.

`searching` and `sleepers` are read without the lock by who only wants to know whether to take it.
Under the lock there are reads and writes of attributes and no calls: no signal handler, no
finalizer and so no other lock can come in between. So the sleepers are the bits of a number.
"""

from __future__ import annotations

from zokio.env.threads import Lock


class Idle:
    """One for all workers. A worker is known by its bit, 1 << number."""

    __slots__ = ("_lock", "risings", "searchers_max", "searching", "sleepers")

    def __init__(self, workers: int) -> None:
        self._lock = Lock()
        self.searchers_max = (workers + 1) // 2
        self.searching = 0
        self.sleepers = 0
        self.risings = 0
        """How often a sleeper has got up."""

    def pick(self) -> int:
        """There is work: the bit of a sleeper to unpark, which now counts as searching, or 0."""
        if self.searching > 0 or self.sleepers == 0:  # workers: skip
            return 0
        with self._lock:  # workers: pick
            if self.searching > 0 or self.sleepers == 0:
                return 0
            picked = self.sleepers & -self.sleepers
            self.sleepers ^= picked
            self.searching += 1
            return picked

    def begin_search(self) -> bool:
        """A worker that is awake wants to search; False: enough others do."""
        with self._lock:  # workers: begin_search
            if self.searching >= self.searchers_max:
                return False
            self.searching += 1
            return True

    def end_search(self) -> bool:
        """A searcher has found something; whether it was the last one, who has to `pick`."""
        with self._lock:  # workers: end_search
            self.searching -= 1
            return self.searching == 0

    def fall_asleep(self, bit: int, was_searching: bool) -> None:
        """Announce it. Whoever does looks at every queue once more before it really sleeps."""
        with self._lock:  # workers: announce
            if was_searching:
                self.searching -= 1
            self.sleepers |= bit

    def get_up(self, bit: int, found: bool) -> bool:
        """A sleeper is awake, whyever; whether it counts as searching, since it was picked.

        Or since its last look before the sleep has `found` something: whoever had pushed that may
        have counted on it as a searcher, and there may be more than it takes now. If enough others
        search, the last of them looks after that.
        """
        with self._lock:  # workers: unannounce
            self.risings += 1
            if self.sleepers & bit:
                self.sleepers ^= bit
                if not found or self.searching >= self.searchers_max:
                    return False
                self.searching += 1
            return True

    def check_invariants(self, workers: int) -> None:
        """Assert what the head of this file says, when every one of the workers sleeps."""
        assert self.sleepers == (1 << workers) - 1, f"asleep are {self.sleepers:b}"
        assert self.searching == 0, f"everybody sleeps, and {self.searching} search"
