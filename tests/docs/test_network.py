"""The examples of docs/network.md do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import zokio

PAGE = Path(__file__).resolve().parents[2] / "docs" / "network.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

pytestmark = pytest.mark.interpreted  # the page is not among the installed files


@pytest.mark.parametrize("reactor", ["epoll", "simulated"])
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_example_runs(number: int, reactor: str) -> None:
    found: dict[str, Any] = {"zokio": zokio}  # Any: what the example defines
    exec(compile(EXAMPLES[number], f"{PAGE.name}: example {number}", "exec"), found)
    zokio.run(found["main"](), config=zokio.RuntimeConfig(reactor=reactor))


def test_there_are_examples_and_every_name_exists() -> None:
    assert len(EXAMPLES) >= 3
    names = re.findall(r"`((?:Tcp|Unix|Udp)\w+)(?:\.(\w+))?", PAGE.read_text(encoding="utf-8"))
    assert names
    for name, member in names:
        assert not member or hasattr(getattr(zokio.net, name), member), f"{name}.{member}"
