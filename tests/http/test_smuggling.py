"""Known shapes of request smuggling, and of what is not HTTP: the answer to each, and the end.

Two readers of one connection that disagree about where a request ends can be made to see different
requests. So whatever is ambiguous is refused, and nothing behind it is read.
"""

from __future__ import annotations

import pytest

from tests.http.exchange import answers, recording

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
EVIL = b"GET /evil HTTP/1.1\r\nHost: a\r\n\r\n"

REFUSED = {
    # Two lengths
    "length and chunked": (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "chunked and length": (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n", 400),
    "length twice": (POST + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400),
    "two lengths": (POST + b"Content-Length: 0\r\nContent-Length: 9\r\n\r\n", 400),
    "list of lengths": (POST + b"Content-Length: 0, 0\r\n\r\n", 400),
    "length with a sign": (POST + b"Content-Length: +3\r\n\r\n", 400),
    "negative length": (POST + b"Content-Length: -3\r\n\r\n", 400),
    "hexadecimal length": (POST + b"Content-Length: 0x3\r\n\r\n", 400),
    "length with a space": (POST + b"Content-Length: 3 3\r\n\r\n", 400),
    "empty length": (POST + b"Content-Length: \r\n\r\n", 400),
    "length overflows": (POST + b"Content-Length: 18446744073709551617\r\n\r\n", 400),
    # Codings
    "unknown coding": (POST + b"Transfer-Encoding: xchunked\r\n\r\n", 400),
    "chunked is not last": (POST + b"Transfer-Encoding: chunked, identity\r\n\r\n", 400),
    "coding before chunked": (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
    "chunked twice": (POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
    "coding twice": (POST + b"Transfer-Encoding: chunked\r\n" * 2 + b"\r\n", 400),
    "quoted coding": (POST + b'Transfer-Encoding: "chunked"\r\n\r\n', 400),
    "coding with a control": (POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n", 400),
    "coding in 1.0": (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    # Lines
    "space before the colon": (POST + b"Transfer-Encoding : chunked\r\n\r\n", 400),
    "tab before the colon": (POST + b"Transfer-Encoding\t: chunked\r\n\r\n", 400),
    "space before the name": (POST + b" Transfer-Encoding: chunked\r\n\r\n", 400),
    "folded line": (POST + b"X: a\r\n b\r\n\r\n", 400),
    "folded coding": (POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n", 400),
    "bare LF": (POST + b"X: a\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "bare CR": (POST + b"X: a\rTransfer-Encoding: chunked\r\n\r\n", 400),
    "CR after the colon": (POST + b"X: \rTransfer-Encoding: chunked\r\n\r\n", 400),
    "LF ends the head": (b"GET / HTTP/1.1\r\nHost: a\n\n", 400),
    "CR LF LF ends the head": (GET + b"\n", 400),
    "NUL in a value": (POST + b"X: a\x00b\r\n\r\n", 400),
    "NUL in a name": (POST + b"X\x00: ab\r\n\r\n", 400),
    "empty name": (POST + b": ab\r\n\r\n", 400),
    "no colon": (POST + b"abc\r\n\r\n", 400),
    # Request lines
    "LF ends the request line": (b"GET /x\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400),
    "no version": (b"GET /x\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", 400),
    "two spaces": (b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "two spaces before the version": (b"GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "space behind the version": (b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    "space in the target": (b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "tab in the request line": (b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "version 1.10": (b"GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    "version 1.2": (b"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    "version 0.9": (b"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    "version 2.0": (b"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    "preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "lower case": (b"GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    "RTSP": (b"GET / RTSP/1.0\r\nHost: a\r\n\r\n", 400),
    "ICE": (b"SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400),
    "a response": (b"HTTP/1.1 200 OK\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x00\xa5\x01\x00", 400),
    "unknown method": (b"FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "method in lower case": (b"get / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    "CONNECT": (b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501),
    "LF before the request": (b"\n" + GET + b"\r\n", 400),
    "CR before the request": (b"\r" + GET + b"\r\n", 400),
    "two empty lines": (b"\r\n\r\n" + GET + b"\r\n", 400),
    # Targets and hosts
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "host twice": (GET + b"Host: a\r\n\r\n", 400),
    "two hosts": (GET + b"Host: b\r\n\r\n", 400),
    "host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "host with a user": (b"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400),
    "another host in the target": (b"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "empty host beside the target": (b"GET http://b/ HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "user in the target": (b"GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n", 400),
    "star": (b"GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "no slash": (b"GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "another scheme": (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "fragment": (b"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "NUL in the target": (b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "high byte in the target": (b"GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "unknown expectation": (GET + b"Expect: 200-ok\r\n\r\n", 417),
    # Chunks
    "size with a sign": (CHUNKED + b"+3\r\nabc\r\n0\r\n\r\n", 400),
    "negative size": (CHUNKED + b"-3\r\nabc\r\n0\r\n\r\n", 400),
    "size with 0x": (CHUNKED + b"0x3\r\nabc\r\n0\r\n\r\n", 400),
    "size overflows": (CHUNKED + b"10000000000000003\r\nabc\r\n0\r\n\r\n", 400),
    "size with a space": (CHUNKED + b"3 \r\nabc\r\n0\r\n\r\n", 400),
    "empty size": (CHUNKED + b"\r\nabc\r\n0\r\n\r\n", 400),
    "LF behind the size": (CHUNKED + b"3\nabc\r\n0\r\n\r\n", 400),
    "LF in an extension": (CHUNKED + b"3;a\nb\r\nabc\r\n0\r\n\r\n", 400),
    "CR in an extension": (CHUNKED + b"3;a\rb\r\nabc\r\n0\r\n\r\n", 400),
    "endless extension": (CHUNKED + b"3;" + b"a" * 5_000 + b"\r\nabc\r\n0\r\n\r\n", 400),
    "LF behind the data": (CHUNKED + b"3\r\nabc\n0\r\n\r\n", 400),
    "chunk longer than its size": (CHUNKED + b"3\r\nabcXX0\r\n\r\n", 400),
    "LF ends the trailers": (CHUNKED + b"0\r\n\n", 400),
    "length in a trailer": (CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n", 400),
    "coding in a trailer": (CHUNKED + b"0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    "endless trailers": (CHUNKED + b"0\r\n" + b"X: y\r\n" * 1_000 + b"\r\n", 400),
    # Sizes
    "large head": (GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
    "many headers": (GET + b"X: y\r\n" * 101 + b"\r\n", 431),
    "large length": (POST + b"Content-Length: 99999999\r\n\r\n", 413),
}

ACCEPTED = {
    "plain": GET + b"\r\n",
    "empty line before": b"\r\n" + GET + b"\r\n",
    "absolute target": b"GET http://A/ HTTP/1.1\r\nHost: a\r\n\r\n",
    "no host in 1.0": b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "absolute target in 1.0": b"GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "empty host": b"GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "options star": b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "upgrade is ignored": GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    "upgrade with a body": POST
    + b"Connection: upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc",
    "high bytes in a value": GET + b"X: \xff\r\n\r\n",
    "extension": CHUNKED + b'3;a="b c"\r\nabc\r\n0\r\n\r\n',
    "trailer": CHUNKED + b"3\r\nabc\r\n0\r\nX: y\r\n\r\n",
    "chunked in capitals": POST + b"Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize(("sent", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_ambiguous_is_refused_and_ends_the_connection(sent: bytes, status: int) -> None:
    seen: list[str] = []
    found = answers(recording(seen), sent + EVIL)
    assert [answer.status for answer in found] == [status]
    assert found[0].headers["connection"] == "close"
    assert "/evil" not in seen


@pytest.mark.parametrize("sent", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_clear_is_answered_and_the_next_request_too(sent: bytes) -> None:
    seen: list[str] = []
    found = answers(recording(seen), sent + GET.replace(b"/ ", b"/next ") + b"\r\n")
    assert [answer.status for answer in found] == [200, 200]
    assert seen[1:] == ["/next"]
