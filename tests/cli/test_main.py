"""The command line as a whole: usage, version, interruption, the demo, the specifications found."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

import zokio
from spec import MACHINES
from tests.cli.machines import VIOLATED
from zokio.cli import demo, demo_race, main, specifications
from zokio.errors import UsageError
from zokio.model import check


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"zokio {zokio.__version__}\n"


def test_an_interruption_ends_with_its_own_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "demo_command", interrupted)
    assert main.main(["demo"]) == 130


def test_every_specification_is_found_under_its_name() -> None:
    assert list(specifications.load_machines()) == list(MACHINES)


def test_an_installation_without_specifications_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setattr(specifications, "NAME", "zokio.no_specifications_here")
    monkeypatch.setattr(specifications, "zokio", SimpleNamespace(__file__=f"{tmp_path}/z/i.py"))
    with pytest.raises(UsageError, match="no specifications"):
        specifications.load_machines()
    assert "zokio.no_specifications_here" not in sys.modules


def test_the_demo_serves_checks_and_finds_the_race(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "CLIENTS", 4)
    monkeypatch.setattr(demo, "LOAD_SECONDS", 0.1)
    monkeypatch.setattr(demo, "LOOK_SECONDS", 0.02)
    assert main.main(["demo"]) == 0
    printed = capsys.readouterr().out
    assert "polls/s" in printed
    for name in demo.KERNEL:
        assert f"{name} " in printed
    assert "'asleep'" in printed
    assert "with the second look: holds" in printed


def test_the_demo_fails_when_a_specification_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "load_machines", lambda: VIOLATED)
    monkeypatch.setattr(demo, "KERNEL", tuple(VIOLATED))
    assert not demo.check_specifications()
    assert "violated" in capsys.readouterr().out


def test_the_demo_fails_when_the_race_is_not_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class NeverAsleep(demo_race.ParkingMachine):
        def can_sleep(self, state: demo_race.Parking) -> bool:
            return False

    monkeypatch.setattr(demo, "ParkingMachine", NeverAsleep)
    assert not demo.find_race()
    assert "the checker is broken" in capsys.readouterr().out


def test_on_a_terminal_the_line_of_metrics_is_written_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("sys.stdout", terminal)
    assert demo._line_end() == "\r"


def test_looking_once_more_is_what_makes_the_demo_machine_right() -> None:
    name = "nobody_sleeps_while_work_waits"
    assert check(demo_race.ParkingMachine(recheck=True)).property(name).outcome == "holds"
    wrong = check(demo_race.ParkingMachine(recheck=False)).property(name)
    assert wrong.outcome == "violated"
