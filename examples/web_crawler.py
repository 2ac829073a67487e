"""A web crawler: the pages of one site, with limits, and the links that lead nowhere.

Run it, for instance against `python -m http.server`:

    python examples/web_crawler.py http://127.0.0.1:8000/
    python examples/web_crawler.py http://127.0.0.1:8000/ --pages 50 --at-once 4

It follows links within the site only, level by level. Crawl only sites whose owner agrees.
"""

from __future__ import annotations

import argparse
import sys
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import zokio
from zokio.http import Client
from zokio.http.client import Limits, Response, Timeouts

PAGE_BYTES_MAX = 1_000_000


class Links(HTMLParser):
    """The targets of a page's links, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins: of a link, its target is noted."""
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


class Crawler:
    """Fetches each page of a site once, `pages_max` of them, `at_once` at the same time."""

    def __init__(self, client: Client, start: str, pages_max: int, at_once: int) -> None:
        self._client = client
        self._site = urlsplit(start)[:2]
        self._pages_max = pages_max
        self._at_once = at_once
        self._seen = {start}
        self._level = [start]
        self.broken = 0

    async def crawl(self) -> None:
        """Level by level: first what the start links to, then what that links to."""
        while self._level:
            level, self._level = self._level, []
            async with zokio.map_bounded(self._visit, level, self._at_once) as visits:
                async for links in visits:
                    self._level += [link for link in links if self._is_new(link)]

    async def _visit(self, url: str) -> list[str]:
        """Fetch a page and print how it was; the links on it."""
        try:
            async with self._client.get(url) as response:
                links = await links_of(response)
                print(f"{response.status} {url}\n", end="", flush=True)  # as hello.py
                self.broken += response.status >= 400
                return links
        except (OSError, ValueError) as error:  # the server fails, or the page is too long
            print(f"--- {url}: {error}\n", end="", flush=True)
            self.broken += 1
            return []

    def _is_new(self, url: str) -> bool:
        is_new = urlsplit(url)[:2] == self._site and url not in self._seen
        if not is_new or len(self._seen) == self._pages_max:
            return False
        self._seen.add(url)
        return True

    @property
    def pages(self) -> int:
        """How many were visited."""
        return len(self._seen)


async def links_of(response: Response) -> list[str]:
    """The absolute links of a page of HTML; none of anything else, which is not even read."""
    if response.status != 200 or "text/html" not in response.headers.get("content-type", ""):
        return []
    parser = Links()
    parser.feed(await response.text())
    return [urldefrag(urljoin(response.url, link)).url for link in parser.found]


async def main(start: str, pages_max: int, at_once: int, seconds: float) -> int:
    """Crawl, and say what came of it; how many pages are broken."""
    limits = Limits(per_host=at_once, body_bytes=PAGE_BYTES_MAX)
    timeouts = Timeouts(connect=seconds, read=seconds)
    async with Client(limits=limits, timeouts=timeouts) as client:
        crawler = Crawler(client, start, pages_max, at_once)
        await crawler.crawl()
    print(f"{crawler.pages} pages, {crawler.broken} broken")
    return crawler.broken


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A web crawler.")
    arguments.add_argument("url", help="where to begin: http://HOST/")
    arguments.add_argument("--pages", type=int, default=100, metavar="N", help="at the most")
    arguments.add_argument("--at-once", type=int, default=8, metavar="N")
    arguments.add_argument("--timeout", type=float, default=10.0, metavar="SECONDS")
    options = arguments.parse_args()
    if options.pages < 1 or options.at_once < 1:
        arguments.error("--pages and --at-once must be at least 1")
    try:
        broken = zokio.run(main(options.url, options.pages, options.at_once, options.timeout))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(1 if broken else 0)
