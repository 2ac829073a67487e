"""A name server on loopback that does what its script says, over UDP and TCP, in a thread."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Self

from tests.helpers.dns_messages import Asked, Reply, decode_question
from zokio.env.threads import Thread


def _two_of_one_port() -> tuple[socket.socket, socket.socket]:
    while True:
        udp, tcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
        try:
            udp.bind(("127.0.0.1", 0))
            tcp.bind(udp.getsockname())
            return udp, tcp
        except OSError:  # somebody else's connection has that port
            udp.close()
            tcp.close()


Script = Callable[[Asked], "Reply | list[Reply] | bytes | None"]
"""What to answer: a reply, several, something that is none, or nothing."""


PIECE_BYTES = 700
"""What is sent at a time over TCP, much less than a long reply."""


class DnsServer:
    """`with DnsServer(script) as server:`; `asked` is what it was asked, in order."""

    def __init__(self, script: Script, *, listens: bool = True) -> None:
        self._script = script
        self.asked: list[Asked] = []
        self._udp, self._tcp = _two_of_one_port()
        self._selector = DefaultSelector()  # here: the thread opens no descriptor of its own
        self._selector.register(self._udp, EVENT_READ)
        if listens:  # else TCP is refused there
            self._tcp.listen()
            self._selector.register(self._tcp, EVENT_READ)
        self._wake, self._is_over = socket.socketpair()
        self._selector.register(self._is_over, EVENT_READ)
        self._thread = Thread(target=self._serve)
        self.address = "{}:{}".format(*self._udp.getsockname())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._wake.close()
        self._thread.join()
        for each in (self._selector, self._udp, self._tcp, self._is_over):
            each.close()

    def _serve(self) -> None:
        while True:
            ready = [key.fileobj for key, _ in self._selector.select()]
            if self._is_over in ready:
                return
            if self._udp in ready:
                self._answer_datagram()
            if self._tcp in ready:
                self._answer_connection()

    def _answer_datagram(self) -> None:
        message, client = self._udp.recvfrom(65_536)
        for reply in self._replies(decode_question(message, over_tcp=False)):
            self._udp.sendto(reply, client)

    def _answer_connection(self) -> None:
        """All questions of one connection, and in pieces, until the client closes it."""
        connection, _ = self._tcp.accept()
        with connection, connection.makefile("rb") as stream:
            while length := stream.read(2):
                message = stream.read(*struct.unpack("!H", length))
                for reply in self._replies(decode_question(message, over_tcp=True)):
                    data = struct.pack("!H", len(reply)) + reply
                    for start in range(0, len(data), PIECE_BYTES):
                        connection.sendall(data[start : start + PIECE_BYTES])

    def _replies(self, asked: Asked) -> list[bytes]:
        self.asked.append(asked)
        answer = self._script(asked)
        replies = answer if isinstance(answer, list) else [] if answer is None else [answer]
        return [reply if isinstance(reply, bytes) else reply.encode(asked) for reply in replies]
