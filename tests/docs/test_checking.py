"""The page to look things up says what the programs say: options, exit codes, methods."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pytest_zokio
from zokio.cli.exit_codes import HELP
from zokio.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")

pytestmark = pytest.mark.interpreted  # docs/ is not among the installed files


def test_the_exit_codes_are_those_of_the_help() -> None:
    told = re.findall(r"^\| (\d+) \| (.*) \|$", TEXT, re.MULTILINE)
    helped = re.findall(r"^  (\d+) +(.*)$", HELP, re.MULTILINE)
    assert told == helped
    walk = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d+) \|", walk, re.MULTILINE) == [code for code, _ in helped]


def test_every_option_of_the_page_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    helped = capsys.readouterr().out
    plugin = Path(pytest_zokio.__file__).read_text(encoding="utf-8")
    options = set(re.findall(r"(--[a-z][a-z-]+)", TEXT)) - {"--dist"}
    assert {"--set", "--sarif", "--zokio-witness"} <= options
    assert [each for each in options if each not in helped and f'"{each}"' not in plugin] == []
    for setting in set(re.findall(r"^ +(zokio_\w+) =", TEXT, re.MULTILINE)):
        assert f'"{setting}"' in plugin


def test_every_option_that_writes_a_file_is_on_the_page(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    written = re.findall(r"^  (--\w+) F(?:ILE|OLDER)", capsys.readouterr().out, re.MULTILINE)
    assert written and [option for option in written if f"`{option} " not in TEXT] == []
