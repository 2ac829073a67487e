"""Servers: the name servers and the hosts file of one runtime, asked through c-ares.

Importing it needs pycares.
"""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Final

from zokio.dns.answer import NO_ADDRESS, NO_NAME, Answer, Verdict, rank
from zokio.dns.channel import AAAA, FILES, A, Channel
from zokio.dns.driver import Driver
from zokio.dns.records import answer_of
from zokio.dns.search_list import system_search_list
from zokio.dns.settings import Settings
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.time.timeout import move_on_after

KINDS: Final = {socket.AF_INET: A, socket.AF_INET6: AAAA}
GOES_ON: Final = (NO_NAME, NO_ADDRESS, Verdict.FAILED)
"""After these the next name of the search list is tried."""

Question = tuple[str, socket.AddressFamily]


class Servers:
    """Who is asked."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._timeout = settings.timeout
        self._driver = Driver(runtime, settings)
        self._files = Channel(FILES, settings._replace(servers=None))
        self._search_list = system_search_list()
        if settings.domains is not None:
            self._search_list = self._search_list._replace(domains=settings.domains)

    def in_files(self, name: str) -> list[tuple[socket.AddressFamily, str]]:
        """What the hosts file says of a name, if anything, at once. From any thread."""
        return [
            (socket.AddressFamily(node.family), node.addr[0].decode())
            for node in self._files.in_files(name)
        ]

    async def ask(self, question: Question) -> tuple[Answer, int]:
        """Ask the servers: the answer, and for how many nanoseconds it may be kept."""
        name, family = question
        answer = Answer(Verdict.TIMEOUT, detail=f"within {self._timeout:g} s")
        with move_on_after(self._timeout):
            answer = await self._search(self._search_list.candidates(name), KINDS[family])
        return answer, answer.lifetime_ns

    async def _search(self, names: list[str], kind: int) -> Answer:
        """The first answer with addresses; or else the one that says most."""
        answers = []
        for name in names:
            reply = await self._driver.ask(current_runtime(), name, kind)
            answers.append(answer_of(name, reply))
            if answers[-1].verdict not in GOES_ON:
                return answers[-1]
        lifetime_s = min(answer.lifetime_s for answer in answers)
        return replace(min(answers, key=rank), lifetime_s=lifetime_s)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._driver.is_closed

    def close(self) -> None:
        """Whoever waits is told CLOSED, and so is whoever asks from now on."""
        self._driver.close()
