"""Messages of the domain name system, written out by hand (RFC 1035, 4)."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass, field

A, CNAME, SOA, AAAA = 1, 5, 6, 28
OK, SERVER_FAILURE, NO_NAME, REFUSED = 0, 2, 3, 5


@dataclass(frozen=True)
class Record:
    """One record: of which name, what it says, and for how many seconds."""

    name: str
    kind: int
    data: bytes
    ttl: int

    def encode(self) -> bytes:
        head = struct.pack("!HHIH", self.kind, 1, self.ttl, len(self.data))
        return encode_name(self.name) + head + self.data


@dataclass(frozen=True)
class Asked:
    """What a client has asked."""

    id: int
    name: str
    kind: int
    over_tcp: bool


@dataclass(frozen=True)
class Reply:
    """What the server answers; the fields that are None are taken from the question."""

    answer: list[Record] = field(default_factory=list)
    authority: list[Record] = field(default_factory=list)
    code: int = OK
    truncated: bool = False
    id: int | None = None
    name: str | None = None

    def encode(self, asked: Asked) -> bytes:
        flags = 0x8180 | (0x0200 if self.truncated else 0) | self.code
        number = asked.id if self.id is None else self.id
        head = struct.pack("!HHHHHH", number, flags, 1, len(self.answer), len(self.authority), 0)
        question = encode_name(self.name or asked.name) + struct.pack("!HH", asked.kind, 1)
        records = b"".join(record.encode() for record in (*self.answer, *self.authority))
        return head + question + records


def encode_name(name: str) -> bytes:
    """The labels, each with its length before it."""
    labels = [label.encode() for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def decode_question(message: bytes, over_tcp: bool) -> Asked:
    """The only question of a message."""
    (number,) = struct.unpack_from("!H", message)
    place, labels = 12, []
    while message[place]:
        length = message[place]
        labels.append(message[place + 1 : place + 1 + length].decode())
        place += 1 + length
    (kind,) = struct.unpack_from("!H", message, place + 1)
    return Asked(number, ".".join(labels), kind, over_tcp)


def address(name: str, text: str, ttl: int = 60) -> Record:
    """A or AAAA."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    kind = AAAA if ":" in text else A
    return Record(name, kind, socket.inet_pton(family, text), ttl)


def alias(name: str, target: str, ttl: int = 60) -> Record:
    """CNAME."""
    return Record(name, CNAME, encode_name(target), ttl)


def zone(name: str, ttl: int, minimum: int) -> Record:
    """SOA."""
    names = encode_name(f"ns.{name}") + encode_name(f"admin.{name}")
    return Record(name, SOA, names + struct.pack("!IIIII", 1, 3600, 600, 86400, minimum), ttl)
