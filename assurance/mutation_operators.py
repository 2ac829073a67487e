"""Small changes of a source text, one at a time: the operators of the mutation of the runtime.

`mutants(file, text)` gives every mutant of a file, in the order of the text. Each changes one place
by splicing text, so that lines keep their numbers and the rest keeps its look.

Not mutated, because nothing of it decides what the runtime does: docstrings and other strings (the
words of messages, names of attributes), annotations and what only type checkers see (TYPE_CHECKING,
TypeVar, NewType, casts, Protocols, `assert variable is not None`), imports, `__slots__`, `__all__`
and `__repr__`. The first assignment of a local variable is not dropped: what has no value fails
without having been judged.

It does not say whether a mutant is equivalent to the original.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from assurance.mutation_expressions import ARITHMETIC, Expressions
from assurance.mutation_shapes import (
    Function,
    bindings,
    is_truth,
    is_type,
    narrows,
    stored_names,
)
from assurance.mutation_splicing import Mutant

__all__ = ["Mutant", "mutants"]

NOT_MUTATED_NAMES = {"__slots__", "__all__", "__match_args__"}


def mutants(file: str, text: str) -> list[Mutant]:
    """Every mutant of a file, in the order of the text.

    Args:
        file: Its path, for the names.
        text: What is in it.
    """
    known = {ast.dump(ast.parse(text))}
    counted: Counter[str] = Counter()
    found = []
    for mutant in _Statements(file, text).all():
        shape = ast.dump(ast.parse(mutant.source))
        if shape not in known:  # two operators may come to the same
            known.add(shape)
            counted[mutant.name] += 1
            found.append(replace(mutant, number=counted[mutant.name]))
    return found


class _Statements(Expressions):
    def __init__(self, file: str, text: str) -> None:
        super().__init__(file, text)
        self.bound: Counter[str] = Counter()
        """How often the function gives each local name a value."""

    def all(self) -> Iterator[Mutant]:
        for statement in ast.parse(self.text).body:
            yield from self.statement(statement)

    def body(self, statements: list[ast.stmt]) -> Iterator[Mutant]:
        for statement in statements:
            yield from self.statement(statement)

    def statement(self, node: ast.stmt) -> Iterator[Mutant]:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from self.definition(node)
            case ast.ClassDef():
                if not any("Protocol" in ast.unparse(base) for base in node.bases):
                    outer, self.function = self.function, self.qualified(node.name)
                    yield from self.body(node.body)
                    self.function = outer
            case ast.If() if "TYPE_CHECKING" in ast.unparse(node.test):
                return
            case ast.If() | ast.While():
                yield from self.condition(node.test)
                yield from self.body(node.body)
                yield from self.body(node.orelse)
            case ast.For() | ast.AsyncFor():
                yield from self.expression(node.iter)
                yield from self.body(node.body)
                yield from self.body(node.orelse)
            case ast.With() | ast.AsyncWith():
                for item in node.items:
                    yield from self.expression(item.context_expr)
                yield from self.body(node.body)
            case ast.Try():
                yield from self.attempt(node)
            case ast.Match():
                yield from self.expression(node.subject)
                for case in node.cases:
                    yield from self.body(case.body)
            case _:
                yield from self.simple(node)

    def qualified(self, name: str) -> str:
        return f"{self.function}.{name}" if self.function else name

    def definition(self, node: Function) -> Iterator[Mutant]:
        if node.name == "__repr__":
            return
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                yield from self.expression(default)
        outer, self.function = self.function, self.qualified(node.name)
        bound, self.bound = self.bound, bindings(node)
        yield from self.body(node.body)
        self.function, self.bound = outer, bound

    def attempt(self, node: ast.Try) -> Iterator[Mutant]:
        yield from self.body(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                yield self.instead("handler dropped", handler.type, "()")
            yield from self.body(handler.body)
        yield from self.body(node.orelse)
        if len(node.finalbody) > 1:
            start, end = self.span(node.finalbody[0], node.finalbody[-1])
            yield self.splice("finally dropped", node.finalbody[0], start, end, "pass")
        yield from self.body(node.finalbody)

    def simple(self, node: ast.stmt) -> Iterator[Mutant]:
        match node:
            case ast.Expr(value=ast.Constant()):
                return  # a docstring, or the body of a Protocol's method
            case ast.Expr(value=ast.Yield() | ast.YieldFrom() | ast.Await()):
                yield from self.expression(node.value)
            case ast.Expr():
                yield self.instead("statement dropped", node, "pass")
                yield from self.expression(node.value)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from self.assignment(node)
            case ast.Return():
                yield from self.returned(node)
            case ast.Raise():
                yield self.instead("raise dropped", node, "pass")
                if node.exc is not None:
                    yield from self.expression(node.exc)
            case ast.Delete():
                yield self.instead("statement dropped", node, "pass")
            case ast.Break():
                yield self.instead("break continues", node, "continue")
                yield self.instead("break dropped", node, "pass")
            case ast.Continue():
                yield self.instead("continue breaks", node, "break")
                yield self.instead("continue dropped", node, "pass")
            case ast.Assert():
                if not narrows(node.test):
                    yield from self.condition(node.test)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[Mutant]:
        targets: list[ast.expr] = []
        targets += node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {each.id for each in targets if isinstance(each, ast.Name)}
        if node.value is None or names & NOT_MUTATED_NAMES:
            return
        is_alias = isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)
        if is_alias or (not self.function and is_type(node.value)):
            return
        if self.may_be_dropped(node, targets):
            yield self.instead("assignment dropped", node, "pass")
        if isinstance(node, ast.Assign) and len(targets) > 1:
            following: list[ast.expr] = [*targets[1:], node.value]
            for target, follower in zip(targets, following, strict=True):
                if not stored_names(target):
                    start, end = self.span(target)[0], self.span(follower)[0]
                    yield self.splice("target dropped", target, start, end, "")
        if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
            start, end = self.span(node.target)[1], self.span(node.value)[0]
            yield self.splice("arithmetic", node, start, end, f" {ARITHMETIC[type(node.op)]}= ")
        yield from self.expression(node.value)

    def may_be_dropped(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, targets: list[ast.expr]
    ) -> bool:
        names = {name for target in targets for name in stored_names(target)}
        if isinstance(node, ast.AugAssign) or not names:
            return True
        return bool(self.function) and all(self.bound[name] > 1 for name in names)

    def returned(self, node: ast.Return) -> Iterator[Mutant]:
        value = node.value
        if value is None:
            yield self.instead("return dropped", node, "pass")
        elif not (isinstance(value, ast.Constant) and value.value is None):
            yield self.instead("returns None", value, "None")
            if is_truth(value):
                yield self.instead("returns True", value, "True")
                yield self.instead("returns False", value, "False")
            yield from self.expression(value)
