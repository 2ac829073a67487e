"""The files that `zokio check` writes: HTML and pages for people, JUnit and SARIF for tools."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from zokio.cli.reports.checked import Checked
from zokio.cli.reports.html_report import html_report
from zokio.cli.reports.junit import junit_report
from zokio.cli.reports.page import Sized, file_name, index, page
from zokio.cli.reports.sarif import sarif_report
from zokio.cli.reports.witnessed import read_witnessed
from zokio.errors import UsageError

Writer = Callable[[Sequence[Checked]], str]

# By option: what makes the text, and what the help says of it.
WRITERS: dict[str, tuple[Writer, str]] = {
    "junit": (junit_report, "write JUnit XML: each property is a test case"),
    "sarif": (sarif_report, "write SARIF 2.1.0: each property is a rule, with its file and line"),
}


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """One option for each kind of file."""
    parser.add_argument("--html", metavar="FILE", type=Path, help="write a report to look at")
    parser.add_argument(
        "--witness",
        metavar="FILE",
        type=Path,
        help="for --html: what `pytest --zokio-witness FILE` saw on the real system",
    )
    parser.add_argument(
        "--page",
        metavar="FOLDER",
        type=Path,
        help="write a page of documentation for each machine, in Markdown",
    )
    for option, (_, text) in WRITERS.items():
        parser.add_argument(f"--{option}", metavar="FILE", type=Path, help=text)


def write_reports(arguments: argparse.Namespace, checked: Sequence[Checked]) -> None:
    """Write the files that were asked for.

    Raises:
        UsageError: A file cannot be written, or the witness cannot be read.
    """
    if arguments.html is not None:
        seen = None if arguments.witness is None else read_witnessed(arguments.witness)
        write_file(arguments.html, html_report(checked, seen))
    if arguments.page is not None:
        _write_pages(arguments.page, checked)
    for option, (writer, _) in WRITERS.items():
        file: Path | None = getattr(arguments, option)
        if file is not None:
            write_file(file, writer(checked))


def _write_pages(folder: Path, checked: Sequence[Checked]) -> None:
    pages: dict[str, list[Sized]] = {}
    for each in checked:
        report = each.report
        size = (report.states, report.transitions, report.depth, report.complete)
        pages.setdefault(each.name, []).append(Sized(each.machine, *size))
    for name, sized in pages.items():
        write_file(folder / file_name(name), page(name, sized, folder))
    file = folder / "README.md"
    write_file(file, index(pages, folder, _read(file)))


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # it is none of ours


def write_file(file: Path, text: str) -> None:
    """Write a file, and the folders above it.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from error
