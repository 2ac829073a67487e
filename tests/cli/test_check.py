"""`zokio check`: what it prints, what it writes, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.machines import HOLDING, VIOLATED
from zokio.cli import check as check_module
from zokio.cli.exit_codes import exit_code
from zokio.cli.main import main
from zokio.cli.specifications import Machines


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Specifications that hold."""
    use(monkeypatch, HOLDING)


@pytest.fixture
def violated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Specifications of which one does not hold."""
    use(monkeypatch, VIOLATED)


def use(monkeypatch: pytest.MonkeyPatch, machines: Machines) -> None:
    """Check these instead of the project's own."""
    monkeypatch.setattr(check_module, "load_machines", lambda: machines)


@pytest.mark.usefixtures("holding")
def test_what_holds_ends_with_zero_and_says_how_large_it_was(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check"]) == 0
    printed = capsys.readouterr().out
    assert "counting" in printed
    assert "top=3 limit=3" in printed
    assert "1 configurations, 4 states, 1 properties, 1 canaries" in printed


@pytest.mark.usefixtures("violated")
def test_what_is_violated_ends_with_one_and_shows_the_shortest_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check"]) == 1
    printed = capsys.readouterr().out
    assert "within_the_limit" in printed
    assert "3. count()" in printed
    assert "4. count()" not in printed


@pytest.mark.usefixtures("violated")
def test_only_the_named_specifications_are_checked() -> None:
    assert main(["check", "counting"]) == 0


@pytest.mark.usefixtures("holding")
def test_a_limit_that_was_hit_is_incomplete_and_no_pass(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "--states-max", "1"]) == 3
    assert "incomplete" in capsys.readouterr().out


@pytest.mark.usefixtures("violated")
def test_a_violation_outweighs_a_limit() -> None:
    assert exit_code([]) == 0
    assert main(["check", "--states-max", "3", "wrong"]) == 1


@pytest.mark.usefixtures("holding")
def test_an_unknown_name_is_wrong_usage_and_the_known_ones_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "nonsense"]) == 2
    assert "no specification is called nonsense; there are: counting" in capsys.readouterr().err


@pytest.mark.usefixtures("violated")
def test_json_is_one_object_with_every_machine(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json"]) == 1
    machines = json.loads(capsys.readouterr().out)["machines"]
    assert [machine["outcome"] for machine in machines] == ["holds", "violated"]
    first = machines[0]
    assert (first["name"], first["states"], first["transitions"], first["depth"]) == (
        "Counting",
        4,
        3,
        3,
    )
    assert first["configuration"] == {"top": 3, "limit": 3}
    assert {"name", "kind", "outcome"} <= set(first["properties"][0])


@pytest.mark.usefixtures("violated")
def test_dot_draws_one_named_specification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "graph.dot"
    assert main(["check", "--dot", str(file)]) == 2
    assert "--dot draws one machine" in capsys.readouterr().err
    assert not file.exists()
    assert main(["check", "counting", "--dot", str(file)]) == 0
    assert file.read_text(encoding="utf-8").count("->") == 3
