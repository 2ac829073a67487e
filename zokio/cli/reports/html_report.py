"""The report of a check as one HTML page: what was explored, every claim, every counterexample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from zokio.cli.reports.checked import Checked
from zokio.model import PropertyResult

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0; width: 100% }
td, th { border-bottom: 1px solid #8884; padding: .25rem .75rem; text-align: left }
pre { background: #8881; overflow-x: auto; padding: 1rem }
.holds { color: #15803d } .violated { color: #b91c1c } .incomplete { color: #b45309 }
@media (prefers-color-scheme: dark) { body { background: #111; color: #ddd } }
"""


def html_report(checked: Sequence[Checked]) -> str:
    """The whole page, with nothing to load from elsewhere."""
    return "\n".join(_page(checked)) + "\n"


def _page(checked: Sequence[Checked]) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>zokio check</title><style>{STYLE}</style></head><body><h1>zokio check</h1>"
    for each in checked:
        yield from _section(each)
    yield "</body></html>"


def _section(each: Checked) -> Iterator[str]:
    report = each.report
    yield f"<h2>{escape(each.name)}: {escape(each.title)}</h2>"
    yield (
        f"<p>{_badge(report.outcome)}: {report.states:,} states, {report.transitions:,} "
        f"transitions, depth {report.depth}, {report.seconds:.2f} s</p>"
    )
    yield "<table><tr><th>claim</th><th>kind</th><th>outcome</th></tr>"
    for result in report.properties:
        yield _row(result)
    yield "</table>"
    for result in report.properties:
        if result.verdict == "violated" and result.trace is not None:
            yield f"<h3>{escape(result.name)}</h3><pre>{escape(result.trace.text())}</pre>"


def _row(result: PropertyResult) -> str:
    note = "" if result.canary is None else f" (canary of {escape(result.canary)}: must fail)"
    return (
        f"<tr><td>{escape(result.name)}{note}</td><td>{result.kind}</td>"
        f"<td>{_badge(result.verdict)}</td></tr>"
    )


def _badge(outcome: str) -> str:
    return f'<strong class="{outcome}">{outcome}</strong>'
