"""A table on the terminal: by rich where it is installed, else in plain columns."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH_IN_LOGS = 120
NUMERIC = set("0123456789,.-+% ")


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their heads; columns of numbers are flush right."""
    try:
        from rich import box
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        print(plain_table(heads, rows))
        return
    table = Table(box=box.SIMPLE_HEAD)
    for head, numeric in zip(heads, numeric_columns(heads, rows), strict=True):
        table.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*row)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH_IN_LOGS)
    console.print(table)


def numeric_columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns hold numbers only."""
    return [all(set(row[column]) <= NUMERIC for row in rows) for column in range(len(heads))]


def plain_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The table as text."""
    numeric = numeric_columns(heads, rows)
    lines = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()
        for line in lines
    )
