"""docs/interleavings.md: its first example does what the page shows."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "interleavings.md"


def test_the_example_prints_the_token_and_the_steps_that_the_page_shows() -> None:
    text = PAGE.read_text()
    program, shown = text.split("```python\n", 1)[1].split("```", 1)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, "program.py", "exec"), {})
    lines = printed.getvalue().splitlines()
    assert lines[:2] == [line.strip() for line in shown.strip().splitlines()[:2]]
    steps = re.findall(r"^ +(\d+)  +((?:read|write) counter)", shown, re.MULTILINE)
    assert len(steps) == 5
    done = [line.split() for line in lines[3:]]
    assert steps == [(step[0], " ".join(step[1:3])) for step in done if step[2] == "counter"]
    assert f"replay(program, {lines[1]!r})".replace("'", '"') in text
