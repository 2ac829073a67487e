"""examples/web_crawler.py visits a site once, within its limits, and tells broken links."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.examples.program import running

PAGES = {
    "/": "<a href='/a'>a</a> <a href='b#top'>b</a> <a href='http://elsewhere.example/'>c</a>",
    "/a": "<a href='/'>back</a> <a href='/gone'>gone</a> <a href='/picture'>p</a>",
    "/b": "<a href='/a'>a</a><a href='/deep'>deep</a><a name='x'>no link</a>",
    "/deep": "nothing",
}


class Site(ThreadingHTTPServer):
    """A small site that counts: requests by path, and how many were answered at once."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    """Answers with `PAGES`."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """A page, a picture that is no page, or nothing."""
        assert isinstance(self.server, Site)
        self.server.asked[self.path] += 1
        body = PAGES.get(self.path, "<a href='/secret'>x</a>").encode()
        known = self.path in PAGES or self.path == "/picture"
        self.send_response(200 if known else 404)
        kind = "image/png" if self.path == "/picture" else "text/html; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[Site]:
    """It serves for as long as the block lasts."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("at_once", [1, 5])
def test_every_page_of_the_site_is_visited_once(at_once: int) -> None:
    with site() as server:
        with running("web_crawler.py", server.url, "--at-once", str(at_once)) as program:
            code, output, error = program.finish()
        paths = ("/", "/a", "/b", "/gone", "/picture", "/deep")
        assert server.asked == Counter(paths)
    lines = output.splitlines()
    assert (code, error) == (1, "")
    assert lines[0] == f"200 {server.url}"
    assert f"404 {server.url}gone" in lines
    assert lines[-1] == "6 pages, 1 broken"


def test_it_stops_at_the_limit_of_pages() -> None:
    with site() as server:
        with running("web_crawler.py", server.url, "--pages", "3") as program:
            code, output, error = program.finish()
        assert server.asked == Counter(("/", "/a", "/b"))
    assert (code, error, output.splitlines()[-1]) == (0, "", "3 pages, 0 broken")


def test_a_site_that_is_not_there_is_a_broken_page() -> None:
    with site() as server:
        url = server.url
    with running("web_crawler.py", url) as program:
        code, output, error = program.finish()
    assert (code, error) == (1, "")
    assert output.splitlines()[-1] == "1 pages, 1 broken"


@pytest.mark.parametrize("words", [("--pages", "0"), ("--at-once", "0")])
def test_limits_that_make_no_sense_are_refused(words: tuple[str, str]) -> None:
    with running("web_crawler.py", "http://127.0.0.1/", *words) as program:
        code, _, error = program.finish()
    assert code == 2
    assert "at least 1" in error
