"""A real Chromium without a window, which zokio's own HTTP client drives by the WebDriver protocol.

WebDriver is JSON over HTTP: a program named chromedriver starts browsers, one for each session, and
tells them what to do. An element that is asked for is waited for until PATIENCE_SECONDS are over.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import zokio
from zokio.http import Client

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
IS_HERE = CHROMIUM is not None and DRIVER is not None
WHY_NOT = "there is no chromium here; on Debian it is in the packages chromium and chromium-driver"
PATIENCE_SECONDS = 10
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # by this key the protocol names an element
ARGUMENTS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--no-proxy-server", "--window-size=720,520"),
]


@contextmanager
def chromedriver() -> Iterator[str]:
    """The URL of a chromedriver, which is ended with the block, and every browser with it."""
    assert DRIVER is not None, WHY_NOT
    process = subprocess.Popen(
        [DRIVER, "--port=0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        lines = (line for line in process.stdout if "successfully on port" in line)
        yield f"http://127.0.0.1:{next(lines).split()[-1].rstrip('.')}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@dataclass(frozen=True)
class Page:
    """The page that one browser shows. Elements are named by CSS selectors."""

    client: Client
    url: str

    async def open(self, url: str) -> None:
        """Go there, and wait until it is loaded."""
        await self._post("/url", {"url": url})

    async def reload(self) -> None:
        """As the button does."""
        await self._post("/refresh", {})

    async def type(self, selector: str, text: str) -> None:
        """Press keys in an element; a line feed is Enter."""
        element = await self._find("css selector", selector)
        await self._post(f"/element/{element}/value", {"text": text.replace("\n", "\ue007")})

    async def click(self, selector: str) -> None:
        """Click on an element."""
        element = await self._find("css selector", selector)
        await self._post(f"/element/{element}/click", {})

    async def shows(self, text: str, within: str = "body") -> str:
        """Wait for an element with this text, below those with this tag; all of its text."""
        element = await self._find("xpath", f"//{within}//*[contains(text(), '{text}')]")
        return str(await self._value("GET", f"/element/{element}/text"))

    async def texts(self, selector: str) -> list[str]:
        """The texts of all these elements, as they are now."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)"
        found = await self._post("/execute/sync", {"script": script, "args": [selector]})
        return [str(text) for text in found]

    async def screenshot(self, file: Path) -> None:
        """Write what it looks like as PNG."""
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b64decode(await self._value("GET", "/screenshot")))

    async def _find(self, how: str, what: str) -> str:
        found = await self._post("/element", {"using": how, "value": what})
        return str(found[ELEMENT])

    async def _post(self, path: str, data: Any) -> Any:
        return await self._value("POST", path, json=data)

    async def _value(self, method: str, path: str, **options: Any) -> Any:
        """What a command gives. Any: what it is depends on the command."""
        return await command(self.client, method, self.url + path, **options)


async def command(client: Client, method: str, url: str, **options: Any) -> Any:
    """A command of WebDriver; an AssertionError says why it failed."""
    response = await client.request(method, url, **options)
    value = (await response.json())["value"]
    assert response.status == 200, f"{method} {url}: {value['error']}: {value['message']}"
    return value


@asynccontextmanager
async def page(client: Client, driver: str, profile: Path) -> AsyncIterator[Page]:
    """A browser of its own, with nothing in its past.

    Args:
        driver: the URL of a chromedriver.
        profile: a folder for what it keeps.
    """
    arguments = [*ARGUMENTS, f"--user-data-dir={profile}"]
    wanted = {
        "goog:chromeOptions": {"binary": CHROMIUM, "args": arguments},
        "timeouts": {"implicit": PATIENCE_SECONDS * 1_000},
    }
    request = {"capabilities": {"alwaysMatch": wanted}}
    session = await command(client, "POST", f"{driver}/session", json=request)
    found = Page(client, f"{driver}/session/{session['sessionId']}")
    try:
        yield found
    finally:
        with zokio.CancelScope(shield=True):
            await command(client, "DELETE", found.url)
