"""`zokio check`: explore machines exhaustively, say how large they were, and write reports.

It chooses the machines (this project's specifications by name, or a user's by `module:NAME`),
checks them one after another and hands the results to the files that print and write them. What
the exit codes mean stands in `exit_codes.py`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from zokio.cli.chosen import choose
from zokio.cli.exit_codes import exit_code
from zokio.cli.grown import check_grown
from zokio.cli.reports.checked import Checked
from zokio.cli.reports.terminal import print_checked
from zokio.cli.reports.written import add_report_arguments, write_reports
from zokio.cli.specifications import load_machines
from zokio.cli.traces import check_traces
from zokio.errors import UsageError
from zokio.model import ProgressBar, check, to_dot


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="a specification of zokio, or a machine of yours: module:Machine, "
        "path/to/file.py:Machine, or path/to/file.py for all that it defines; "
        "without a name, every specification of zokio",
    )
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        dest="constants",
        help="a constant of the machine, as a Python literal: --set tasks=3",
    )
    parser.add_argument(
        "--trace", metavar="FILE", type=Path, help="validate the traces that `zokio trace` recorded"
    )
    parser.add_argument(
        "--states-max", metavar="N", type=int, help="stop each search after N states: incomplete"
    )
    parser.add_argument(
        "--grow",
        metavar="SECONDS",
        type=_seconds,
        help="after each configuration go on with larger ones, its integer constants raised one by "
        "one, until one does not hold or SECONDS are over",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.add_argument(
        "--dot",
        metavar="FILE",
        type=Path,
        help="write the state graph of the first configuration of the one machine that is named",
    )
    add_report_arguments(parser)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text}: give a positive number of seconds")
    return seconds


def check_command(arguments: argparse.Namespace) -> int:
    """Check, print, and give the exit code."""
    if arguments.trace is not None:
        if arguments.names:
            raise UsageError("--trace: the file says which specifications its traces are of")
        return check_traces(arguments.trace, load_machines(), as_json=arguments.json)
    chosen = choose(arguments.names, arguments.constants, load_machines)
    if arguments.dot is not None:
        if len(chosen) != 1:
            raise UsageError("--dot draws one machine: name it, as in `zokio check task`")
        machine = next(iter(chosen.values()))[0]
        arguments.dot.write_text(to_dot(machine), encoding="utf-8")
    checked: list[Checked] = []
    for name, configurations in chosen.items():
        for machine in configurations:
            if arguments.grow is None:
                with ProgressBar(f"{name} {machine.title}") as bar:
                    report = check(machine, states_max=arguments.states_max, progress=bar)
                checked.append(Checked(name, machine, report))
            else:
                checked += check_grown(name, machine, arguments.grow, arguments.states_max)
    write_reports(arguments, checked)
    if arguments.json:
        found = {"machines": [each.report.to_json() for each in checked]}
        print(json.dumps(found, indent=2))
    else:
        print_checked(checked)
    return exit_code([each.report.outcome for each in checked])
