"""The import hook: labelled modules are compiled from copies in which the labelled steps report.

It reads the source of a module, finds the operations of `sites.py` on the lines that carry their
label, and wraps each in calls of the recorder. Line numbers stay. It changes neither what the code
does nor the file, and it touches no other module.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import re
import sys
import tokenize
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from .recorder import Recorder
from .sites import LABELLED, SITES, Site

LABEL = re.compile(r"# spec: (\w+(?:/\w+)*)")
NUMBERED = {
    "zokio.blocking.pool": "BlockingPool",
    "zokio.core.run_queue": "RunQueue",
    "zokio.timers.queue": "TimerQueue",
}
"""The classes whose instances are numbered when they are made."""

MEMBERS = {"zokio.blocking.worker": "Worker"}
"""Likewise, among those of the same owner: the first argument with which they are made."""

PROBE = "__zokio_probe__"
TOKEN = "__zokio_token__"


class CompiledError(Exception):
    """The module is an extension module: there is no source to instrument."""


def labels_in(source: str) -> dict[int, str]:
    """The label of each labelled line."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = {}
    for token in tokens:
        label = LABEL.match(token.string) if token.type == tokenize.COMMENT else None
        if label is not None:
            found[token.start[0]] = label[1]
    return found


def instrument(source: str) -> tuple[ast.Module, list[Site]]:
    """The tree of a module with its labelled steps wrapped, and the sites that were found."""
    wrapper = Wrapper(labels_in(source))
    tree = wrapper.visit(ast.parse(source))
    assert isinstance(tree, ast.Module)
    return ast.fix_missing_locations(tree), wrapper.found


class Wrapper(ast.NodeTransformer):
    """Wraps what the table names on the labelled lines."""

    def __init__(self, labels: Mapping[int, str]) -> None:
        self.labels = labels
        self.found: list[Site] = []

    def visit(self, node: ast.AST) -> ast.AST | list[ast.stmt]:
        """The node, or what stands in its place."""
        site = self._site(node)
        if site is None:
            self.generic_visit(node)
            return node
        self.found.append(site)
        if isinstance(node, ast.stmt):
            return [ast.copy_location(each, node) for each in _statements(site, node)]
        assert isinstance(node, ast.expr)
        return ast.copy_location(_expression(site, node), node)

    def _site(self, node: ast.AST) -> Site | None:
        label = self.labels.get(getattr(node, "lineno", 0))
        if label is None or not isinstance(node, ast.stmt | ast.expr):
            return None
        is_statement = isinstance(node, ast.stmt)
        for site in SITES:
            fits = is_statement == (site.how in ("AROUND", "BEFORE", "AFTER"))
            if fits and site.label == label and ast.unparse(node) == site.operation:
                return site
        return None


def _statements(site: Site, node: ast.stmt) -> list[ast.stmt]:
    begin = ast.parse(f"{TOKEN} = {_begin(site)}").body[0]
    report = ast.parse(_end(site, TOKEN, "None")).body[0]
    if site.how == "AROUND":
        return [begin, node, report]
    instant = ast.parse(_end(site, _begin(site), "None")).body[0]
    if site.how == "BEFORE":
        return [instant, node]
    return [ast.Try(body=[node], handlers=[], orelse=[], finalbody=[instant])]


def _expression(site: Site, node: ast.expr) -> ast.expr:
    """The operation as the second argument: arguments are evaluated from left to right."""
    operation = ast.unparse(node)
    value = f"bool({operation})" if site.how == "LOOK" else operation
    wrapped = ast.parse(_end(site, _begin(site), value), mode="eval").body
    return wrapped


def _begin(site: Site) -> str:
    if site.swallows:
        return f"{PROBE}.begin_whole({site.swallows!r}, {site.task})"
    if site.label == "ring":
        return f"{PROBE}.begin_ring({site.queue})"
    return f"{PROBE}.begin()"


def _end(site: Site, token: str, value: str) -> str:
    name = site.name or repr(site.label)
    arguments = [token, value, name, site.queue, site.task]
    if site.item:
        limits = site.fact or "None"
        return f"{PROBE}.end_call({token}, {value}, {name}, {site.queue}, {site.item}, {limits})"
    if site.timer:
        instant = site.fact or "None"
        return f"{PROBE}.end_timer({token}, {value}, {name}, {site.queue}, {site.timer}, {instant})"
    if site.how == "SLEEP":
        return f"{PROBE}.end_sleep({token}, {value}, {site.queue}, {site.fact})"
    if site.fact:
        arguments.append(site.fact)
    return f"{PROBE}.end({', '.join(arguments)})"


class InstrumentedLoader(SourceFileLoader):
    """Loads a labelled module from its wrapped tree; nothing compiled is read or written."""

    def __init__(self, name: str, path: str, source: Path, recorder: Recorder) -> None:
        super().__init__(name, path)
        self.source = source
        self.recorder = recorder

    def get_code(self, fullname: str) -> CodeType:
        """The code of the wrapped tree."""
        tree, _ = instrument(self.source.read_text(encoding="utf-8"))
        code: CodeType = compile(tree, self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its recorder, and load it."""
        setattr(module, PROBE, self.recorder)
        super().exec_module(module)
        watched = NUMBERED.get(module.__name__)
        if watched is not None:
            self.recorder.watch(getattr(module, watched))
        member = MEMBERS.get(module.__name__)
        if member is not None:
            self.recorder.watch_members(getattr(module, member))


class InstrumentingFinder(MetaPathFinder):
    """Finds the labelled modules, and those with another source, before anybody else does.

    Args:
        recorder: what the labelled steps report to.
        sources: files to read in place of a module's own: to plant a bug.
    """

    def __init__(self, recorder: Recorder, sources: Mapping[str, Path]) -> None:
        self.recorder = recorder
        self.sources = sources

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a module that is to be changed; None for every other.

        Raises:
            CompiledError: it is an extension module.
        """
        if fullname not in LABELLED and fullname not in self.sources:
            return None
        found = PathFinder.find_spec(fullname, path, target)
        if found is None or found.origin is None:
            return None
        if not isinstance(found.loader, SourceFileLoader):
            raise CompiledError(
                f"{fullname} is compiled ({Path(found.origin).name}): the compiled build cannot be "
                "traced; install zokio without ZOKIO_COMPILE to trace it"
            )
        source = self.sources.get(fullname, Path(found.origin))
        loader = InstrumentedLoader(fullname, found.origin, source, self.recorder)
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=loader)


def install(recorder: Recorder, sources: Mapping[str, Path]) -> None:
    """From now on labelled modules are loaded with their probe.

    Raises:
        RuntimeError: one of them is loaded already.
    """
    loaded = [name for name in LABELLED if name in sys.modules]
    if loaded:
        raise RuntimeError(f"too late for a trace: {loaded[0]} was imported without its probe")
    sys.meta_path.insert(0, InstrumentingFinder(recorder, sources))
