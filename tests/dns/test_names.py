"""Hosts as text: figures, and names as they are asked for."""

from __future__ import annotations

from typing import Any

import pytest

from zokio.dns.names import check_host, numeric_address, wire_name
from zokio.errors import UsageError


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("::0001", "::1"),
        ("name", None),
        ("a" * 300, None),
        ("\ud800", None),
    ],
)
def test_figures_are_read_as_the_system_reads_them(host: str, address: str | None) -> None:
    assert numeric_address(host) == address


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org."),
        ("bücher.example", "xn--bcher-kva.example"),
        ("..", None),
        ("", None),
        ("a" * 64, None),
        (".".join(["a" * 50] * 6), None),
        ("\ud800", None),
    ],
)
def test_names_are_asked_for_in_ascii_and_lower_case(host: str, name: str | None) -> None:
    assert wire_name(host) == name


@pytest.mark.parametrize("host", ["a\0b", None, b"a"])
def test_what_is_no_host_is_refused(host: Any) -> None:  # Any: wrong on purpose
    with pytest.raises(UsageError, match="as text"):
        check_host(host)
