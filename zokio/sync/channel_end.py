"""What both ends of an mpsc channel tell: its capacity, and how many values wait in it."""

from __future__ import annotations

import math
from typing import Generic, TypeVar

from zokio.sync.channel import Channel
from zokio.sync.closing import Closing

T = TypeVar("T")


class ChannelEnd(Closing, Generic[T]):
    """What both ends tell."""

    __slots__ = ("_channel", "_is_open")

    def __init__(self, channel: Channel[T]) -> None:
        self._channel = channel
        self._is_open = True

    @property
    def capacity(self) -> int | None:
        """How many values may wait to be received; None: any number."""
        capacity = self._channel.capacity
        return None if capacity == math.inf else int(capacity)

    def __len__(self) -> int:
        """How many values wait to be received now."""
        return len(self._channel.buffer)

    def __bool__(self) -> bool:
        return True  # an empty channel is a channel

    def __repr__(self) -> str:
        state = "open" if self._is_open else "closed"
        size = "any number" if self.capacity is None else self.capacity
        return f"<{type(self).__name__} {state}, {len(self)} of {size} values wait>"
