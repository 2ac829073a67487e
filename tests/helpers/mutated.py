"""Strategies for fuzzing: bytes that are nearly right, and how they may be split."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import strategies as st

PLACES = st.tuples(st.sampled_from((b"", b"\r\n", b":", b" ", b"0")), st.integers(0, 2_000))
CUTS = st.lists(st.integers(0, 2_000), max_size=6)


def mutated(base: st.SearchStrategy[bytes], words: list[bytes]) -> st.SearchStrategy[bytes]:
    """Such bytes with up to four changes: something inserted, replaced, left out or repeated.

    Args:
        base: what is well-formed.
        words: what is inserted, beside any few bytes.
    """
    inserted = st.one_of(st.just(b""), st.sampled_from(words), st.binary(min_size=1, max_size=3))
    change = st.tuples(PLACES, st.sampled_from((0, 0, 1, 2, 5, 40)), inserted, st.booleans())
    return st.builds(_changed, base, st.lists(change, max_size=4))


def _changed(data: bytes, changes: list[tuple[tuple[bytes, int], int, bytes, bool]]) -> bytes:
    for (mark, number), size, inserted, repeats in changes:
        at = _place(data, mark, number)
        kept = data[at:] if repeats else data[at + size :]
        data = data[: at + size * repeats] + inserted + kept
    return data


def _place(data: bytes, mark: bytes, number: int) -> int:
    """Where a mark begins, one of those that are there."""
    found = [at for at in range(len(data)) if data.startswith(mark, at)] if mark else []
    return found[number % len(found)] if found else number % (len(data) + 1)


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    """The bytes in pieces, none of them empty."""
    borders = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    return [data[begin:end] for begin, end in pairwise(borders)]
