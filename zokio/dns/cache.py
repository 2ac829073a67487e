"""Cache: values that hold until an instant; the one that was asked for longest ago makes room.

It reads no clock: it is told what time it is, so virtual time tests it. It is not for two threads
at once: who shares it guards it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most `size` values; 0 keeps none."""

    __slots__ = ("_entries", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, tuple[int, V]] = OrderedDict()
        """By key: when it ends, and the value; who was asked for last stands last."""

    def get(self, key: K, now_ns: int) -> V | None:
        """The value, if it still holds."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] <= now_ns:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return entry[1]

    def put(self, key: K, value: V, ends_ns: int) -> None:
        """Keep the value until `ends_ns`; it replaces the old one."""
        self._entries[key] = (ends_ns, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def clear(self) -> None:
        """Keep nothing of what is kept now."""
        self._entries.clear()

    def __len__(self) -> int:
        return len(self._entries)

    def check_invariants(self) -> None:
        """Assert that there are not too many."""
        assert len(self._entries) <= self._size, "more are kept than there is room for"
