"""The README says what is so: its commands exist, its example runs, nothing is left to fill in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.helpers.program import run_program

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.interpreted  # the README is not among the installed files


def test_nothing_is_left_to_fill_in() -> None:
    words = set(re.findall(r"^[A-Z]{5,}$", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert words == set()


def test_the_files_it_links_to_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text())
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_its_make_targets_exist() -> None:
    targets = set(re.findall(r"^    make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert {"demo", "test"} <= targets
    assert [target for target in targets if f"\n{target}:" not in makefile] == []


def test_its_example_greets() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    client = """
async def talk():
    zokio.spawn(main())
    await zokio.sleep(0)
    async with await zokio.net.TcpStream.connect("127.0.0.1", PORT) as stream:
        await stream.write_all(b"world\\n")
        print(await stream.read_until(b"\\n"))

zokio.run(talk(), config=zokio.RuntimeConfig(reactor="simulated"))
"""
    program = example.replace("zokio.run(main())", client.replace("PORT", "8000"))
    ended = run_program(program)
    assert (ended.exit_code, ended.output) == (0, "b'hello world\\n'\n"), ended.error
