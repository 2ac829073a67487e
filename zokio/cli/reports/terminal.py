"""The result of `zokio check` on the terminal: a table, what failed with its runs, and a sum."""

from __future__ import annotations

from collections.abc import Sequence

from zokio.cli.reports.checked import Checked
from zokio.cli.table import print_table


def print_checked(checked: Sequence[Checked]) -> None:
    """Print the table of all configurations, then the counterexamples, then one line of sums."""
    print_table(
        (
            *("specification", "configuration", "states", "transitions", "depth"),
            *("bytes/state", "claims", "outcome"),
        ),
        [_row(each) for each in checked],
    )
    for each in checked:
        if each.report.outcome != "holds":
            print(f"\n{each.report.text()}")
    reports = [each.report for each in checked]
    states = sum(report.states for report in reports)
    seconds = sum(report.seconds for report in reports)
    properties = [result for report in reports for result in report.properties]
    canaries = sum(result.canary is not None for result in properties)
    print(
        f"\n{len(reports)} configurations, {states:,} states, "
        f"{len(properties) - canaries} properties, {canaries} canaries, {seconds:.1f} s"
    )


def _row(each: Checked) -> tuple[str, ...]:
    report = each.report
    return (
        each.name,
        each.constants,
        f"{report.states:,}",
        f"{report.transitions:,}",
        str(report.depth),
        f"{report.bytes_per_state:,.0f}",
        str(len(report.properties)),
        report.outcome,
    )
