"""`zokio check --trace`: what it says of a trace, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.machines import HOLDING
from zokio.cli import check as check_module
from zokio.cli.main import main
from zokio.model import Event, RecordedTrace, in_sequence, write_traces

HEADER = '{"trace": 1, "machine": "counting", "constants": {"top": 3, "limit": 3}}\n'


@pytest.fixture(autouse=True)
def specifications(monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine that counts."""
    monkeypatch.setattr(check_module, "load_machines", lambda: HOLDING)


def written(folder: Path, *counts: int, complete: bool = True, machine: str = "counting") -> str:
    """A file with a trace for each number: it counts so often."""
    file = folder / "traces.jsonl"
    with file.open("w") as lines:
        for count in counts:
            events: Sequence[Event] = in_sequence([("count", ())] * count)
            constants = {"top": 3, "limit": 3}
            trace = RecordedTrace(machine, constants, tuple(events), "a program", complete)
            write_traces(lines, [trace])
    return str(file)


def test_a_trace_that_is_a_run_ends_with_zero_and_is_consumed_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--trace", written(tmp_path, 3)]) == 0
    printed = capsys.readouterr().out
    assert "Counting(top=3, limit=3): accepted of a program" in printed
    assert "3 events, 3 consumed" in printed


def test_a_trace_that_is_none_ends_with_one_and_shows_the_first_wrong_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--trace", written(tmp_path, 2, 5)]) == 1
    printed = capsys.readouterr().out
    assert "rejected" in printed
    assert "5 events, 3 consumed" in printed
    assert "number 3:" in printed
    assert ">      3 count() by 0 [6, 7]" in printed
    assert "possible states before it, 1" in printed
    assert "value = 3" in printed or "= 3" in printed


def test_a_trace_that_was_cut_is_incomplete(tmp_path: Path) -> None:
    assert main(["check", "--trace", written(tmp_path, 3, complete=False)]) == 3


def test_a_rejected_trace_outweighs_one_that_was_cut(tmp_path: Path) -> None:
    assert main(["check", "--trace", written(tmp_path, 2, 4, complete=False)]) == 1


def test_json_is_one_object_with_every_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--json", "--trace", written(tmp_path, 1, 4)]) == 1
    first, second = json.loads(capsys.readouterr().out)["traces"]
    assert first == {
        "machine": "counting",
        "configuration": {"top": 3, "limit": 3},
        "verdict": "accepted",
        "events": 1,
        "consumed": 1,
    }
    assert (second["verdict"], second["index"], second["event"]) == ("rejected", 3, "count()")
    assert second["states"] and second["reason"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import zokio\n", "not JSON; this is no trace"),
        ("", "the file is empty"),
        (HEADER.replace("counting", "nonsense"), "is no machine; there are: counting"),
        (HEADER.replace("counting", "os:path"), "is no machine"),
        (HEADER.replace("counting", "no_such_module:Machine"), "cannot be loaded"),
        (HEADER.replace("counting", "os:NoSuch"), "cannot be loaded"),
        (HEADER.replace('"top"', '"bottom"'), "has no constant bottom"),
    ],
)
def test_a_file_that_is_no_trace_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    file = tmp_path / "traces.jsonl"
    file.write_text(text)
    assert main(["check", "--trace", str(file)]) == 2
    error = capsys.readouterr().err
    assert reason in error and error.count("\n") == 1


def test_a_file_that_is_not_there_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--trace", str(tmp_path / "none")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_a_trace_names_its_machine_itself(tmp_path: Path) -> None:
    assert main(["check", "counting", "--trace", written(tmp_path, 1)]) == 2


def test_the_machine_may_be_a_users_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, 2, machine="tests.cli.machines:Counting")
    assert main(["check", "--trace", file]) == 0
    assert "accepted" in capsys.readouterr().out
