"""The server under drawn bytes, over the simulated network: it never crashes, hangs or is misled.

What is drawn are requests of every kind, well-formed and not, one behind the other, and changed in
a few places. h11's server is the oracle of where each of them ends: at no place in the sequence may
ours see another request than h11 does. `make fuzz` draws for longer.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

import zokio
from tests.helpers.mutated import CUTS, mutated, pieces_of
from tests.helpers.simulation import run_simulated
from tests.http.exchange import exchange
from tests.http.responses import answers_in
from tests.http.test_against_h11 import requests
from tests.http.test_smuggling import ACCEPTED, REFUSED
from zokio.http import Request, Response
from zokio.http.service import Handler

WORDS = [
    *(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n", b"HEAD /a"),
    *(b"GET / HTTP/1.0\r\n", b"GET / HTTP/2.0\r\n\r\n", b" HTTP/1.1\r\n", b" HTTP/1.0\r\n"),
    *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: a\r\n", b"X: y\r\n"),
    *(b"Connection: close\r\n", b"Connection: keep-alive\r\n", b"Expect: 100-continue\r\n"),
    *(b"Upgrade: x\r\nConnection: upgrade\r\n", b"5\r\nhello\r\n", b"0\r\n\r\n", b"0\r\n", b"1"),
    *(b"hello", b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b";", b",", b"\x00", b"\xff", b"x" * 300),
]
EXAMPLES = settings().max_examples
EVIL = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /post HTTP/1.1\r\nHost: a\r\n"
# Bodies that are requests to whoever does not see where the one before them ends.
HIDING = [
    POST + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL,
    POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(EVIL) + EVIL + b"\r\n0\r\n\r\n",
    POST + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
]
GOOD = st.one_of(requests().map(lambda drawn: drawn[0]), st.sampled_from(HIDING))
SEEDS = st.one_of(
    GOOD,
    st.sampled_from([*ACCEPTED.values()]),
    st.sampled_from([sent for sent, _ in REFUSED.values()]),
)
SEQUENCES = mutated(st.lists(SEEDS, min_size=1, max_size=4).map(b"".join), WORDS)
SCRAPS = st.lists(st.one_of(st.sampled_from(WORDS), st.binary(max_size=6)), max_size=12)
ANYTHING = st.one_of(SEQUENCES, SCRAPS.map(b"".join))
DATE = re.compile(rb"date: [^\r]*\r\n")
SECONDS_MAX = 120
"""Of virtual time, for a client that has said all that it has to say."""

Seen = tuple[str, str, bytes]


@dataclass
class Understood:
    """Requests in order: with their bodies, if those are whole; and all that had a head."""

    whole: list[Seen] = field(default_factory=list)
    heads: list[tuple[str, str]] = field(default_factory=list)


def by_h11(data: bytes) -> Understood:
    """The requests of a connection up to the first that is wrong, or the last one."""
    found = Understood()
    keeps = True
    while keeps and data:
        server = h11.Connection(h11.SERVER, max_incomplete_event_size=1_000_000)
        server.receive_data(data.removeprefix(b"\r\n"))  # which h11 does not skip
        try:
            head = server.next_event()
            if not isinstance(head, h11.Request):
                break
            method, target = head.method.decode(), head.target.decode()
            found.heads.append((method, target))
            body = b""
            while isinstance(event := server.next_event(), h11.Data):
                body += event.data
        except h11.RemoteProtocolError:
            break
        if not isinstance(event, h11.EndOfMessage):
            break
        found.whole.append((method, target, body))
        keeps = keeps_alive(head)
        data = server.trailing_data[0]
    return found


def keeps_alive(head: h11.Request) -> bool:
    """By RFC 9112, section 9.3; h11 knows nothing of HTTP/1.0's keep-alive."""
    values = b",".join(value for name, value in head.headers if name == b"connection")
    words = {word.strip().lower() for word in values.split(b",")}
    return b"close" not in words and (head.http_version == b"1.1" or b"keep-alive" in words)


def noting(found: Understood, *, reads: bool) -> Handler:
    """A handler that notes what it sees."""

    async def handle(request: Request) -> Response:
        found.heads.append((request.method, request.target))
        if reads:
            body = await request.body.read()
            found.whole.append((request.method, request.target, body))
        return Response(body=b"seen")

    return handle


class Errors(logging.Handler):
    """Gathers what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note it."""
        self.found.append(record.getMessage())


@contextmanager
def no_error_is_logged() -> Iterator[None]:
    """A handler that fails, or a connection, would be."""
    logger, errors = logging.getLogger("zokio"), Errors()
    logger.addHandler(errors)
    try:
        yield
    finally:
        logger.removeHandler(errors)
    assert errors.found == []


async def timed(handler: Handler, *pieces: bytes, ends: bool, **limits: float) -> bytes:
    """All that the server answers, in bounded time."""
    began = zokio.time.now()
    received = await exchange(handler, *pieces, ends=ends, **limits)
    assert zokio.time.now() - began < SECONDS_MAX + len(pieces)
    return received


@given(st.lists(GOOD, min_size=1, max_size=4).map(b"".join), CUTS, st.booleans())
def test_of_what_is_well_formed_everything_is_seen(
    data: bytes, cuts: list[int], reads: bool
) -> None:
    ours, theirs = Understood(), by_h11(data)
    if not reads:  # an answer before `100 Continue` is the last one
        data = data.replace(b"Expect:", b"X-Expect:")
    with no_error_is_logged():
        handler = noting(ours, reads=reads)
        run_simulated(timed(handler, *pieces_of(data, cuts), ends=True))
    assert ours.heads == theirs.heads
    assert not reads or ours.whole == theirs.whole


@settings(max_examples=4 * EXAMPLES)
@given(SEQUENCES, CUTS, st.booleans())
def test_no_request_is_seen_that_h11_does_not_see_at_this_place(
    data: bytes, cuts: list[int], reads: bool
) -> None:
    ours, theirs = Understood(), by_h11(data)
    with no_error_is_logged():
        handler = noting(ours, reads=reads)
        received = run_simulated(timed(handler, *pieces_of(data, cuts), ends=True))
    assert ours.heads == theirs.heads[: len(ours.heads)]
    assert ours.whole == theirs.whole[: len(ours.whole)]
    methods = tuple(method for method, _ in ours.heads)
    statuses = [each.status for each in answers_in(received, methods) if each.status != 100]
    refused = [status for status in statuses if status != 200]
    assert statuses == [200] * len(ours.whole if reads else ours.heads) + refused
    assert len(refused) <= 1
    assert all(status // 100 == 4 or status in (501, 505) for status in refused)


@settings(max_examples=3 * EXAMPLES)
@given(ANYTHING, CUTS, st.booleans(), st.booleans())
def test_drawn_bytes_get_the_same_answers_however_they_are_split(
    data: bytes, cuts: list[int], ends: bool, reads: bool
) -> None:
    limits = {"max_head": 600, "max_body": 20, "max_drain": 7, "max_headers": 6}
    found = Understood(), Understood()
    with no_error_is_logged():
        handler = noting(found[0], reads=reads)
        whole = run_simulated(timed(handler, data, ends=ends, **limits))
        handler = noting(found[1], reads=reads)
        split = run_simulated(timed(handler, *pieces_of(data, cuts), ends=ends, **limits))
    assert DATE.sub(b"", whole) == DATE.sub(b"", split)
    assert found[0] == found[1]
