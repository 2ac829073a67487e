"""From the reply of a name server to an answer: only what leads from the question counts."""

from __future__ import annotations

from collections.abc import Iterable

from pycares import AAAARecordData, ARecordData, CNAMERecordData, DNSRecord, SOARecordData

from zokio.dns.answer import FOUND, NO_ADDRESS, NO_NAME, Answer, absent, found
from zokio.dns.channel import Reply


def answer_of(name: str, reply: Reply) -> Answer:
    """What the reply to a question for the addresses of `name` says."""
    if reply.verdict is FOUND:
        return _addresses(name, reply)
    if reply.verdict in (NO_NAME, NO_ADDRESS):
        return absent(reply.verdict, _soa(reply))
    return Answer(reply.verdict, detail=reply.detail)


def _addresses(name: str, reply: Reply) -> Answer:
    answer = [] if reply.sections is None else reply.sections.answer
    chain = _follow(name.lower(), answer)
    leading = [each for each in answer if _owner(each) in chain]
    addresses = [
        each.data.addr for each in leading if isinstance(each.data, ARecordData | AAAARecordData)
    ]
    if not addresses:  # the aliases lead nowhere, or it speaks of something else
        return absent(NO_ADDRESS, _soa(reply))
    return found(addresses, (each.ttl for each in leading))


def _owner(record: DNSRecord) -> str:
    return record.name.lower().removesuffix(".")


def _follow(name: str, records: Iterable[DNSRecord]) -> set[str]:
    """The name, and what it is an alias of, however the records are ordered."""
    aliases = [
        (_owner(each), each.data.cname.lower().removesuffix("."))
        for each in records
        if isinstance(each.data, CNAMERecordData)
    ]
    chain = {name}
    while more := {target for owner, target in aliases if owner in chain} - chain:
        chain |= more
    return chain


def _soa(reply: Reply) -> tuple[int, int] | None:
    """The TTL and the MINIMUM of the zone, if the reply has them."""
    for record in () if reply.sections is None else reply.sections.authority:
        if isinstance(record.data, SOARecordData):
            return record.ttl, record.data.minimum
    return None
