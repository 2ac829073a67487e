"""examples/chat_page.py: what one page says all pages show, also in two real browsers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import zokio
from tests.examples.program import ROOT, Program, running
from tests.helpers.browser import IS_HERE, WHY_NOT, Page, chromedriver, page
from tests.http.websocket_client import WebSocketClient, request
from zokio.http import Client
from zokio.net import TcpStream

SCREENSHOTS = ROOT / "build"
HOSTILE = "<img src=x onerror=alert(1)>"


Address = tuple[str, int]
OWN = "Origin: http://a"  # of the host that the client asks for


def line(name: str, text: str) -> str:
    return json.dumps({"name": name, "text": text})


async def opened(address: Address, seen: int = 0) -> WebSocketClient:
    """What a page does that has seen so much."""
    return await WebSocketClient.open(address, OWN, path=f"/lines?seen={seen}")


async def heard(client: WebSocketClient, count: int) -> list[tuple[int, str]]:
    """Number and text of the next lines that a page gets."""
    found = [json.loads(await client.message()) for _ in range(count)]
    return [(each["number"], each["text"]) for each in found]


def played(play: Callable[[Address], Coroutine[object, None, None]]) -> None:
    """Play clients of the example, which has nothing to complain of."""
    with running("chat_page.py", "--port", "0") as server:
        zokio.run(play(server.address()))
        assert server.interrupt() == (0, "stopped\n", "")


def test_who_comes_later_gets_the_latest_lines_and_then_what_is_said() -> None:
    async def play(address: Address) -> None:
        async with await opened(address) as early:
            for text in ("one", "two"):
                await early.send_text(line("ada", text))
            assert await heard(early, 2) == [(1, "one"), (2, "two")]
            async with await opened(address, seen=1) as late:
                assert await heard(late, 1) == [(2, "two")]
                await late.send_text(line("bob", "three\nlines\r\nlong"))
                for client in (early, late):
                    assert await heard(client, 1) == [(3, "three\nlines\r\nlong")]
            async with await opened(address, seen=57) as of_another_server:
                assert await heard(of_another_server, 1) == [(1, "one")]

    played(play)


def test_what_is_no_line_closes_the_web_socket() -> None:
    async def play(address: Address) -> None:
        codes = []
        for wrong in ("", "[]", "7", '{"name": "ada"}', line("ada", "x" * 10_000)):
            async with await opened(address) as client:
                await client.send_text(wrong)
                codes.append((await client.closed())[0])
        assert codes == [4_000] * 4 + [1_009]

    played(play)


@pytest.mark.parametrize("origin", [(), ("Origin: http://evil.example",), ("Origin: null",)])
def test_a_page_of_another_site_is_refused(origin: tuple[str, ...]) -> None:
    async def play(address: Address) -> None:
        async with await TcpStream.connect(*address) as stream:
            await stream.write_all(request("/lines", *origin))
            assert (await stream.read(65_536)).startswith(b"HTTP/1.1 403")

    played(play)


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
            assert await each.shows("connected", "header") == "connected"
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


async def outlive(server: Program, driver: str, folder: Path) -> None:
    """A page that stays open while the server is killed and started again."""
    host, port = server.address()
    async with Client(proxies={}) as client, page(client, driver, folder) as ada:
        await ada.open(f"http://{host}:{port}/")
        assert await ada.shows("connected", "header") == "connected"
        await ada.type("#name", "ada")
        server.kill()
        assert await ada.shows("no connection", "header") == "no connection"
        await ada.type("#text", "still here\n")
        with running("chat_page.py", "--port", str(port)) as again:
            assert again.address() == (host, port)
            assert await ada.shows("connected", "header") == "connected"
            await ada.type("#text", "\n")
            assert await ada.shows("still here") == "ada\nstill here"


@pytest.mark.skipif(not IS_HERE, reason=WHY_NOT)
def test_a_page_outlives_the_server_and_keeps_what_it_could_not_say(tmp_path: Path) -> None:
    with running("chat_page.py", "--port", "0") as server, chromedriver() as driver:
        zokio.run(outlive(server, driver, tmp_path))
