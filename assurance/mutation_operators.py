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
from dataclasses import dataclass, replace

COMPARISONS: dict[type[ast.cmpop], tuple[str, ...]] = {
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
    ast.Lt: ("<=", ">="),
    ast.LtE: ("<", ">"),
    ast.Gt: (">=", "<="),
    ast.GtE: (">", "<"),
}

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.Div: "*",
    ast.FloorDiv: "*",
    ast.Mod: "//",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.LShift: ">>",
    ast.RShift: "<<",
}

FOR_TYPES_ONLY = {"TypeVar", "NewType", "ParamSpec", "cast"}
NOT_MUTATED_NAMES = {"__slots__", "__all__", "__match_args__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: The file's path from the root of the tree.
        function: The qualified name of the function that it is in; empty in the module's body.
        operator: What was done, in words.
        line: The text of the line that is changed, without the space around it.
        change: What was there, and what is there now.
        number: Counts the mutants that agree in all of the above, from 1.
        lines: The first and last line of the place; they are no part of the name.
        source: The whole changed text.
    """

    file: str
    function: str
    operator: str
    line: str
    change: str
    number: int
    lines: tuple[int, int]
    source: str

    @property
    def name(self) -> str:
        """A name that other changes of the file leave alone."""
        number = f" #{self.number}" if self.number > 1 else ""
        return f"{self.file} {self.function or '<module>'}: {self.line} [{self.change}]{number}"

    @property
    def tests(self) -> str:
        """The folder of the tests of the package that it is in."""
        return f"tests/{self.file.split('/')[1]}/"


def mutants(file: str, text: str) -> list[Mutant]:
    """Every mutant of a file, in the order of the text.

    Args:
        file: Its path, for the names.
        text: What is in it.
    """
    known = {ast.dump(ast.parse(text))}
    counted: Counter[str] = Counter()
    found = []
    for mutant in _Mutator(file, text).all():
        shape = ast.dump(ast.parse(mutant.source))
        if shape not in known:  # two operators may come to the same
            known.add(shape)
            counted[mutant.name] += 1
            found.append(replace(mutant, number=counted[mutant.name]))
    return found


class _Mutator:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self.function = ""
        self.bound: Counter[str] = Counter()

    def all(self) -> Iterator[Mutant]:
        for statement in ast.parse(self.text).body:
            yield from self.statement(statement)

    # Splicing

    def at(self, line: int, column: int) -> int:
        """Where a place of the syntax tree is in the text: columns count bytes."""
        before = self.lines[line - 1].encode()[:column].decode()
        return sum(map(len, self.lines[: line - 1])) + len(before)

    def span(self, first: ast.AST, last: ast.AST | None = None) -> tuple[int, int]:
        last = first if last is None else last
        start = self.at(_int(first, "lineno"), _int(first, "col_offset"))
        return start, self.at(_int(last, "end_lineno"), _int(last, "end_col_offset"))

    def splice(self, operator: str, node: ast.AST, start: int, end: int, after: str) -> Mutant:
        before = self.text[start:end]
        first = _int(node, "lineno")
        last = first + before.count("\n") if start != self.span(node)[0] else _last(node)
        kept = "\n" * (before.count("\n") - after.count("\n"))
        if kept and after.endswith(")"):
            after = after[:-1] + kept + ")"
        else:
            after += kept
        change = f"{' '.join(before.split())} -> {' '.join(after.split()) or 'nothing'}"
        if operator.endswith("dropped") and isinstance(node, ast.stmt) and after.strip() == "pass":
            change = "dropped"
        return Mutant(
            file=self.file,
            function=self.function,
            operator=operator,
            line=self.lines[first - 1].split("  # ")[0].strip(),
            change=change,
            number=1,
            lines=(first, max(first, last)),
            source=self.text[:start] + after + self.text[end:],
        )

    def instead(self, operator: str, node: ast.AST, after: str) -> Mutant:
        return self.splice(operator, node, *self.span(node), after)

    def source_of(self, node: ast.AST) -> str:
        start, end = self.span(node)
        return self.text[start:end]

    # Statements

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
        bound, self.bound = self.bound, _bindings(node)
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
                if not _narrows(node.test):
                    yield from self.condition(node.test)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[Mutant]:
        targets: list[ast.expr] = []
        targets += node.targets if isinstance(node, ast.Assign) else [node.target]
        names = {each.id for each in targets if isinstance(each, ast.Name)}
        if node.value is None or names & NOT_MUTATED_NAMES:
            return
        is_alias = isinstance(node, ast.AnnAssign) and "TypeAlias" in ast.unparse(node.annotation)
        if is_alias or (not self.function and _is_type(node.value)):
            return
        if self.may_be_dropped(node, targets):
            yield self.instead("assignment dropped", node, "pass")
        if isinstance(node, ast.Assign) and len(targets) > 1:
            following: list[ast.expr] = [*targets[1:], node.value]
            for target, follower in zip(targets, following, strict=True):
                if not _names(target):
                    start, end = self.span(target)[0], self.span(follower)[0]
                    yield self.splice("target dropped", target, start, end, "")
        if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
            start, end = self.span(node.target)[1], self.span(node.value)[0]
            yield self.splice("arithmetic", node, start, end, f" {ARITHMETIC[type(node.op)]}= ")
        yield from self.expression(node.value)

    def may_be_dropped(
        self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, targets: list[ast.expr]
    ) -> bool:
        names = {name for target in targets for name in _names(target)}
        if isinstance(node, ast.AugAssign) or not names:
            return True
        return bool(self.function) and all(self.bound[name] > 1 for name in names)

    def returned(self, node: ast.Return) -> Iterator[Mutant]:
        value = node.value
        if value is None:
            yield self.instead("return dropped", node, "pass")
        elif not (isinstance(value, ast.Constant) and value.value is None):
            yield self.instead("returns None", value, "None")
            if _is_truth(value):
                yield self.instead("returns True", value, "True")
                yield self.instead("returns False", value, "False")
            yield from self.expression(value)

    # Expressions

    def condition(self, node: ast.expr) -> Iterator[Mutant]:
        """What decides: it may also be negated, always true or never."""
        if not isinstance(node, ast.Compare) and not _is_not(node):
            yield self.instead("condition negated", node, f"(not ({self.source_of(node)}))")
        yield self.instead("condition true", node, "True")
        yield self.instead("condition false", node, "False")
        yield from self.expression(node)

    def expression(self, node: ast.expr) -> Iterator[Mutant]:
        match node:
            case ast.JoinedStr() | ast.Lambda(body=ast.Constant()):
                return
            case ast.Constant():
                yield from self.constant(node)
                return
            case ast.Compare():
                yield from self.comparison(node)
            case ast.BoolOp():
                yield from self.connective(node)
            case ast.UnaryOp(op=ast.Not()):
                yield self.instead("not removed", node, f"({self.source_of(node.operand)})")
            case ast.UnaryOp(op=ast.USub() | ast.Invert()):
                yield self.instead("sign removed", node, f"({self.source_of(node.operand)})")
            case ast.BinOp():
                if type(node.op) in ARITHMETIC:
                    yield from self.arithmetic(node)
            case ast.IfExp():
                yield from self.condition(node.test)
                yield from self.expression(node.body)
                yield from self.expression(node.orelse)
                return
            case ast.Call():
                if _called(node) in FOR_TYPES_ONLY:
                    for argument in node.args[1:]:
                        yield from self.expression(argument)
                    return
                yield from self.arguments(node)
            case ast.Subscript() if _is_type(node):
                return
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.comprehension):
                yield from self.expression(child.iter)
                for test in child.ifs:
                    yield from self.condition(test)
            elif isinstance(child, ast.keyword):
                yield from self.expression(child.value)
            elif isinstance(child, ast.expr):
                yield from self.expression(child)

    def constant(self, node: ast.Constant) -> Iterator[Mutant]:
        value = node.value
        if isinstance(value, bool):
            yield self.instead("constant", node, str(not value))
        elif isinstance(value, int | float):
            # One more or less of a large number is seldom seen.
            others = (value * 2, type(value)(value / 2)) if value > 9 else (value + 1, value - 1)
            for other in others:
                yield self.instead("constant", node, f"({other})" if other < 0 else str(other))

    def comparison(self, node: ast.Compare) -> Iterator[Mutant]:
        left = node.left
        for operation, right in zip(node.ops, node.comparators, strict=True):
            for after in COMPARISONS[type(operation)]:
                start, end = self.between(left, right)
                yield self.splice("comparison", node, start, end, after)
            left = right

    def between(self, left: ast.expr, right: ast.expr) -> tuple[int, int]:
        """The operator between two operands, which may have parentheses of their own."""
        start, end = self.span(left)[1], self.span(right)[0]
        text = self.text[start:end]
        return end - len(text.lstrip(") \n")), start + len(text.rstrip("( \n"))

    def connective(self, node: ast.BoolOp) -> Iterator[Mutant]:
        after = "or" if isinstance(node.op, ast.And) else "and"
        values = [f"({self.source_of(value)})" for value in node.values]
        yield self.instead("connective", node, f"({f' {after} '.join(values)})")
        joined = " and " if after == "or" else " or "
        for dropped, value in enumerate(node.values):
            rest = [text for number, text in enumerate(values) if number != dropped]
            mutant = self.instead("operand dropped", node, f"({joined.join(rest)})")
            change = f"without {' '.join(self.source_of(value).split())}"
            yield replace(mutant, change=change)

    def arithmetic(self, node: ast.BinOp) -> Iterator[Mutant]:
        start, end = self.between(node.left, node.right)
        yield self.splice("arithmetic", node, start, end, ARITHMETIC[type(node.op)])

    def arguments(self, node: ast.Call) -> Iterator[Mutant]:
        """Without one keyword, or without the last argument where there are several."""
        if _called(node).endswith("Error"):
            return
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        end_of_call = self.span(node)[1] - 1
        for keyword in node.keywords:
            start, end = self.span(keyword)
            text = self.text[end:end_of_call].lstrip(" ")
            end += len(self.text[end:end_of_call]) - len(text) + text.startswith(",")
            yield self.splice("argument dropped", keyword, start, end, "")
        if not node.keywords and len(arguments) > 1:
            start = self.span(arguments[-2])[1]
            before = self.text[start : self.span(arguments[-1])[0]]
            start += before.index(",")
            yield self.splice("argument dropped", node, start, self.span(arguments[-1])[1], "")


def _int(node: ast.AST, name: str) -> int:
    value: int = getattr(node, name)
    return value


def _last(node: ast.AST) -> int:
    return _int(node, "end_lineno")


def _bindings(function: Function) -> Counter[str]:
    """How often each local name is given a value: the arguments once, every assignment once."""
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return Counter(names)


def _names(target: ast.expr) -> set[str]:
    """The plain variables among the targets of an assignment."""
    return {
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _is_not(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _narrows(node: ast.expr) -> bool:
    """An assertion for type checkers: a plain variable is not None."""
    return isinstance(node, ast.Compare) and (
        isinstance(node.left, ast.Name)
        and isinstance(node.ops[0], ast.IsNot)
        and ast.unparse(node.comparators[0]) == "None"
    )


def _is_truth(node: ast.expr) -> bool:
    """Whether it is true or false for certain."""
    is_bool = isinstance(node, ast.Call) and _called(node) in {"bool", "isinstance", "any", "all"}
    return (
        isinstance(node, ast.Compare)
        or _is_not(node)
        or is_bool
        or (isinstance(node, ast.BoolOp) and all(map(_is_truth, node.values)))
    )


def _is_type(node: ast.expr) -> bool:
    """A type written as an expression: `int | None`, `dict[str, int]`, `Any`."""
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return _is_type(node.left) and _is_type(node.right)
        case ast.Subscript():
            return isinstance(node.value, ast.Name) and (
                node.value.id[0].isupper() or node.value.id in {"dict", "list", "tuple", "type"}
            )
        case ast.Name():
            return node.id[0].isupper() and not node.id.isupper()
    return False
