"""Terms compiled to Python say what z3 says of them."""

from __future__ import annotations

from itertools import product

import pytest
import z3

from proofs.symbolic.evaluate import compiled
from proofs.symbolic.values import WORD_TERMS, WORDS

X, Y, V = z3.Ints("x y v")
TERMS = (
    z3.If(z3.And(X > 0, z3.Or(Y <= X, Y == 2)), X + Y, X - Y),
    z3.Implies(X >= Y, z3.Not(X < Y)),
    z3.Distinct(X, Y),
    -X + 1,
    z3.ForAll([V], z3.Implies(z3.And(V >= 0, V < 3), V + X > Y)),
    z3.Exists([V], z3.And(V >= 0, V < 3, V == X, z3.ForAll([Y], z3.Implies(Y == V, Y >= 0)))),
    z3.If(X > Y, WORD_TERMS["alive"], WORD_TERMS["done"]) == WORD_TERMS["alive"],
)


@pytest.mark.parametrize("term", TERMS, ids=str)
def test_a_compiled_term_has_the_value_that_z3_gives_it(term: z3.ExprRef) -> None:
    function = compiled(term)
    for x, y in product(range(-1, 4), repeat=2):
        get = {"x": lambda x=x: x, "y": lambda y=y: y}
        ours = function(get, range(-1, 7), WORDS)
        solver = z3.Solver()
        wanted = z3.BoolVal(ours) if isinstance(ours, bool) else z3.IntVal(ours)
        solver.add(z3.substitute(term, (X, z3.IntVal(x)), (Y, z3.IntVal(y))) != wanted)
        assert solver.check() == z3.unsat


def test_what_is_not_in_the_subset_is_refused() -> None:
    with pytest.raises(TypeError, match="no Python"):
        compiled(X * Y)
