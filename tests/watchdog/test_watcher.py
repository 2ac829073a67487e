"""The watcher: when it looks, when it sleeps, and what time it does not count."""

from __future__ import annotations

import pytest

from tests.helpers.controlled_thread import ENDED, ControlledThread
from zokio.env.bystanders import BYSTANDERS, active_count
from zokio.env.clock import SECOND_NS, VirtualClock
from zokio.env.parker import Parker
from zokio.env.threads import Event, Thread
from zokio.watchdog import watcher as module
from zokio.watchdog.place import PollingPlace
from zokio.watchdog.watcher import QUIET_LOOKS, Watcher

STUCK_S = 30.0


class NotedPlace(PollingPlace):
    """A place that notes how it was looked at, and says what it is told to."""

    def __init__(self, threshold_ns: int = SECOND_NS // 10, moves: bool = False) -> None:
        super().__init__(lambda: None, lambda: not self.moves, lambda: 0, threshold_ns, print)
        self.moves = moves
        self.looks: list[tuple[int, int]] = []
        self.looked = Event()

    def look(self, now_ns: int, not_counted_ns: int = 0) -> bool:
        self.looks.append((now_ns, not_counted_ns))
        self.looked.set()
        return super().look(now_ns, not_counted_ns)


class World:
    """A watcher whose clocks stand still until they are moved; it has no thread."""

    def __init__(self, *places: PollingPlace) -> None:
        self.clock, self.used = VirtualClock(), VirtualClock()
        self.watcher = Watcher(self.clock.now_ns, self.used.now_ns)
        self.watcher.places.update(dict.fromkeys(places))

    def look_after(self, milliseconds: int, used: int = 0) -> bool:
        self.clock.advance(milliseconds * 1_000_000)
        self.used.advance(used * 1_000_000)
        return self.watcher.look()


def test_it_looks_twice_within_the_shortest_threshold() -> None:
    world = World(NotedPlace(SECOND_NS), NotedPlace(SECOND_NS // 5))
    assert world.watcher.interval_ns() == SECOND_NS // 10
    assert World(NotedPlace(1)).watcher.interval_ns() == module.INTERVAL_MIN_NS
    assert World().watcher.interval_ns() == SECOND_NS // 2


def test_something_moves_when_any_place_does() -> None:
    world = World(NotedPlace(), NotedPlace(moves=True))
    world.look_after(50)
    assert world.look_after(50)
    world = World(NotedPlace(), NotedPlace())
    world.look_after(50)
    assert not world.look_after(50)


@pytest.mark.parametrize(
    ("passed", "used", "not_counted"),
    [
        (50, 0, 0),  # on time
        (100, 0, 0),  # late by one interval
        (60_000, 0, 59_900),  # the process was stopped
        (60_000, 29_999, 59_900),  # it had less than half of the processor
        (60_000, 30_000, 0),  # a call kept the interpreter's lock and worked
    ],
)
def test_time_that_was_nobodys_is_not_counted(passed: int, used: int, not_counted: int) -> None:
    place = NotedPlace()
    world = World(place)
    world.look_after(passed, used)
    assert place.looks == [(passed * 1_000_000, not_counted * 1_000_000)]


class Stops(Parker):
    """Where the watcher's thread stops; the test says when it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = ControlledThread()
        self.timeouts: list[float] = []
        self.unparked = 0

    def park(self, timeout: float) -> bool:
        self.timeouts.append(timeout)
        self.thread.stop_here("parked")
        return True

    def unpark(self) -> None:
        self.unparked += 1


class Running:
    """A watcher whose thread runs only when it is told to."""

    def __init__(self, *places: PollingPlace) -> None:
        self.parker = Stops()
        self.watcher = Watcher(make_parker=lambda: self.parker)
        self.watcher.places.update(dict.fromkeys(places))
        self.watcher.thread = Thread()  # stands for the one that is controlled
        self.watcher.asleep = False
        self.parker.thread.run(self.watcher.run)

    def go_on(self) -> None:
        assert self.parker.thread.go_on() == "parked"

    def fall_asleep(self) -> None:
        """Let it look until it waits without an end."""
        while self.parker.timeouts[-1] > 0:
            self.go_on()

    def end(self) -> None:
        self.watcher._parker = Parker()
        assert self.parker.thread.go_on() == ENDED
        self.parker.thread.join()


def test_it_sleeps_when_nothing_has_moved_for_some_time() -> None:
    place = NotedPlace()
    running = Running(place)
    place.look(0)  # the first look finds it new
    place.looks.clear()
    running.fall_asleep()
    assert (running.watcher.asleep, running.parker.unparked) == (True, 0)
    assert running.parker.timeouts == [0.05] * QUIET_LOOKS + [-1]
    assert len(place.looks) == QUIET_LOOKS + 1, "it looks once more when it has announced its sleep"
    running.watcher.rouse()
    assert running.parker.unparked == 1
    running.go_on()
    assert (running.watcher.asleep, running.parker.timeouts[-1]) == (False, 0.05)
    running.end()


def test_it_does_not_sleep_while_something_moves() -> None:
    place = NotedPlace(moves=True)
    running = Running(place)
    for _ in range(3 * QUIET_LOOKS):
        running.go_on()
    assert not running.watcher.asleep
    running.end()


def test_whoever_gets_up_after_the_announcement_is_seen() -> None:
    class GetsUp(NotedPlace):
        def look(self, now_ns: int, not_counted_ns: int = 0) -> bool:
            self.moves = running.watcher.asleep  # it has seen no announcement, and polls
            return super().look(now_ns, not_counted_ns)

    place = NotedPlace()
    running = Running(place)
    running.watcher.places = {GetsUp(): None}
    for _ in range(3 * QUIET_LOOKS):
        running.go_on()
    assert -1 not in running.parker.timeouts and not running.watcher.asleep
    running.end()


def test_one_thread_is_enough_and_it_ends_with_a_stop() -> None:
    watcher, place = Watcher(), NotedPlace(1)
    before = active_count()
    watcher.enter(place)
    thread = watcher.thread
    assert thread is not None and thread.daemon and thread in BYSTANDERS
    assert place.looked.wait(STUCK_S)
    watcher.enter(NotedPlace(1))
    watcher.rouse()
    assert watcher.thread is thread
    assert active_count() == before, "it is a bystander"
    watcher.stop()
    assert not thread.is_alive() and watcher.asleep and thread not in BYSTANDERS
    watcher.stop()
    watcher.enter(place)
    assert watcher.thread is not thread
    watcher.leave(place)
    watcher.stop()


def test_a_stop_waits_some_moments_for_the_system_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for known in ([True, True, False], [True] * 1_000):
        answers = iter(known)
        monkeypatch.setattr(module, "is_known_to_the_system", lambda _: next(answers))  # noqa: B023  # called before the next round
        watcher = Watcher()
        watcher.enter(NotedPlace())
        watcher.stop()
        assert watcher.thread is None
        assert len(list(answers)) in (0, 1_000 - module.MOMENTS_MAX)


def test_a_thread_that_finds_another_one_rousing_goes_on() -> None:
    watcher = Watcher()
    assert watcher._rousing.acquire()
    watcher.rouse()
    assert watcher.thread is None and watcher.asleep


def test_without_a_thread_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoThread(Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module, "Thread", NoThread)
    watcher = Watcher()
    watcher.enter(NotedPlace())
    assert watcher.thread is None and not BYSTANDERS & {NoThread}


def test_whoever_stops_it_from_its_own_thread_does_not_wait_for_himself() -> None:
    class Stopping(NotedPlace):
        def look(self, now_ns: int, not_counted_ns: int = 0) -> bool:
            watcher.stop()
            self.looked.set()
            return False

    watcher, place = Watcher(), Stopping(1)
    watcher.enter(place)
    thread = watcher.thread
    assert place.looked.wait(STUCK_S) and thread is not None
    assert watcher.thread is thread, "it goes on"
    watcher.stop()
    assert not thread.is_alive()
