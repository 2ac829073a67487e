"""A permit: one slot of an mpsc channel that is kept for a value to come."""

from __future__ import annotations

from typing import Generic, TypeVar

from zokio.core.wait_queue import wake_all
from zokio.errors import UsageError
from zokio.sync.channel import Channel
from zokio.sync.closing import Closing

T = TypeVar("T")


class Permit(Closing, Generic[T]):
    """One slot that is kept. `send` uses it; `release`, or the end of its block, gives it back.

    What a permit sends arrives also when every sender, or the receiver, was closed meanwhile: the
    receiver waits for it. A permit that is not held any more is released.
    """

    __slots__ = ("_channel", "_is_held")

    def __init__(self, channel: Channel[T]) -> None:
        self._channel = channel
        self._is_held = True

    def send(self, value: T) -> None:
        """Send a value, without waiting.

        Raises:
            ClosedError: nobody holds the receiver any more; the value was not sent.
            UsageError: the permit was used or released before.
        """
        with self._channel.lock:
            if not self._is_held:
                raise UsageError("this permit was used or released; reserve a new one")
            self._is_held = False
            woken = self._channel.keep(value)
        if woken is not None:
            woken.wake()

    def release(self) -> None:
        """Give the slot back. Nothing if the permit was used or released."""
        with self._channel.lock:
            if not self._is_held:
                return
            self._is_held = False
            woken = self._channel.release()
        wake_all(woken)

    close = release

    def __del__(self) -> None:
        self.release()
