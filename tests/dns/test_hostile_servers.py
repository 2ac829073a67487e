"""Resolver against a scripted server: slow, lying, truncated, failing, and what it may keep."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.dns_messages import (
    AAAA,
    NO_NAME,
    REFUSED,
    SERVER_FAILURE,
    A,
    Asked,
    Reply,
    address,
    alias,
    zone,
)
from tests.helpers.dns_server import DnsServer, Script
from zokio.dns import Resolver
from zokio.errors import (
    BrokenError,
    ClosedError,
    LookupTimeoutError,
    NameNotFoundError,
    NameServerError,
)

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


def only_v4(asked: Asked) -> Reply:
    """127.0.0.9 for every name, and no address of IPv6."""
    return Reply([address(asked.name, "127.0.0.9")] if asked.kind == A else [])


def lookups(
    run: Run, script: Script, *hosts: str, **settings: Any
) -> tuple[list[object], DnsServer]:
    """The addresses of these hosts, or the error, asked for one after the other."""
    found: list[object] = []

    async def main() -> None:
        async with Resolver([server.address], domains=[], **settings) as resolver:
            for host in hosts:
                try:
                    found.append(await resolver.lookup(host))
                except BrokenError as error:
                    found.append(error)

    with DnsServer(script) as server:
        run(main())
    return found, server


def the_error(run: Run, script: Script, **settings: Any) -> BrokenError:
    """The error of looking a name up."""
    (error,), _ = lookups(run, script, "name.example", **settings)
    assert isinstance(error, BrokenError), error
    return error


def test_both_families_are_asked_for_and_given_those_of_ipv6_first(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        texts = ["127.0.0.8", "127.0.0.7"] if asked.kind == A else ["::8"]
        return Reply([address(asked.name, text) for text in texts])

    found, server = lookups(run, script, "name.example")
    assert found == [["::8", "127.0.0.8", "127.0.0.7"]]
    assert sorted(asked.kind for asked in server.asked) == [A, AAAA]


def test_an_answer_is_kept_and_case_makes_no_difference(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        text = "127.0.0.9" if asked.kind == A else "::9"
        return Reply([address(asked.name, text)])

    found, server = lookups(run, script, "name.example", "NAME.example", "name.example")
    assert found == [["::9", "127.0.0.9"]] * 3
    assert len(server.asked) == 2


def test_without_a_cache_every_lookup_asks(run: Run) -> None:
    found, server = lookups(run, only_v4, "name.example", "name.example", cache_size=0)
    assert found == [["127.0.0.9"]] * 2
    assert len(server.asked) == 4


def test_an_answer_that_holds_for_no_time_is_not_kept(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        text = "127.0.0.9" if asked.kind == A else "::9"
        return Reply([address(asked.name, text, ttl=0)])

    _, server = lookups(run, script, "name.example", "name.example")
    assert len(server.asked) == 4


@pytest.mark.parametrize("code", [NO_NAME, 0], ids=["no name", "no address"])
def test_a_negative_answer_is_kept_if_the_zone_says_for_how_long(run: Run, code: int) -> None:
    def script(asked: Asked) -> Reply:
        return Reply(authority=[zone("example", ttl=60, minimum=30)], code=code)

    found, server = lookups(run, script, "name.example", "name.example")
    assert [type(each) for each in found] == [NameNotFoundError] * 2
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    "authority", [[], [zone("example", ttl=60, minimum=0)]], ids=["no zone", "no time"]
)
def test_a_negative_answer_is_not_kept_otherwise(run: Run, authority: list[Any]) -> None:
    found, server = lookups(
        run, lambda asked: Reply(authority=authority, code=NO_NAME), "name.example", "name.example"
    )
    assert "there is no such name; check the name" in str(found[1])
    assert len(server.asked) == 4


def test_a_name_without_addresses_is_told_from_no_name(run: Run) -> None:
    error = the_error(run, lambda asked: Reply())
    assert isinstance(error, NameNotFoundError)
    assert "the name exists and has none" in str(error)


def test_aliases_are_followed_however_they_are_ordered(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        records = [address("c.example", "127.0.0.9"), alias("b.example", "C.example")]
        return Reply([*records, alias(asked.name, "b.example")] if asked.kind == A else [])

    found, _ = lookups(run, script, "name.example")
    assert found == [["127.0.0.9"]]


def test_records_that_the_question_does_not_lead_to_are_not_believed(run: Run) -> None:
    error = the_error(run, lambda asked: Reply([address("bank.example", "127.0.0.66")]))
    assert isinstance(error, NameNotFoundError)


def test_a_lie_is_not_taken_for_the_reply_which_comes_after_it(run: Run) -> None:
    def script(asked: Asked) -> list[Reply]:
        lie = [address(asked.name, "127.0.0.66" if asked.kind == A else "::66")]
        other = [address("other.example", "127.0.0.66")]
        truth = [address(asked.name, "127.0.0.9" if asked.kind == A else "::9")]
        return [
            Reply(lie, id=asked.id ^ 1),
            Reply(other, name="other.example"),
            Reply(truth),
        ]

    found, _ = lookups(run, script, "name.example")
    assert found == [["::9", "127.0.0.9"]]


def test_whoever_only_lies_has_not_answered(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        return Reply([address(asked.name, "127.0.0.66")], id=asked.id ^ 1)

    error = the_error(run, script, timeout=0.2)
    assert isinstance(error, LookupTimeoutError)


def test_a_server_that_is_silent_is_asked_again_and_then_told_to_be_late(run: Run) -> None:
    (error,), server = lookups(run, lambda asked: None, "name.example", timeout=0.8)
    assert isinstance(error, LookupTimeoutError) and isinstance(error, TimeoutError)
    assert "no name server answered in time" in str(error)
    assert len(server.asked) >= 4


def test_a_reply_that_was_lost_comes_at_the_second_time(run: Run) -> None:
    seen = set()

    def script(asked: Asked) -> Reply | None:
        if asked.kind not in seen:
            seen.add(asked.kind)
            return None
        return only_v4(asked)

    found, _ = lookups(run, script, "name.example", timeout=1.0)
    assert found == [["127.0.0.9"]]


def test_a_truncated_reply_is_asked_for_again_over_tcp(run: Run) -> None:
    texts = [f"127.0.{high}.{low}" for high in range(8) for low in range(1, 251)]

    def script(asked: Asked) -> Reply:
        if not asked.over_tcp:
            return Reply(truncated=True)
        return Reply([address(asked.name, text) for text in texts] if asked.kind == A else [])

    found, server = lookups(run, script, "name.example")
    assert found == [texts]
    assert [asked.over_tcp for asked in server.asked].count(True) == 2


def test_a_truncated_reply_without_tcp_says_so(run: Run) -> None:
    async def main() -> None:
        async with Resolver([server.address]) as resolver:
            with pytest.raises(NameServerError, match="answer over TCP as well"):
                await resolver.lookup("name.example")

    with DnsServer(lambda asked: Reply(truncated=True), listens=False) as server:
        run(main())


@pytest.mark.parametrize("code", [SERVER_FAILURE, REFUSED])
def test_a_server_that_fails_is_told_and_asked_again_the_next_time(run: Run, code: int) -> None:
    found, server = lookups(run, lambda asked: Reply(code=code), "name.example", "name.example")
    for error in found:
        assert isinstance(error, NameServerError)
        assert "the name servers failed (dns server" in str(error)
    assert len({asked.id for asked in server.asked}) >= 4


def test_nonsense_is_no_reply(run: Run) -> None:
    error = the_error(run, lambda asked: b"nonsense", timeout=0.2)
    assert isinstance(error, NameServerError | LookupTimeoutError)


def test_one_family_that_fails_does_not_hide_the_other(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        return only_v4(asked) if asked.kind == A else Reply(code=SERVER_FAILURE)

    found, _ = lookups(run, script, "name.example")
    assert found == [["127.0.0.9"]]


def test_a_failure_says_more_than_no_address(run: Run) -> None:
    error = the_error(run, lambda a: Reply() if a.kind == A else Reply(code=SERVER_FAILURE))
    assert isinstance(error, NameServerError)


def test_the_second_server_answers_for_the_first(run: Run) -> None:
    async def main() -> None:
        with DnsServer(lambda asked: Reply(code=REFUSED)) as bad, DnsServer(only_v4) as good:
            async with Resolver([bad.address, good.address]) as resolver:
                assert await resolver.lookup("name.example") == ["127.0.0.9"]

    run(main())


def test_search_domains_are_tried_for_short_names(run: Run) -> None:
    def script(asked: Asked) -> Reply:
        return only_v4(asked) if asked.name == "short.two.example" else Reply(code=NO_NAME)

    async def main() -> None:
        domains = ["one.example", "two.example"]
        async with Resolver([server.address], domains=domains) as resolver:
            assert await resolver.lookup("short") == ["127.0.0.9"]
            with pytest.raises(NameNotFoundError):
                await resolver.lookup("short.")  # it is whole as it is

    with DnsServer(script) as server:
        run(main())


def test_equal_lookups_at_once_ask_once(run: Run) -> None:
    """What comes too late to share the query, on another worker, has the answer that is kept."""

    def script(asked: Asked) -> Reply:
        return Reply([address(asked.name, "127.0.0.9" if asked.kind == A else "::9")])

    async def main() -> None:
        async with Resolver([server.address]) as resolver:
            found = await zokio.join(*(resolver.lookup("name.example") for _ in range(20)))
            assert set(map(tuple, found)) == {("::9", "127.0.0.9")}

    with DnsServer(script) as server:
        run(main())
    assert len(server.asked) == 2


def test_many_names_at_once(run: Run) -> None:
    names = [f"name{number}.example" for number in range(50)]

    async def main() -> None:
        async with Resolver([server.address], timeout=30.0) as resolver:
            found = await zokio.join(*map(resolver.lookup, names))
            assert set(map(tuple, found)) == {("127.0.0.9",)}

    with DnsServer(only_v4) as server:
        run(main())


def test_closing_ends_lookups_that_go_on(run: Run) -> None:
    async def main() -> None:
        resolver = Resolver([server.address])
        waiting = zokio.spawn(resolver.lookup("name.example"))
        while not server.asked:
            await zokio.yield_now()
        resolver.close()
        resolver.close()
        for lookup in (waiting, resolver.lookup("other.example")):
            with pytest.raises(ClosedError, match="make a new one"):
                await lookup

    with DnsServer(lambda asked: None) as server:
        run(main())
