"""The search list: which names are tried, and what resolv.conf says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from zokio.dns.search_list import SearchList, parse_resolv_conf, system_search_list


@pytest.mark.parametrize(
    ("name", "tried"),
    [
        ("short", ["short.one", "short.two", "short"]),
        ("long.name", ["long.name", "long.name.one", "long.name.two"]),
        ("whole.", ["whole"]),
        ("a" * 252, ["a" * 252]),
    ],
)
def test_short_names_are_searched_first_and_long_ones_last(name: str, tried: list[str]) -> None:
    assert SearchList([".one", "two.", "."]).candidates(name) == tried


def test_with_more_dots_asked_for_longer_names_are_searched_first() -> None:
    assert SearchList(["one"], ndots=2).candidates("a.b") == ["a.b.one", "a.b"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", SearchList()),
        ("nameserver 192.0.2.1\n# search no\n", SearchList()),
        ("search One.example two\n", SearchList(["one.example", "two"])),
        ("domain one\nsearch two\n", SearchList(["two"])),
        ("options rotate ndots:5\n", SearchList((), 5)),
        ("options ndots:many ndots:\n", SearchList()),
    ],
)
def test_resolv_conf_is_read(text: str, found: SearchList) -> None:
    assert parse_resolv_conf(text) == found


def test_without_the_file_nothing_is_searched(tmp_path: Path) -> None:
    assert system_search_list(str(tmp_path / "none")) == SearchList()
    (tmp_path / "some").write_text("search one")
    assert system_search_list(str(tmp_path / "some")) == SearchList(["one"])
