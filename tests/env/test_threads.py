"""The door to threads: the standard library's own, under the names that later work replaces."""

from __future__ import annotations

import collections
import threading

from zokio.env import threads


def test_the_names_are_the_standard_librarys() -> None:
    for name in set(threads.__all__) - {"ThreadLocal", "deque"}:
        assert getattr(threads, name) is getattr(threading, name)
    assert threads.ThreadLocal is threading.local
    assert threads.deque is collections.deque


def test_everything_listed_is_there_and_the_list_is_sorted() -> None:
    assert threads.__all__ == sorted(threads.__all__)
    assert all(hasattr(threads, name) for name in threads.__all__)


def test_what_is_thread_local_is_seen_by_its_own_thread_only() -> None:
    class Place(threads.ThreadLocal):
        name = "nobody"

    place = Place()
    place.name = "here"
    seen: list[str] = []
    thread = threads.Thread(target=lambda: seen.append(place.name))
    thread.start()
    thread.join()
    assert (place.name, seen) == ("here", ["nobody"])


def test_each_thread_has_an_identity_of_its_own() -> None:
    seen: list[int] = []
    thread = threads.Thread(target=lambda: seen.append(threads.get_ident()))
    thread.start()
    thread.join()
    assert seen == [thread.ident]
    assert threads.get_ident() not in seen
