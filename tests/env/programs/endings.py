"""A program for the trace probe: what is rare. A signal handler wakes, a shutdown drops, a wake
comes too late."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import zokio

ALARM_SECONDS = 0.02


class WokenByAlarm(zokio.Future[None]):
    """Ready after a SIGALRM, whose handler wakes it on the very thread that sleeps."""

    def __init__(self) -> None:
        self.waker: zokio.Waker | None = None
        self.has_rung = False

    def poll(self, cx: zokio.Context) -> zokio.Poll[None]:
        """See `Future.poll`."""
        if self.has_rung:
            return zokio.Ready(None)
        if self.waker is None:
            self.waker = cx.waker
            signal.signal(signal.SIGALRM, self.ring)
            signal.setitimer(signal.ITIMER_REAL, ALARM_SECONDS)
        return zokio.PENDING

    def ring(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        self.has_rung = True
        assert self.waker is not None
        self.waker.wake()


async def refuse_to_end() -> None:
    """Cancelled again and again, until it is dropped."""
    while True:
        try:
            await zokio.sleep(1_000)
        except zokio.Cancelled:
            pass


async def main(alarm: WokenByAlarm) -> zokio.JoinHandle[None]:
    """Leaves a task behind that the shutdown has to drop."""
    stubborn = zokio.spawn(refuse_to_end())
    await alarm
    return stubborn


def too_late(alarm: WokenByAlarm, stubborn: zokio.JoinHandle[None]) -> None:
    """A wake and an abort from another thread when everything is closed."""
    assert alarm.waker is not None
    alarm.waker.wake()
    stubborn.abort()


if __name__ == "__main__":
    alarm = WokenByAlarm()
    runtime = zokio.Runtime(zokio.RuntimeConfig(shutdown_timeout=0.05))
    stubborn = runtime.block_on(main(alarm))
    runtime.shutdown()
    thread = threading.Thread(target=too_late, args=(alarm, stubborn))
    thread.start()
    thread.join()
