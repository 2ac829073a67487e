"""z3 terms as Python functions of a concrete state, to hold them against what is executed.

A term is compiled once: functions and constants are looked up by name in a dictionary of getters
(`bindings`), a quantifier runs through a finite range that has everything in it that occurs. The
compiled text is independent of z3's own evaluation; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import z3

from proofs.symbolic.shapes import Record
from proofs.symbolic.values import WORD, WORDS, Term

# Any: what stands in a state.
Getters = Mapping[str, Callable[..., Any]]
Compiled = Callable[..., Any]

OPERATORS = {
    z3.Z3_OP_AND: " and ",
    z3.Z3_OP_OR: " or ",
    z3.Z3_OP_ADD: " + ",
    z3.Z3_OP_SUB: " - ",
    z3.Z3_OP_EQ: " == ",
    z3.Z3_OP_DISTINCT: " != ",  # of two; z3 has it for more
    z3.Z3_OP_LE: " <= ",
    z3.Z3_OP_LT: " < ",
    z3.Z3_OP_GE: " >= ",
    z3.Z3_OP_GT: " > ",
}


def text_of(term: Term, bound: tuple[str, ...], named: Mapping[str, str]) -> str:
    """The term as an expression of Python. `bound`: the variables in scope, innermost last."""
    if z3.is_var(term):
        return str(bound[-1 - z3.get_var_index(term)])
    if z3.is_quantifier(term):
        return quantifier_text(term, bound, named)
    if z3.is_int_value(term):
        return f"({term.as_long()})"
    if z3.is_true(term) or z3.is_false(term):
        return str(z3.is_true(term))
    name = str(term.decl().name())
    if term.sort() == WORD and term.decl().kind() == z3.Z3_OP_DT_CONSTRUCTOR:
        return repr(name.removeprefix("w_"))
    parts = [text_of(part, bound, named) for part in term.children()]
    kind = term.decl().kind()
    if kind == z3.Z3_OP_UNINTERPRETED:
        return named[name] if name in named else f"get[{name!r}]({', '.join(parts)})"
    if kind == z3.Z3_OP_NOT:
        return f"(not {parts[0]})"
    if kind == z3.Z3_OP_UMINUS:
        return f"(-{parts[0]})"
    if kind == z3.Z3_OP_IMPLIES:
        return f"(not {parts[0]} or {parts[1]})"
    if kind == z3.Z3_OP_ITE:
        return f"({parts[1]} if {parts[0]} else {parts[2]})"
    if kind in OPERATORS and (kind != z3.Z3_OP_DISTINCT or len(parts) == 2):
        return "(" + OPERATORS[kind].join(parts) + ")"
    raise TypeError(f"no Python for {term.decl()}")


def quantifier_text(term: Term, bound: tuple[str, ...], named: Mapping[str, str]) -> str:
    """`all(...)` or `any(...)` over the range of each variable."""
    names = [f"v{len(bound) + place}" for place in range(term.num_vars())]
    body = text_of(term.body(), (*bound, *names), named)
    loops = " ".join(
        f"for {name} in {range_text(term.var_sort(place))}" for place, name in enumerate(names)
    )
    return f"{'all' if term.is_forall() else 'any'}({body} {loops})"


def range_text(sort: Term) -> str:
    """What a variable of the sort runs through."""
    if sort == WORD:
        return "words"
    return "(False, True)" if sort == z3.BoolSort() else "numbers"


def compiled(term: Term, parameters: tuple[Term, ...] = ()) -> Compiled:
    """A function of the getters, of the numbers and words to try, and of the parameters."""
    named = {each.decl().name(): f"p{place}" for place, each in enumerate(parameters)}
    names = ", ".join(("get", "numbers", "words", *named.values()))
    function: Compiled = eval(f"lambda {names}: {text_of(term, (), named)}", {})
    return function


def getters(shape: Record, prefix: str, state: Any) -> dict[str, Callable[..., Any]]:  # Any: above
    """The functions and constants of a state's shape, for a concrete state."""
    return dict(shape.bind(prefix, lambda *at: state))


__all__ = ["WORDS", "compiled", "getters"]
