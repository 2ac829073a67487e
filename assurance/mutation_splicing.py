"""A mutant of a source text, made by splicing: lines keep their numbers, the rest its look."""

from __future__ import annotations

import ast
from dataclasses import dataclass


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


class Splicer:
    """The text of one file; a mutant is the text with one place changed."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.splitlines(keepends=True)
        self.function = ""
        """The qualified name of the function that is being looked at."""

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

    def between(self, left: ast.expr, right: ast.expr) -> tuple[int, int]:
        """The operator between two operands, which may have parentheses of their own."""
        start, end = self.span(left)[1], self.span(right)[0]
        text = self.text[start:end]
        return end - len(text.lstrip(") \n")), start + len(text.rstrip("( \n"))


def _int(node: ast.AST, name: str) -> int:
    value: int = getattr(node, name)
    return value


def _last(node: ast.AST) -> int:
    return _int(node, "end_lineno")
