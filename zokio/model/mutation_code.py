"""Another body for a function, for a while.

`rewritten` compiles a changed syntax tree to a code object that fits the function, and `swapped`
puts code objects in and takes them out again. All who hold the function (subclasses, modules that
imported it, actions) see the change, which is why nothing is subclassed or loaded anew. The text
is known to `linecache`, so that tracebacks and `inspect.getsource` show what really runs.

It guarantees that a loop does not go on for ever (`bounded`). It deliberately is for one thread:
whoever else calls the function meanwhile gets the other body.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from types import CodeType, FunctionType

LOOP_TURNS_MAX = 10_000


class _Bounded(ast.NodeTransformer):
    """Counts the turns of every `while`, and raises when there are too many."""

    def __init__(self) -> None:
        self.loops = 0

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        self.generic_visit(node)
        self.loops += 1
        turns = f"_turns_{self.loops}"
        count = ast.parse(
            f"{turns} += 1\nif {turns} > {LOOP_TURNS_MAX}:\n"
            f"    raise RuntimeError('a loop of more than {LOOP_TURNS_MAX} turns')"
        ).body
        node.body = [*count, *node.body]
        return [*ast.parse(f"{turns} = 0").body, node]


def bounded(syntax: ast.FunctionDef) -> tuple[ast.FunctionDef, int]:
    """Return the function with bounded loops, and how many loops it has."""
    bound = _Bounded()
    changed = bound.visit(deepcopy(syntax))
    assert isinstance(changed, ast.FunctionDef)
    return changed, bound.loops


def rewritten(function: FunctionType, syntax: ast.FunctionDef, title: str) -> CodeType:
    """Return the code of `syntax`, to be put in place of that of `function`."""
    free = function.__code__.co_freevars
    inner, _ = bounded(syntax)
    if free:  # a code object fits only if it closes over the same names, used or not
        names = ast.Tuple([ast.Name(name, ast.Load()) for name in free], ast.Load())
        inner.body = [ast.If(ast.Constant(value=False), [ast.Expr(names)], []), *inner.body]
    outer = f"def enclosing({', '.join(free)}):\n" if free else ""
    text = ast.unparse(ast.fix_missing_locations(inner))
    if free:
        text = "\n".join(f"    {line}" for line in text.splitlines())
    file = f"<{title}>"
    lines = (outer + text + "\n").splitlines(keepends=True)
    linecache.cache[file] = (len(text), None, lines, file)
    flags = function.__code__.co_flags & _FUTURE
    code = compile("".join(lines), file, "exec", flags=flags, dont_inherit=True)
    found = _code_named(code, function.__name__)
    assert found.co_freevars == free, f"{title}: {found.co_freevars} instead of {free}"
    return found.replace(co_qualname=function.__code__.co_qualname)


_FUTURE = 0x1000000  # from __future__ import annotations


def _code_named(code: CodeType, name: str) -> CodeType:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_name == name:
                return constant
            if constant.co_name == "enclosing":
                return _code_named(constant, name)
    raise AssertionError(f"no function {name} in {code.co_filename}")


@contextmanager
def swapped(codes: Mapping[FunctionType, CodeType]) -> Iterator[None]:
    """Let functions have other code inside of the block."""
    before = {function: function.__code__ for function in codes}
    try:
        for function, code in codes.items():
            function.__code__ = code
        yield
    finally:
        for function, code in before.items():
            function.__code__ = code
