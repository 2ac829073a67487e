"""`zokio check`: explore the specifications exhaustively and say how large they were."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from zokio.cli.html_report import html_report
from zokio.cli.specifications import choose, load_machines
from zokio.cli.table import print_table
from zokio.cli.traces import check_traces
from zokio.errors import UsageError
from zokio.model import ProgressBar, Report, check, to_dot

HOLDS, VIOLATED, INCOMPLETE = 0, 1, 3


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="specifications; all if none")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write a report to look at")
    parser.add_argument(
        "--dot",
        metavar="FILE",
        type=Path,
        help="write the state graph of the named specification's first configuration",
    )
    parser.add_argument(
        "--trace", metavar="FILE", type=Path, help="validate the traces that `zokio trace` recorded"
    )
    parser.add_argument(
        "--states-max", metavar="N", type=int, help="stop each search after N states: incomplete"
    )


def check_command(arguments: argparse.Namespace) -> int:
    """Check, print, and give the exit code."""
    machines = load_machines()
    if arguments.trace is not None:
        if arguments.names:
            raise UsageError("--trace: the file says which specifications its traces are of")
        return check_traces(arguments.trace, machines, as_json=arguments.json)
    chosen = choose(machines, arguments.names)
    if arguments.dot is not None:
        if len(chosen) != 1:
            raise UsageError("--dot draws one specification: name it, as in `zokio check task`")
        machine = next(iter(chosen.values()))[0]
        arguments.dot.write_text(to_dot(machine), encoding="utf-8")
    named_reports = []
    for name, configurations in chosen.items():
        for machine in configurations:
            with ProgressBar(f"{name} {machine.title}") as bar:
                report = check(machine, states_max=arguments.states_max, progress=bar)
            named_reports.append((name, report))
    reports = [report for _, report in named_reports]
    if arguments.html is not None:
        arguments.html.write_text(html_report(named_reports), encoding="utf-8")
    if arguments.json:
        print(json.dumps({"machines": [report.to_json() for report in reports]}, indent=2))
    else:
        _print_reports(named_reports)
    return exit_code(reports)


def exit_code(reports: Sequence[Report]) -> int:
    """1 when something is violated, else 3 when something is incomplete, else 0."""
    outcomes = {report.outcome for report in reports}
    if "violated" in outcomes:
        return VIOLATED
    return INCOMPLETE if "incomplete" in outcomes else HOLDS


def configuration_text(report: Report) -> str:
    """The constants, as `tasks=2 pollers=1`."""
    return " ".join(f"{name}={value}" for name, value in report.configuration.items())


def _print_reports(named_reports: Sequence[tuple[str, Report]]) -> None:
    print_table(
        (
            *("specification", "configuration", "states", "transitions", "depth"),
            *("bytes/state", "claims", "outcome"),
        ),
        [
            (
                name,
                configuration_text(report),
                f"{report.states:,}",
                f"{report.transitions:,}",
                str(report.depth),
                f"{report.bytes_per_state:,.0f}",
                str(len(report.properties)),
                report.outcome,
            )
            for name, report in named_reports
        ],
    )
    for _, report in named_reports:
        if report.outcome != "holds":
            print(f"\n{report.text()}")
    states = sum(report.states for _, report in named_reports)
    seconds = sum(report.seconds for _, report in named_reports)
    properties = [result for _, report in named_reports for result in report.properties]
    canaries = sum(result.canary is not None for result in properties)
    print(
        f"\n{len(named_reports)} configurations, {states:,} states, "
        f"{len(properties) - canaries} properties, {canaries} canaries, {seconds:.1f} s"
    )
