"""examples/chat_page.py: what one page says all pages show, also in two real browsers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

import zokio
from tests.examples.program import PATIENCE_SECONDS, ROOT, running
from tests.helpers.browser import IS_HERE, WHY_NOT, Page, chromedriver, page
from zokio.http import Client

SCREENSHOTS = ROOT / "build"
HOSTILE = "<img src=x onerror=alert(1)>"


def say(address: tuple[str, int], body: bytes) -> int:
    """Post it; the status."""
    connection = HTTPConnection(*address, timeout=PATIENCE_SECONDS)
    try:
        connection.request("POST", "/lines", body)
        return connection.getresponse().status
    finally:
        connection.close()


def line(name: str, text: str) -> bytes:
    return json.dumps({"name": name, "text": text}).encode()


def events(response: HTTPResponse, count: int) -> list[tuple[str, str]]:
    """Number and text of the next lines that a page gets."""
    found: list[tuple[str, str]] = []
    number = ""
    while len(found) < count:
        kind, _, value = response.readline().decode().rstrip("\n").partition(": ")
        if kind == "id":
            number = value
        elif kind == "data":
            found.append((number, json.loads(value)["text"]))
    return found


def test_who_comes_later_gets_the_latest_lines_and_then_what_is_said() -> None:
    with running("chat_page.py", "--port", "0") as server:
        address = server.address()
        assert [say(address, line("ada", text)) for text in ("one", "two")] == [204, 204]
        early, late = (HTTPConnection(*address, timeout=PATIENCE_SECONDS) for _ in range(2))
        early.request("GET", "/lines")
        late.request("GET", "/lines", headers={"Last-Event-ID": "1"})
        to_early, to_late = early.getresponse(), late.getresponse()
        assert events(to_early, 2) == [("1", "one"), ("2", "two")]
        assert events(to_late, 1) == [("2", "two")]
        assert say(address, line("bob", "three\nlines\r\nlong")) == 204
        assert events(to_early, 1) == events(to_late, 1) == [("3", "three\nlines\r\nlong")]
        early.close()
        late.close()
        assert server.interrupt() == (0, "stopped\n", "")


def test_what_is_no_line_is_refused() -> None:
    with running("chat_page.py", "--port", "0") as server:
        address = server.address()
        wrong = (b"", b"\xff", b"[]", b"7", b'{"name": "ada"}')
        assert [say(address, body) for body in wrong] == [400] * len(wrong)
        assert say(address, line("ada", "x" * 10_000)) == 413
        assert server.interrupt() == (0, "stopped\n", "")


@asynccontextmanager
async def two_pages(url: str, driver: str, folder: Path) -> AsyncIterator[tuple[Page, Page]]:
    """Two browsers, which show the room."""
    async with (
        Client(proxies={}) as client,
        page(client, driver, folder / "ada") as ada,
        page(client, driver, folder / "bob") as bob,
    ):
        for each in (ada, bob):
            await each.open(url)
            assert await each.shows("open", "header") == "open"
        yield ada, bob


async def talk(url: str, driver: str, folder: Path) -> None:
    """Ada and Bob, in two browsers."""
    async with two_pages(url, driver, folder) as (ada, bob):
        await ada.type("#name", "ada")
        await ada.type("#text", "good morning\n")
        assert await bob.shows("good morning") == "ada\ngood morning"
        await bob.type("#name", "bob")
        await bob.type("#text", HOSTILE)
        await bob.click("button")
        assert await ada.shows(HOSTILE) == f"bob\n{HOSTILE}"
        lines = await ada.texts("li")
        await ada.reload()
        assert await ada.shows(HOSTILE) == f"bob\n{HOSTILE}"
        assert await ada.texts("li") == lines == ["ada\ngood morning", f"bob\n{HOSTILE}"]
        assert await ada.texts("li.own") == lines[:1]
        await ada.type("#text", "and I am back, with the lines from before\n")
        assert await bob.shows("and I am back") == "ada\nand I am back, with the lines from before"
        await bob.screenshot(SCREENSHOTS / "chat_page.png")


@pytest.mark.skipif(not IS_HERE, reason=WHY_NOT)
def test_two_browsers_talk_to_each_other_and_one_reloads(tmp_path: Path) -> None:
    with running("chat_page.py", "--port", "0") as server, chromedriver() as driver:
        host, port = server.address()
        zokio.run(talk(f"http://{host}:{port}/", driver, tmp_path))
        assert server.interrupt() == (0, "stopped\n", "")
