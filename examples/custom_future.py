"""A future of your own: polled by the runtime, woken from another thread.

Run it:

    python examples/custom_future.py

A future answers the question "are you ready?" and, when it is not, keeps the waker of whoever asks.
Whoever makes it ready calls the waker, from any thread; in between nobody polls it.
"""

from __future__ import annotations

import sys
import threading

import zokio


class Answer(zokio.Future[int]):
    """A number that another thread will set."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: int | None = None
        self._waker: zokio.Waker | None = None
        self.polls = 0

    def poll(self, cx: zokio.Context) -> zokio.Poll[int]:
        """Ready when the number is there. Storing the waker and looking are one step: a number
        that is set in between would otherwise wake nobody."""
        self.polls += 1
        with self._lock:
            if self._value is not None:
                return zokio.Ready(self._value)
            self._waker = cx.waker
            return zokio.PENDING

    def set(self, value: int) -> None:
        """Make the future ready. From any thread."""
        with self._lock:
            self._value = value
            waker = self._waker
        if waker is not None:
            waker.wake()


def countdown(start: int) -> zokio.Future[str]:
    """The same without a class: ready after `start` polls; it wakes itself for the next one."""
    left = start

    def poll(cx: zokio.Context) -> zokio.Poll[str]:
        nonlocal left
        if left == 0:
            return zokio.Ready("lift-off")
        left -= 1
        cx.waker.wake()
        return zokio.PENDING

    return zokio.poll_fn(poll)


async def main() -> None:
    """Await a future, a mapped one, and one that continues with another."""
    answer = Answer()
    thread = threading.Timer(0.2, answer.set, [21])
    thread.start()
    print(f"the answer is {await answer}, after {answer.polls} polls")
    thread.join()

    doubled = Answer()
    doubled.set(21)
    print(f"doubled it is {await doubled.map(lambda value: value * 2)}")

    three = Answer()
    three.set(3)
    word = await three.then(countdown)
    print(f"three, two, one, {word}")


if __name__ == "__main__":
    try:
        zokio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
