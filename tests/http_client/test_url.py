"""URLs taken apart, and the headers that come of them."""

from __future__ import annotations

import pytest

from zokio.errors import UsageError
from zokio.http.client.headers import ResponseHeaders, basic_authorization
from zokio.http.client.url import Url, parse_url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://h", Url("http", "h", 80, "/")),
        ("HTTP://H.Example:8080/a/b?c=d#e", Url("http", "h.example", 8080, "/a/b?c=d")),
        ("https://h?x", Url("https", "h", 443, "/?x")),
        ("http://[::1]:81/", Url("http", "::1", 81, "/")),
        ("http://u:p%40@h/", Url("http", "h", 80, "/", ("u", "p@"))),
        ("http://u@h/", Url("http", "h", 80, "/", ("u", ""))),
        ("http://bücher.example/ü", Url("http", "xn--bcher-kva.example", 80, "/%C3%BC")),
        ("http://h/a%20b?%C3%BC", Url("http", "h", 80, "/a%20b?%C3%BC")),
    ],
)
def test_a_url_is_taken_apart(text: str, url: Url) -> None:
    assert parse_url(text) == url


@pytest.mark.parametrize(
    "text",
    [
        "h/path",
        "ftp://h/",
        "http:///path",
        "http://h:0/",
        "http://h:x/",
        "http://h:70000/",
        "http://h/a b",
        "http://h/\r\nx: y",
        "http://h/\t",
        "http://h\x00/",
        "http://[::1/",
        "http://" + "ü" * 100 + ".example/",
    ],
)
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_url(text)


def test_a_url_for_messages_has_no_password() -> None:
    assert str(parse_url("http://u:p@[::1]:81/a")) == "http://[::1]:81/a"


def test_the_origin_is_scheme_host_and_port() -> None:
    origin = parse_url("http://h/a").origin
    assert parse_url("http://h:80/b").origin == origin
    assert {
        parse_url(text).origin for text in ("https://h/", "http://h:81/", "http://g/")
    }.isdisjoint({origin})


def test_a_location_is_joined() -> None:
    here = parse_url("http://h/a/b?c")
    assert str(here.join("d")) == "http://h/a/d"
    assert str(here.join("//g/e")) == "http://g/e"
    assert str(here.join("?f")) == "http://h/a/b?f"


def test_headers_are_asked_for_in_any_case() -> None:
    headers = ResponseHeaders([(b"set-cookie", b"a"), (b"x", b"\xfc"), (b"set-cookie", b"b")])
    assert headers["SET-Cookie"] == "a, b"
    assert headers.get_all("Set-Cookie") == ["a", "b"]
    assert (list(headers), len(headers), headers["X"]) == (["set-cookie", "x"], 2, "ü")
    assert "y" not in headers
    assert "set-cookie" in repr(headers)


def test_a_user_name_with_a_colon_is_refused() -> None:
    with pytest.raises(UsageError):
        basic_authorization(("a:b", "c"))
