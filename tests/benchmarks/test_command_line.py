"""The command line writes what it measured, and refuses what it cannot do."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main, parse

ROOT = Path(__file__).resolve().parents[2]


def test_a_run_prints_a_table_and_writes_json_and_png(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, chart = tmp_path / "figures.json", tmp_path / "chart.png"
    words = ["--tiny", "--only", "spawn_join", "--against", "zokio", "--rounds", "2"]
    assert main([*words, "--json", str(figures), "--png", str(chart)]) == 0
    printed = capsys.readouterr()
    assert "spawn_join, 50 tasks, one by one" in printed.out
    assert "spawn_join" in printed.err
    found = json.loads(figures.read_text())
    assert found["machine"]["cores"] >= 1
    (result,) = found["results"]
    measured = {c["contestant"]: c for c in result["contestants"]}
    assert list(measured) == ["zokio", "asyncio"]
    assert len(measured["zokio"]["figures"]) == 2
    assert [m["operations"] for m in measured["asyncio"]["measurements"]] == [50, 50]
    assert measured["asyncio"]["ratio"] == 1
    assert chart.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["--only", "nothing"], ["--rounds", "0"]])
def test_wrong_arguments_end_with_exit_code_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_leaves_nothing_behind(
    number: signal.Signals, code: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--only", "echo", "--rounds", "100"]
    pipe = subprocess.PIPE
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe) as run:
        assert run.stderr is not None
        assert b"echo" in run.stderr.readline()  # the programs are compiled, a server is starting
        run.send_signal(number)
        _, error = run.communicate(timeout=60)
    assert run.returncode == code
    assert error == b""
    assert list(tmp_path.iterdir()) == []
