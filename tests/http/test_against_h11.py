"""h11's client as the oracle: what it says and what it understands, over the real server.

And the server by itself under drawn bytes: nothing it answers depends on how they were split.
"""

from __future__ import annotations

import re
from itertools import pairwise

import h11
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.simulation import run_simulated
from tests.http.exchange import exchange
from tests.http.responses import answers_in
from zokio.http import Request, Response

TOKENS = st.text("abcdefgh-XYZ", min_size=1, max_size=8).map("x-{}".format)
VALUES = st.text("abc ,;=\"'\xe9", max_size=12).map(str.strip)
TARGETS = st.text("abc/%20?&=.~", max_size=20).map("/{}".format)
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))
CUTS = st.lists(st.integers(0, 2_000), max_size=6)


async def mirror(request: Request) -> Response:
    """Answers with what it has understood."""
    body = await request.body.read()
    own = [f"{name}={request.headers[name]}" for name in request.headers if name[:2] == "x-"]
    said = "\n".join([request.method, request.target, *own, ""]).encode() + body
    return Response(body=said, headers={"x-size": str(len(body))})


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, str, bytes]:
    """A request as h11's client writes it, its method, and what `mirror` should say to it."""
    method, target, body = draw(METHODS), draw(TARGETS), draw(st.binary(max_size=300))
    fields = draw(st.dictionaries(TOKENS.map(str.lower), VALUES, max_size=5))
    is_chunked = draw(st.booleans())
    framing = ("transfer-encoding", "chunked") if is_chunked else ("content-length", str(len(body)))
    client = h11.Connection(h11.CLIENT)
    headers = [("host", "a"), framing, *fields.items()]
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    data = client.send(h11.Request(method=method, target=target, headers=encoded)) or b""
    for at in range(0, len(body), 100):
        data += client.send(h11.Data(data=body[at : at + 100])) or b""
    data += client.send(h11.EndOfMessage()) or b""
    own = [f"{name}={value}" for name, value in fields.items()]
    return data, method, "\n".join([method, target, *own, ""]).encode() + body


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    """The bytes in pieces, none of them empty."""
    borders = sorted({0, *(cut % (len(data) + 1) for cut in cuts), len(data)})
    return [data[begin:end] for begin, end in pairwise(borders)]


def understood_by_h11(data: bytes, methods: list[str]) -> list[tuple[int, bytes]]:
    """Status and body of each response, as h11's client reads them from one connection."""
    found = []
    for method in methods:
        client = h11.Connection(h11.CLIENT)
        client.send(h11.Request(method=method, target="/", headers=[("host", "a")]))
        client.send(h11.EndOfMessage())
        client.receive_data(data)
        status, body = 0, b""
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            assert event is not h11.NEED_DATA, "a response is cut"
            if isinstance(event, h11.Response):
                status = event.status_code
            elif isinstance(event, h11.Data):
                body += event.data
        data = client.trailing_data[0]
        found.append((status, body))
    assert not data, "there is more than the responses"
    return found


@given(st.lists(requests(), min_size=1, max_size=3), CUTS)
def test_what_h11_says_is_understood_and_what_is_answered_h11_understands(
    drawn: list[tuple[bytes, str, bytes]], cuts: list[int]
) -> None:
    data = b"".join(each[0] for each in drawn)
    received = run_simulated(exchange(mirror, *pieces_of(data, cuts)))
    methods = [method for _, method, _ in drawn]
    wanted = [(200, b"" if method == "HEAD" else said) for _, method, said in drawn]
    assert understood_by_h11(received, methods) == wanted


WORDS = st.sampled_from(
    [
        *(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"POST / HTTP/1.1\r\nHost: a\r\n", b"\r\n", b"\n"),
        *(b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n"),
        *(b"Expect: 100-continue\r\n", b"Upgrade: x\r\nConnection: upgrade\r\n", b"hello", b"\r"),
        *(
            b"5\r\nhello\r\n",
            b"0\r\n\r\n",
            b"GET / HTTP/1.0\r\n",
            b"HEAD /a",
            b" HTTP/1.1\r\n",
            b" ",
        ),
        *(
            b"\x00",
            b"\xff",
            b"X: y\r\n",
            b"Host: a\r\n",
            b"GET / HTTP/2.0\r\n\r\n",
            b"x" * 300,
            b":",
        ),
    ]
)
FUZZ = st.one_of(
    st.lists(WORDS, max_size=12).map(b"".join),
    st.lists(st.one_of(WORDS, st.binary(max_size=6)), max_size=10).map(b"".join),
)
DATE = re.compile(rb"date: [^\r]*\r\n")


async def unread(request: Request) -> Response:
    return Response(body=request.target)


@settings(max_examples=150)
@given(FUZZ, CUTS, st.booleans(), st.booleans())
def test_drawn_bytes_get_the_same_answers_however_they_are_split(
    data: bytes, cuts: list[int], ends: bool, reads: bool
) -> None:
    """It neither crashes nor hangs: every exchange ends, in virtual time."""
    handler = mirror if reads else unread
    limits = {"max_head": 600, "max_body": 20, "max_drain": 7, "max_headers": 6}
    whole = run_simulated(exchange(handler, data, ends=ends, **limits))
    split = run_simulated(exchange(handler, *pieces_of(data, cuts), ends=ends, **limits))
    assert DATE.sub(b"", whole) == DATE.sub(b"", split)
    assert [answer.status for answer in answers_in(whole) if answer.status == 500] == []
