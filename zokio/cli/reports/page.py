"""A page of documentation for a machine, in Markdown, made from its definition alone.

What its author wrote (the heads of its files, docstrings, comments behind variables), what it
declares (reads, writes, fairness, properties with their canaries), how large its configurations
are, and a diagram. It guarantees the same text in every run, so that a test can compare a page with
a fresh one; that is why it tells no seconds.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from zokio.cli.reports.mermaid import mermaid
from zokio.model import Action, Claim, Machine, ModelError
from zokio.model.variables import modules_of, variables
from zokio.model.views import views

MADE = "<!-- Made by `zokio check --page` from the machine: change the machine, not this page. -->"

AnyMachine = Machine[Any]  # Any: a page is made without knowing the class of the states


@dataclass(frozen=True, slots=True)
class Sized:
    """A configuration and how large its graph is."""

    machine: AnyMachine
    states: int
    transitions: int
    depth: int
    complete: bool = True


def file_name(name: str) -> str:
    """Return the page's file for what the command line calls a machine."""
    path, _, target = name.rpartition(":")
    return re.sub(r"\W+", "_", target if path else Path(target).stem) + ".md"


def page(name: str, sized: Sequence[Sized], folder: Path) -> str:
    """Return the page of one specification.

    Args:
        name: Its heading.
        sized: Its configurations; a class may be among them several times.
        folder: Where the page will stand: links to the source start there.
    """
    return "\n".join(_page(name, sized, folder)).rstrip() + "\n"


def index(pages: Mapping[str, Sequence[Sized]], folder: Path, before: str = "") -> str:
    """Return the page that lists the others.

    Args:
        pages: What was checked.
        folder: Where the pages stand.
        before: What it said: machines that were not checked keep their rows, as long as their pages
            are there.
    """
    rows = {file_name(name): _row(name, sized) for name, sized in pages.items()}
    kept = {file: row for file, row in _rows(before).items() if (folder / file).exists()}
    if not kept.keys() <= rows.keys():
        rows = kept | rows
    lines = [MADE, "# Machines", "", "| machine | what it is | configurations | states |"]
    return "\n".join([*lines, "|---|---|--:|--:|", *rows.values()]) + "\n"


def _row(name: str, sized: Sequence[Sized]) -> str:
    said = (inspect.getdoc(modules_of(sized[0].machine)[0]) or "").partition("\n")[0]
    states = sum(each.states for each in sized)
    return f"| [{name}]({file_name(name)}) | {_cell(said)} | {len(sized)} | {states:,} |"


def _rows(text: str) -> dict[str, str]:
    """The rows of such a list, by the files of the pages."""
    found = re.finditer(r"(?m)^\| \[.*?\]\((\w+\.md)\) \|.*$", text) if MADE in text else ()
    return {row[1]: row[0] for row in found}


def _page(name: str, sized: Sequence[Sized], folder: Path) -> Iterator[str]:
    yield from (MADE, f"# {name}", "")
    machines = list({type(each.machine): each.machine for each in sized[::-1]}.values())[::-1]
    modules = list(dict.fromkeys(module for each in machines for module in modules_of(each)))
    for module in modules:
        file = Path(module.__file__ or "")
        link = os.path.relpath(file.resolve(), folder.resolve()).replace(os.sep, "/")
        yield from (f"From [{file.name}]({link}):", "", _prose(inspect.getdoc(module) or ""), "")
    yield from _sizes(sized)
    yield from _variables(machines[0])
    for machine in machines:
        yield from _machine(machine, machines)
    yield from _diagrams(min(sized, key=lambda each: each.states).machine)


def _prose(text: str) -> str:
    """Return a docstring as Markdown: what is indented stands apart, to be shown as it is."""
    return re.sub(r"(?m)^(?! {4}|$)(.+)\n(?= {4})", r"\1\n\n", text)


def _sizes(sized: Sequence[Sized]) -> Iterator[str]:
    yield from ("## Configurations", "", "| configuration | states | transitions | depth |")
    yield "|---|--:|--:|--:|"
    for each in sized:
        cut = "" if each.complete else " (incomplete)"
        numbers = f"{each.states:,}{cut} | {each.transitions:,} | {each.depth}"
        yield f"| `{_cell(repr(each.machine))}` | {numbers} |"
    yield ""


def _variables(machine: AnyMachine) -> Iterator[str]:
    yield from ("## Variables", "", "| variable | type | at first | meaning |", "|---|---|---|---|")
    for each in variables(machine):
        shown = f"| `{each.name}` | {_code(each.type)} | {_code(each.first)} "
        yield f"{shown}| {_cell(each.meaning)} |"
    yield ""


def _machine(machine: AnyMachine, machines: Sequence[AnyMachine]) -> Iterator[str]:
    of = f" of {machine.title}" if len(machines) > 1 else ""
    yield from (f"## Actions{of}", "")
    if len(machines) > 1:
        yield from (inspect.getdoc(type(machine)) or "", "")
    yield from ("| action | when | reads | writes | fair |", "|---|---|---|---|---|")
    yield from (_action(machine, action) for action in machine.actions)
    yield from ("", f"## Properties{of}", "", "| property | kind | says | canary |")
    yield "|---|---|---|---|"
    canaries = {claim.canary: name for name, claim in machine.claims.items()}
    for name, claim in machine.claims.items():
        if claim.canary is None:
            canary = canaries.get(name)
            tested = "" if canary is None else f"`{canary}`"
            yield f"| `{name}` | {_kind(claim)} | {_cell(_said(machine, name))} | {tested} |"
    yield ""


def _action(machine: AnyMachine, action: Action[Any, ...]) -> str:
    said = _cell(" ".join((inspect.getdoc(action) or "").split()))
    called = f"`{action.name}({', '.join(action.parameters)})`"
    reads, writes = (
        ", ".join(f"`{name}`" for name in names) for names in (action.reads or (), action.writes)
    )
    fair = "yes" if action.fair else "no"
    what = f"{called}<br>{said}" if said else called
    return f"| {what} | {_guard(machine, action.name)} | {reads} | {writes} | {fair} |"


def _guard(machine: AnyMachine, action: str) -> str:
    """Return when an action is enabled: what its guard says of itself, else what it computes."""
    name = machine.definition.guards.get(action)
    if name is None:
        return "always"
    guard: Callable[..., Any] = getattr(type(machine), name)
    if said := inspect.getdoc(guard):
        return _cell(" ".join(said.split()))
    body = ast.parse(dedent(inspect.getsource(guard))).body[0]
    if isinstance(body, ast.FunctionDef) and isinstance(body.body[-1], ast.Return):
        value = body.body[-1].value
        if len(body.body) == 1 and value is not None:
            return _code(ast.unparse(value))
    return f"`{name}`"


def _kind(claim: Claim) -> str:
    of = f" for each {', '.join(claim.of)}" if claim.of else ""
    after = "" if claim.after is None else f" after `{claim.after}`"
    return f"{claim.kind}{after}{of}"


def _said(machine: AnyMachine, name: str) -> str:
    return " ".join((inspect.getdoc(getattr(type(machine), name)) or "").split())


def _diagrams(machine: AnyMachine) -> Iterator[str]:
    yield from ("## Diagram", "", f"Of `{machine!r}`.", "")
    try:
        drawn = views(machine, states_max=10**9)
    except ModelError as error:  # the check found it, too, and made an outcome of it
        yield f"It cannot be drawn: {error}"
        return
    for view in drawn:
        yield from (f"The state graph: {view.title}.", "", "```mermaid", mermaid(view), "```", "")


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    """Return text that stands in a table: without line ends and bars of its own."""
    return " ".join(text.split()).replace("|", "\\|")
