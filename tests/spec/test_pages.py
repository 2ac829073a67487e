"""The pages in docs/spec say what the machines say now; `make docs` makes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from spec import MACHINES
from zokio.cli.reports.page import Sized, file_name, index, page
from zokio.model import explore

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "spec"

pytestmark = pytest.mark.interpreted  # the pages are not among the installed files


@cache
def sized(name: str) -> tuple[Sized, ...]:
    """The configurations of a specification; each is explored once."""
    found = []
    for machine in MACHINES[name]:
        graph = explore(machine)
        found.append(Sized(machine, len(graph.states), sum(graph.fired), graph.depth))
    return tuple(found)


@pytest.mark.parametrize("name", MACHINES)
def test_the_page_of_each_machine_is_up_to_date(name: str) -> None:
    written = (FOLDER / file_name(name)).read_text(encoding="utf-8")
    assert written == page(name, sized(name), FOLDER), "run `make docs`"


def test_the_list_of_pages_is_up_to_date_and_there_are_no_others() -> None:
    written = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line.startswith("| [")]
    fresh = index({"task": sized("task")}).splitlines()
    assert fresh[-1] in rows
    assert [row.split("(")[1].split(")")[0] for row in rows] == [*map(file_name, MACHINES)]
    assert {file.name for file in FOLDER.iterdir()} == {"README.md", *map(file_name, MACHINES)}
