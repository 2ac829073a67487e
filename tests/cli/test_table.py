"""Tables: by rich where it is, in plain columns where it is not."""

from __future__ import annotations

import sys

import pytest

from zokio.cli.table import plain_table, print_table

HEADS = ("name", "states")
ROWS = [("task", "46"), ("scheduler", "24,427")]


def test_a_plain_table_has_numbers_flush_right() -> None:
    assert plain_table(HEADS, ROWS).splitlines() == [
        "name       states",
        "task           46",
        "scheduler  24,427",
    ]


def test_without_rich_the_table_is_plain(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "rich", None)
    print_table(HEADS, ROWS)
    assert capsys.readouterr().out == plain_table(HEADS, ROWS) + "\n"


def test_with_rich_every_cell_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("rich", reason="the cli extra is not installed")
    print_table(HEADS, ROWS)
    printed = capsys.readouterr().out
    assert all(cell in printed for row in [HEADS, *ROWS] for cell in row)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_log_gets_a_wide_table(monkeypatch: pytest.MonkeyPatch, is_terminal: bool) -> None:
    console = pytest.importorskip("rich.console", reason="the cli extra is not installed")
    widths: list[int | None] = []

    class Console:
        def __init__(self, width: int | None = None) -> None:
            widths.append(width)
            self.is_terminal = is_terminal

        def print(self, _: object) -> None:
            pass

    monkeypatch.setattr(console, "Console", Console)
    print_table(HEADS, ROWS)
    assert widths == ([None] if is_terminal else [None, 120])
