"""Servers: the name servers and the hosts file of one runtime, asked through c-ares.

Importing it needs pycares.
"""

from __future__ import annotations

import socket
from contextlib import nullcontext
from dataclasses import replace
from typing import Final
from weakref import WeakSet

from zokio.dns.answer import NO_ADDRESS, NO_NAME, Answer, Verdict, rank
from zokio.dns.channel import AAAA, FILES, A, Channel
from zokio.dns.driver import Driver
from zokio.dns.records import answer_of
from zokio.dns.search_list import system_search_list
from zokio.dns.settings import Settings
from zokio.dns.system_file import HOSTS, RESOLV_CONF, SystemFile
from zokio.env.clock import SECOND_NS
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime
from zokio.time.timeout import move_on_after
from zokio.timers.deadline import deadline_after

KINDS: Final = {socket.AF_INET: A, socket.AF_INET6: AAAA}
GOES_ON: Final = (NO_NAME, NO_ADDRESS, Verdict.FAILED)
"""After these the next name of the search list is tried."""

LOOK_EVERY_NS: Final = 5 * SECOND_NS
"""How often it is looked at the most whether a file has changed."""

Question = tuple[str, socket.AddressFamily]


class Servers:
    """Who is asked."""

    def __init__(self, runtime: Runtime, settings: Settings) -> None:
        self._settings = settings
        self._hosts = SystemFile(settings.hosts_file or HOSTS)
        self._resolv_conf = SystemFile(settings.resolv_conf or RESOLV_CONF)
        self._look_at_ns = deadline_after(runtime.reactor.now_ns(), LOOK_EVERY_NS)
        self._drivers: WeakSet[Driver] = WeakSet()
        """Those that answer; all but the newest end with what they have in flight."""
        self.is_closed = False
        self._read_hosts()
        self._read_resolv_conf(runtime)

    def look_again(self) -> bool:
        """Read the files anew that have changed, if it is time to look; whether one has."""
        runtime = current_runtime()
        with runtime.structure or nullcontext():
            now_ns = runtime.reactor.now_ns()
            if now_ns < self._look_at_ns:
                return False
            self._look_at_ns = deadline_after(now_ns, LOOK_EVERY_NS)
        if has_hosts := self._hosts.has_changed():
            self._read_hosts()
        if has_servers := self._resolv_conf.has_changed():
            self._read_resolv_conf(runtime)
        return has_hosts or has_servers

    def _read_hosts(self) -> None:
        self._files = Channel(FILES, self._settings._replace(servers=None))

    def _read_resolv_conf(self, runtime: Runtime) -> None:
        settings = self._settings
        self._driver = Driver(runtime, settings)
        self._drivers.add(self._driver)
        self._search_list = system_search_list(self._resolv_conf.path)
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
        answer = Answer(Verdict.TIMEOUT, detail=f"within {self._settings.timeout:g} s")
        with move_on_after(self._settings.timeout):
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

    def close(self) -> None:
        """Whoever waits is told CLOSED, and so is whoever asks from now on."""
        self.is_closed = True
        for driver in list(self._drivers):
            driver.close()
