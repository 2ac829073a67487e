"""A walk-through in Markdown as a list of things to do, and doing them in a folder.

What stands in a block of `python`, `toml` or `yaml` is written to the file that the line above
names ("Write this as `lock.py`:"); a block of `diff` changes the file that the line above names; a
block of `console` holds commands behind `$ ` and what they print. Blocks of `sh` are not run: they
install, for which there is no network in a test.

`python -m tests.docs.walkthrough` walks through docs/walkthrough.md and writes what the commands
print into it wherever that is not what stands there.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PAGE = Path(__file__).resolve().parents[2] / "docs" / "walkthrough.md"

BLOCK = re.compile(r"(?:^(?P<above>[^\n]+)\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S)
NAMED = re.compile(r"`([\w./-]+\.\w+)`")
SECONDS = re.compile(r"\b\d+\.\d+ ?s\b")
MEMORY = re.compile(r", [\d,]+ bytes a state$")  # what a tuple takes depends on the Python
COLUMN = re.compile(r"[\d,]+(?= +\d+   (?:holds|violated|incomplete)$)")  # in the table, too
COUNTS = re.compile(r"^\w+: \w+ [\d,]+(, \w+ [\d,]+)*$")

# A safety net: a command that hangs fails its test after this, and nothing else depends on it.
STUCK_S = 100.0


@dataclass(frozen=True)
class Block:
    """A block of the text, with the line above it and its own line."""

    kind: str
    text: str
    above: str
    line: int

    @property
    def file(self) -> str:
        """The file that the line above names, the last one if there are several."""
        named = NAMED.findall(self.above)
        assert named, f"line {self.line}: the line above the block names no file"
        return str(named[-1])


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a walk-through, in order."""
    for found in BLOCK.finditer(text):
        line = text.count("\n", 0, found.start("kind")) + 1
        yield Block(found["kind"], found["text"], found["above"] or "", line)


class Walk:
    """A walk through the blocks, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exit_code = 0

    def do(self, block: Block) -> None:
        """Do what a block says, and compare what it prints."""
        match block.kind:
            case "python" | "toml" | "yaml":
                file = self.folder / block.file
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            case "diff":
                file = self.folder / block.file
                file.write_text(patched(file.read_text(encoding="utf-8"), block), encoding="utf-8")
            case "console":
                for command, expected in commands(block.text):
                    require_same(expected, self.run(command), f"line {block.line}: $ {command}")
            case kind:
                assert kind == "sh", f"line {block.line}: nobody knows what to do with {kind}"

    def run(self, command: str) -> str:
        """Run a command as a shell would, and return what it prints."""
        if command == "echo $?":
            return f"{self.exit_code}\n"
        binaries = str(Path(sys.executable).parent)
        # In a CI pytest shortens no line; the page shows what a newcomer sees.
        environment = {
            key: value for key, value in os.environ.items() if "PYTEST" not in key and key != "CI"
        }
        path = binaries + os.pathsep + environment.get("PATH", "")
        ended = subprocess.run(
            command,
            shell=True,
            cwd=self.folder,
            env={**environment, "PATH": path, "COLUMNS": "80", "PY_COLORS": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=STUCK_S,
            check=False,
        )
        self.exit_code = ended.returncode
        return ended.stdout


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a block, each with what it is said to print."""
    for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def patched(text: str, block: Block) -> str:
    """A file after a diff, whose lines have to be there exactly once."""
    lines = block.text.splitlines()
    before = "".join(line[1:] + "\n" for line in lines if not line.startswith("+"))
    after = "".join(line[1:] + "\n" for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, f"line {block.line}: the diff does not fit {block.file}"
    return text.replace(before, after)


def require_same(expected: str, printed: str, where: str) -> None:
    """Assert that what was printed is what is expected; a line `...` stands for any lines."""
    wanted, got = normal(expected), normal(printed)
    pattern = "".join(
        r"(?:.*\n)*?" if line == "..." else re.escape(line) + r"\n" for line in wanted
    )
    found = re.fullmatch(pattern, "".join(line + "\n" for line in got))
    assert found, f"{where}\n--- it should print:\n{expected}\n--- it prints:\n{printed}"


def normal(text: str) -> list[str]:
    """The lines of an output without what differs from run to run, or between two versions of
    Hypothesis: times, how often a random test did something, and which task it did it to."""
    found = []
    for line in text.splitlines():
        line = COLUMN.sub("#", MEMORY.sub("", SECONDS.sub("0.0 s", line.rstrip())))
        if line.startswith("E ") or COUNTS.match(line):
            line = re.sub(r"\d+(,\d+)*", "#", line)
        if line:
            found.append(line)
    return found


def rewritten(text: str, folder: Path) -> str:
    """A walk-through with what its commands print now, where that is something else."""
    walk, found, end = Walk(folder), "", 0
    for block in BLOCK.finditer(text):
        if block["kind"] != "console":
            walk.do(Block(block["kind"], block["text"], block["above"] or "", 0))
            continue
        found += text[end : block.start("text")]
        end = block.end("text")
        for command, expected in commands(block["text"]):
            found += f"$ {command}\n{_kept(expected, walk.run(command))}"
    return found + text[end:]


def _kept(expected: str, printed: str) -> str:
    try:
        require_same(expected, printed, "")
    except AssertionError:
        lines = "\n".join(line.rstrip() for line in printed.splitlines()).strip("\n")
        return f"{lines}\n" if lines else ""
    return expected


if __name__ == "__main__":
    with TemporaryDirectory() as here:
        PAGE.write_text(rewritten(PAGE.read_text(encoding="utf-8"), Path(here)), encoding="utf-8")
