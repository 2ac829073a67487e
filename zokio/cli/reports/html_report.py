"""The report of a check as one HTML page, with nothing to load from elsewhere.

For each configuration: what was explored, every claim, every counterexample as a timeline, how
often each action was taken, by the exploration and by tests of the real system, and the state
graph, whole or seen through some variables (`zokio.model.views`). What comes from a machine is
escaped.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from zokio.cli.reports.checked import Checked
from zokio.cli.reports.html_style import STYLE
from zokio.cli.reports.svg import svg
from zokio.cli.reports.timeline import timeline
from zokio.cli.reports.witnessed import Witnessed
from zokio.model import ModelError, PropertyResult
from zokio.model.blame import location_of
from zokio.model.verdicts import Verdict, verdicts
from zokio.model.views import views

STATES_MAX = 5_000  # the drawing of a larger graph is made from its first states


def html_report(checked: Sequence[Checked], witnessed: Witnessed | None = None) -> str:
    """Return the whole page.

    Args:
        checked: What was checked.
        witnessed: How often tests of a real system took each action, by machine.
    """
    return "\n".join(_page(checked, witnessed or {})) + "\n"


def _page(checked: Sequence[Checked], witnessed: Witnessed) -> Iterator[str]:
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>zokio check</title><style>{STYLE}</style></head><body><h1>zokio check</h1>"
    yield "<table><tr><th>machine</th><th>configuration</th><th>states</th><th>outcome</th></tr>"
    for number, each in enumerate(checked):
        link = f'<a href="#m{number}">{escape(each.name)}</a>'
        yield (
            f"<tr><td>{link}</td><td>{escape(each.constants)}</td>"
            f'<td class="number">{each.report.states:,}</td>'
            f"<td>{_badge(each.report.outcome)}</td></tr>"
        )
    yield "</table>"
    for number, each in enumerate(checked):
        yield from _section(number, each, witnessed.get(each.report.machine))
    yield "</body></html>"


def _section(number: int, each: Checked, seen: Mapping[str, int] | None) -> Iterator[str]:
    report = each.report
    yield f'<h2 id="m{number}">{escape(each.name)}: {escape(each.title)}</h2>'
    if said := inspect.getdoc(type(each.machine)):
        yield f'<p class="about">{escape(said.partition(chr(10))[0])}</p>'
    yield (
        f"<p>{_badge(report.outcome)}: {report.states:,} states, {report.transitions:,} "
        f"transitions, depth {report.depth}, {report.seconds:.2f} s</p>"
    )
    found = verdicts(each.machine, report)
    results = {result.name: result for result in report.properties}
    for verdict in found:
        if verdict.outcome != "holds":
            yield from _failure(verdict, results.get(verdict.name))
    yield "<h3>Claims</h3><table><tr><th>claim</th><th>kind</th><th>outcome</th></tr>"
    for verdict in found:
        yield _row(verdict, results.get(verdict.name))
    yield "</table>"
    yield from _coverage(report.action_counts, seen)
    yield from _graphs(number, each)


def _failure(verdict: Verdict, result: PropertyResult | None) -> Iterator[str]:
    yield f'<h3 class="{verdict.outcome}">{escape(verdict.headline)}</h3>'
    where = None if verdict.method is None else location_of(verdict.method)
    if where is not None:
        yield f"<p><code>{escape(str(where))}</code></p>"
    if result is not None and result.trace is not None and result.outcome == "violated":
        yield timeline(result.trace)
    elif verdict.text != verdict.headline:
        yield f"<pre>{escape(verdict.text)}</pre>"


def _row(verdict: Verdict, result: PropertyResult | None) -> str:
    note = ""
    if result is not None and result.canary is not None:
        note = f" (canary of {escape(result.canary)}: must fail)"
    return (
        f"<tr><td>{escape(verdict.name)}{note}</td><td>{verdict.kind}</td>"
        f"<td>{_badge(verdict.outcome)}</td></tr>"
    )


def _badge(outcome: str) -> str:
    return f'<strong class="{outcome}">{outcome}</strong>'


def _coverage(counts: Mapping[str, int], seen: Mapping[str, int] | None) -> Iterator[str]:
    most = max(counts.values(), default=0) or 1
    real = "" if seen is None else "<th>on the real system</th>"
    yield f"<h3>Actions</h3><table><tr><th>action</th><th>transitions</th><th></th>{real}</tr>"
    for name, count in counts.items():
        bar = f'<span class="bar" style="width:{120 * count / most:.0f}px"></span>'
        tested = "" if seen is None else _count(seen.get(name, 0))
        yield f"<tr><td>{escape(name)}</td>{_count(count)}<td>{bar}</td>{tested}</tr>"
    yield "</table>"


def _count(count: int) -> str:
    if count == 0:
        return '<td class="number never">never</td>'
    return f'<td class="number">{count:,}</td>'


def _graphs(number: int, each: Checked) -> Iterator[str]:
    try:
        drawn = views(each.machine, states_max=STATES_MAX)
    except ModelError as error:  # the check found it, too, and made an outcome of it
        yield f"<p>The state graph cannot be drawn: {escape(str(error))}</p>"
        return
    for place, view in enumerate(drawn):
        part = "" if view.complete else f", from the first {STATES_MAX:,} states"
        yield f"<figure><figcaption>The state graph: {escape(view.title)}{part}</figcaption>"
        yield f"{svg(view, 100 * number + place)}</figure>"
