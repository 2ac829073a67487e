"""`zokio trace`: it becomes the program, and leaves its traces."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zokio
from zokio.cli.main import main

ROOT = Path(__file__).resolve().parents[2]


def run(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "zokio.cli.main", *words],
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.interpreted  # the compiled build cannot be traced
def test_a_program_is_recorded_and_its_traces_are_accepted(tmp_path: Path) -> None:
    file = tmp_path / "traces.jsonl"
    traced = run("trace", "-o", str(file), str(ROOT / "examples/custom_future.py"), cwd=tmp_path)
    assert (traced.returncode, traced.stderr) == (0, "")
    assert "the answer is 21" in traced.stdout
    checked = run("check", "--trace", str(file))
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("accepted") == 3


@pytest.mark.interpreted  # the compiled build cannot be traced
def test_a_module_ends_with_its_own_exit_code(tmp_path: Path) -> None:
    (tmp_path / "failing.py").write_text("import sys, zokio\nsys.exit(len(sys.argv))\n")
    file = tmp_path / "traces.jsonl"
    words = ["--events-max", "10", "-m", "failing", "one", "-x"]
    assert run("trace", "-o", str(file), *words, cwd=tmp_path).returncode == 3
    assert file.read_text() == ""  # nothing ran


def test_no_program_is_wrong_usage() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["trace", "-o", "traces.jsonl"])
    assert caught.value.code == 2


def test_the_compiled_build_says_that_it_cannot_be_traced(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(zokio, "compiled", True)
    assert main(["trace", "-o", "traces.jsonl", "program.py"]) == 2
    assert "the compiled build cannot be traced" in capsys.readouterr().err
