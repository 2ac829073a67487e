"""A counterexample as a table: a row for each step, a column for each variable.

What a step changed is marked, and so is the part of a run that repeats for ever. It shows every
state whole, so that nobody has to scroll back for what a variable was.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from zokio.model import Trace
from zokio.model.literal import named_values
from zokio.model.trace import changes


def timeline(trace: Trace[Any]) -> str:  # Any: a report does not know the class of the states
    """Return the table."""
    return "\n".join(_table(trace))


def _table(trace: Trace[Any]) -> Iterator[str]:
    names = list(named_values(trace.initial))
    heads = "".join(f"<th>{escape(name)}</th>" for name in names)
    yield f'<div class="wide"><table class="timeline"><tr><th></th><th>step</th>{heads}</tr>'
    yield _row(0, "initially", named_values(trace.initial), set(), False)
    before = trace.initial
    for number, (step, after) in enumerate(trace.steps, 1):
        looping = trace.loop is not None and number > trace.loop
        if trace.loop == number - 1:
            yield _loop_row("from here on again and again", len(names))
        yield _row(number, str(step), named_values(after), set(changes(before, after)), looping)
        before = after
    if trace.loop == len(trace.steps):
        yield _loop_row("and stays there for ever: no fair action has to happen", len(names))
    elif trace.loop is not None:
        where = f"after step {trace.loop}" if trace.loop else "at the beginning"
        yield _loop_row(f"and so back to the state {where}, for ever", len(names))
    yield "</table></div>"


def _row(number: int, step: str, values: dict[str, str], changed: set[str], looping: bool) -> str:
    cells = "".join(
        f'<td class="changed">{escape(text)}</td>'
        if name in changed
        else f"<td>{escape(text)}</td>"
        for name, text in values.items()
    )
    kind = ' class="loop"' if looping else ""
    return f"<tr{kind}><td>{number}</td><th>{escape(step)}</th>{cells}</tr>"


def _loop_row(text: str, columns: int) -> str:
    return f'<tr class="turn"><td>&#8635;</td><td colspan="{columns + 1}">{escape(text)}</td></tr>'
