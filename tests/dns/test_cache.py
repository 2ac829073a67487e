"""Cache: until when a value holds, and which one makes room."""

from __future__ import annotations

from zokio.dns.cache import Cache


def test_a_value_holds_until_its_end_and_not_at_it() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1, ends_ns=10)
    assert cache.get("a", 9) == 1
    assert cache.get("a", 10) is None
    assert len(cache) == 0


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1, ends_ns=10)
    cache.put("b", 2, ends_ns=10)
    assert cache.get("a", 0) == 1
    cache.put("c", 3, ends_ns=10)
    cache.check_invariants()
    assert [cache.get(key, 0) for key in "abc"] == [1, None, 3]


def test_a_newer_value_replaces_the_old_one_and_its_end() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1, ends_ns=100)
    cache.put("a", 2, ends_ns=10)
    assert cache.get("a", 9) == 2 and cache.get("a", 10) is None


def test_no_room_keeps_nothing() -> None:
    cache: Cache[str, int] = Cache(0)
    cache.put("a", 1, ends_ns=10)
    assert cache.get("a", 0) is None


def test_cleared_it_keeps_nothing_of_what_was() -> None:
    cache: Cache[str, int] = Cache(2)
    cache.put("a", 1, ends_ns=10)
    cache.clear()
    assert cache.get("a", 0) is None
