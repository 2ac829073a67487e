"""Chunked, against h11: what the one makes of a chunked body, the other does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zokio.http import HttpError
from zokio.http.chunked import Chunked

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def decoded(data: bytes, cuts: list[int]) -> tuple[bytes, bytes] | None:
    """The body and what follows it, fed in pieces; None: refused, "more" when it is not over."""
    decoder, body, rest = Chunked(), b"", b""
    borders = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    try:
        for begin, end in pairwise(borders):
            rest += data[begin:end]
            while not decoder.is_over:
                piece, rest = decoder.take(rest)
                if not piece:
                    break
                body += piece
    except HttpError:
        return None
    return (body, rest) if decoder.is_over else (body, b"more")


def by_h11(data: bytes) -> tuple[bytes, bytes] | None:
    """The same by h11's server."""
    connection, body = h11.Connection(h11.SERVER), b""
    connection.receive_data(HEAD + data)
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                return body, connection.trailing_data[0]
            elif event is h11.NEED_DATA:
                return body, b"more"
    except h11.RemoteProtocolError:
        return None


CHUNK = st.binary(min_size=1, max_size=20).map(lambda data: b"%x\r\n%b\r\n" % (len(data), data))
ENDS = st.sampled_from((b"0\r\n\r\n", b"000\r\n\r\n", b"0\r\nA: b\r\n\r\n"))
WELL_FORMED = st.builds(lambda chunks, end: b"".join(chunks) + end, st.lists(CHUNK), ENDS)
CUTS = st.lists(st.integers(0, 400), max_size=8)


@given(WELL_FORMED, st.binary(max_size=8), CUTS)
def test_what_is_well_formed_is_what_h11_makes_of_it(
    data: bytes, behind: bytes, cuts: list[int]
) -> None:
    assert decoded(data + behind, cuts) == by_h11(data + behind)


@given(WELL_FORMED, st.integers(0, 400), st.sampled_from(b"\r\n 0;x\x00-+"), CUTS)
def test_what_is_damaged_is_refused_or_is_what_h11_makes_of_it(
    data: bytes, at: int, byte: int, cuts: list[int]
) -> None:
    """h11 is the more lenient one, with white space behind a size."""
    at %= len(data)
    damaged = data[:at] + bytes([byte]) + data[at + 1 :]
    found = decoded(damaged, cuts)
    assert found == decoded(damaged, [])
    if found is not None and found[1] != b"more":
        assert found == by_h11(damaged)


def test_a_size_of_sixteen_digits_is_refused() -> None:
    assert decoded(b"0000000000000001\r\na\r\n0\r\n\r\n", []) is None
    assert decoded(b"000000000000001\r\na\r\n0\r\n\r\n", []) == (b"a", b"")


@pytest.mark.parametrize("size", (4_094, 4_095, 4_096, 4_097))
def test_the_limit_of_a_line_is_the_same_in_one_piece_and_in_many(size: int) -> None:
    line = b"1;" + b"x" * (size - 2)
    data = line + b"\r\na\r\n0\r\n\r\n"
    assert decoded(data, []) == decoded(data, [*range(len(data))])
    assert (decoded(data, []) is None) == (size > 4_096)


def test_small_chunks_cost_no_more_than_their_bytes() -> None:
    """Counted, not timed: what is copied is in proportion to what has come."""
    copied = []

    class Counted(bytes):
        def __getitem__(self, key: Any) -> Any:  # Any: as `bytes` has it, in two shapes
            piece = super().__getitem__(key)
            copied.append(len(piece) if isinstance(piece, bytes) else 1)
            return piece

    data = b"1\r\na\r\n" * 5_000 + b"0\r\n\r\n"
    decoder = Chunked()
    body, rest = decoder.take(Counted(data))
    assert (body, rest, decoder.is_over) == (b"a" * 5_000, b"", True)
    assert sum(copied) <= len(data)


def test_what_was_well_formed_is_given_before_the_error() -> None:
    decoder = Chunked()
    assert decoder.take(b"1\r\na\r\nnonsense\r\n")[0] == b"a"
    with pytest.raises(HttpError):
        decoder.take(b"")
