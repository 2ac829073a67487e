"""h11's client as the oracle: what it says and what it understands, over the real server."""

from __future__ import annotations

import h11
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.mutated import CUTS, pieces_of
from tests.helpers.simulation import run_simulated
from tests.http.exchange import exchange
from zokio.http import Request, Response

TOKENS = st.text("abcdefgh-XYZ", min_size=1, max_size=8).map("x-{}".format)
VALUES = st.text("abc ,;=\"'\xe9", max_size=12).map(str.strip)
TARGETS = st.text("abc/%20?&=.~", max_size=20).map("/{}".format)
METHODS = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"))


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
