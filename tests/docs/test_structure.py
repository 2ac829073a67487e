"""The examples of docs/structure.md do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import zokio
import zokio.testing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "structure.md"

pytestmark = pytest.mark.interpreted  # the page is not among the installed files


def examples() -> list[tuple[str, str]]:
    """Each section with an example."""
    text = PAGE.read_text(encoding="utf-8")
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    blocks = [
        (each.splitlines()[0], re.findall(r"```python\n(.*?)```", each, re.DOTALL))
        for each in sections
    ]
    return [(title, block) for title, found in blocks for block in found]


EXAMPLES = examples()


@pytest.mark.parametrize(("title", "text"), EXAMPLES, ids=[title for title, _ in EXAMPLES])
def test_the_example_runs(title: str, text: str) -> None:
    # Any: what the example defines.
    found: dict[str, Any] = {"zokio": zokio, "pytest": pytest}
    exec(compile(text, f"{PAGE.name}: {title}", "exec"), found)
    if "main" in found:
        zokio.testing.virtual_time(found["main"])()


def test_every_tool_of_the_table_exists() -> None:
    rows = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][2:]
    named = [name for row in rows for name in re.findall(r"`([\w.]+)`", row.split("|")[2])]
    assert len(named) > 12
    for name in named:
        thing: Any = zokio  # Any: whatever the name leads to
        for part in name.removeprefix("zokio.").split("."):
            thing = getattr(thing, part)


def test_the_pages_it_links_to_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE.read_text())
    assert links and [link for link in links if not (PAGE.parent / link).exists()] == []
