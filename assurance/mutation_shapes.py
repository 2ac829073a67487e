"""What the operators of mutation ask of a syntax tree: what is a type, a truth, a binding."""

from __future__ import annotations

import ast
from collections import Counter

Function = ast.FunctionDef | ast.AsyncFunctionDef


def bindings(function: Function) -> Counter[str]:
    """How often each local name is given a value: the arguments once, every assignment once."""
    arguments = function.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    names += [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return Counter(names)


def stored_names(target: ast.expr) -> set[str]:
    """The plain variables among the targets of an assignment."""
    return {
        node.id
        for node in ast.walk(target)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def is_negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def narrows(node: ast.expr) -> bool:
    """An assertion for type checkers: a plain variable is not None."""
    return isinstance(node, ast.Compare) and (
        isinstance(node.left, ast.Name)
        and isinstance(node.ops[0], ast.IsNot)
        and ast.unparse(node.comparators[0]) == "None"
    )


def is_truth(node: ast.expr) -> bool:
    """Whether it is true or false for certain."""
    is_bool = isinstance(node, ast.Call) and called(node) in {"bool", "isinstance", "any", "all"}
    return (
        isinstance(node, ast.Compare)
        or is_negation(node)
        or is_bool
        or (isinstance(node, ast.BoolOp) and all(map(is_truth, node.values)))
    )


def is_type(node: ast.expr) -> bool:
    """A type written as an expression: `int | None`, `dict[str, int]`, `Any`."""
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return is_type(node.left) and is_type(node.right)
        case ast.Subscript():
            return isinstance(node.value, ast.Name) and (
                node.value.id[0].isupper() or node.value.id in {"dict", "list", "tuple", "type"}
            )
        case ast.Name():
            return node.id[0].isupper() and not node.id.isupper()
    return False
