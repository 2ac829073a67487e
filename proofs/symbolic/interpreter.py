"""The specifications' own functions, run on symbolic states from their source.

Calls of the machine's methods and of functions of `spec/` are followed; `put`, `drop` and the
builtins that the specifications use are in `builtins.py`. A loop has no bound: where it begins its
invariant must hold (the method `<function>_keeps` of the machine, with the state and, for a `for`,
what is left to go through), one turn from any such state must keep it, and afterwards the state is
any for which it holds. What the loop does not write, according to `LOOPS`, stays what it was; that
is compared on every turn.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from functools import cache
from types import FunctionType
from typing import Any, NamedTuple

import z3

from proofs.symbolic.builtins import BUILTINS, Builtins
from proofs.symbolic.expressions import Environment
from proofs.symbolic.path import Path
from proofs.symbolic.shapes import BagShape, Record, VectorShape
from proofs.symbolic.values import Bag, Option, Term, Value, as_bag, lift, merged, without
from zokio.model import Action, Machine


class TurnEnded(Exception):
    """One turn of a loop is over: the path ends here."""

    def __init__(self, loop: str, state: Value) -> None:
        super().__init__(loop)
        self.loop = loop
        self.state = state


class Loop(NamedTuple):
    """What the proof says of the loop in a function: which variables of the state it writes."""

    writes: tuple[str, ...]


@cache
def definition_of(function: FunctionType) -> ast.FunctionDef:
    """The syntax tree of a function."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(node, ast.FunctionDef):
        raise TypeError(f"{function.__qualname__} is no plain function")
    return node


class Me:
    """What `self` stands for: the machine's class, and symbolic constants."""

    def __init__(self, machine: type[Machine[Any]], constants: dict[str, Value]) -> None:
        self.machine = machine
        self.constants = constants


class Interpreter(Builtins):
    """Runs methods of one machine."""

    def __init__(
        self,
        machine: type[Machine[Any]],
        shape: Record,
        constants: dict[str, Value],
        loops: dict[str, Loop] | None = None,
    ) -> None:
        super().__init__()
        self.me = Me(machine, constants)
        self.shape = shape
        self.loops = loops or {}

    # Names and calls.

    def look_up(self, name: str, env: Environment) -> Value:
        if name in env:
            return env[name]
        if name in env["globals"]:
            return env["globals"][name]
        if name in BUILTINS:
            return BUILTINS[name]
        raise KeyError(f"the name {name} stands for nothing here")

    def on_Attribute(self, node: ast.Attribute, env: Environment) -> Value:
        if isinstance(node.value, ast.Name) and isinstance(env.get(node.value.id), Me):
            return self.of_machine(node.attr)
        return super().on_Attribute(node, env)

    def of_machine(self, name: str) -> Value:
        """A constant of the machine, or a method of it."""
        if name in self.me.constants:
            return self.me.constants[name]
        return self.method(name)

    def method(self, name: str) -> Callable[..., Value]:
        """A method, to be called without `self`."""
        found = getattr(self.me.machine, name)
        function: Any = found.effect if isinstance(found, Action) else found  # Any: a method
        return lambda *args, **keywords: self.run(function, (self.me, *args), keywords)

    def call(self, node: ast.Call, env: Environment) -> Value:
        if (special := self.special_call(node, env)) is not None:
            return special[0]
        function = self.evaluate(node.func, env)
        args = [self.evaluate(each, env) for each in node.args]
        keywords = {str(each.arg): self.evaluate(each.value, env) for each in node.keywords}
        if isinstance(function, FunctionType) and function.__module__.startswith("spec"):
            return self.run(function, args, keywords)
        result = function(*args, **keywords)
        if isinstance(result, self.shape.kind) and result is not None:
            return self.shape.coerced(result)
        return result

    on_Call = call

    def run(
        self, function: FunctionType, args: Sequence[Value], keywords: dict[str, Value]
    ) -> Value:
        """What a function returns for these arguments."""
        node = definition_of(function)
        bound = inspect.signature(function).bind(*args, **keywords)
        bound.apply_defaults()
        env: Environment = {**bound.arguments, "globals": function.__globals__}
        return self.block(node.body, env, function.__name__)

    # Statements.

    def block(self, statements: Sequence[ast.stmt], env: Environment, name: str) -> Value:
        """What is returned by these statements; None at their end."""
        for place, statement in enumerate(statements):
            rest = statements[place + 1 :]
            match statement:
                case ast.Return(value=None):
                    return None
                case ast.Return(value=ast.expr() as value):
                    return self.evaluate(value, env)
                case ast.If():
                    return self.branch(statement, rest, env, name)
                case ast.While() | ast.For():
                    return self.loop(statement, rest, env, name)
                case _:
                    self.simple(statement, env)
        return None

    def simple(self, statement: ast.stmt, env: Environment) -> None:
        """A statement that only binds names, or claims something."""
        match statement:
            case ast.Assign(targets=[target], value=value):
                self.assign(target, self.evaluate(value, env), env)
            case ast.AugAssign(target=ast.Name(name), op=ast.Add(), value=value):
                env[name] = self.extended(env[name], self.evaluate(value, env))
            case ast.Assert(test=test):
                self.must(test, lift(self.truth(self.evaluate(test, env))))
                self.narrow(test, env)
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case _:
                raise TypeError(f"not in the subset: {ast.unparse(statement)}")

    def narrow(self, test: ast.expr, env: Environment) -> None:
        """Where `x is not None`, x is a value."""
        match test:
            case ast.Compare(
                left=ast.Name(name) | ast.NamedExpr(target=ast.Name(name)), ops=[ast.IsNot()]
            ) if isinstance(env[name], Option):
                env[name] = env[name].value

    def branch(self, node: ast.If, rest: Sequence[ast.stmt], env: Environment, name: str) -> Value:
        """The statement with all that follows it."""
        test = lift(self.truth(self.evaluate(node.test, env)))
        scope = dict(env) if self.merging else env  # a loop looks at what its turn has assigned
        return self.choice(
            test,
            lambda: self.block([*node.body, *rest], scope, name),
            lambda: self.block([*node.orelse, *rest], dict(env) if self.merging else env, name),
        )

    # Loops.

    def loop(
        self, node: ast.While | ast.For, rest: Sequence[ast.stmt], env: Environment, name: str
    ) -> Value:
        """One turn, which ends the path, or what follows the loop."""
        if name not in self.loops:
            raise TypeError(f"nothing is said of the loop in {name}")
        number = self.path.loops[name] = self.path.loops.get(name, 0) + 1
        title = f"{name}.{number}"
        keeps = self.invariant(name, env["state"])
        left = as_bag(self.evaluate(node.iter, env)) if isinstance(node, ast.For) else None
        self.claim_kept(f"{name} begins", keeps, env["state"], left)
        env["state"] = self.any_state(env["state"], title, self.loops[name].writes)
        if left is not None:
            left = self.any_bag(left, f"{title}.left")
        self.path.believe(self.kept(keeps, env["state"], left))
        head = env["state"]
        if self.goes_on(node, env, left):
            returned = self.block(node.body, env, name)
            if returned is not None:
                return returned
            if left is not None:
                left = without(left, left.first)
            self.claim_kept(f"{name} goes on", keeps, env["state"], left)
            self.require_frame(name, head, env["state"])
            raise TurnEnded(title, env["state"])
        return self.block(rest, env, name)

    def goes_on(self, node: ast.While | ast.For, env: Environment, left: Bag | None) -> bool:
        """Whether this path takes a turn."""
        if isinstance(node, ast.While):
            goes_on = self.path.decide(self.truth(self.evaluate(node.test, env)))
            if goes_on:
                self.narrow(node.test, env)
            return goes_on
        assert left is not None
        if left.sample is None or not self.path.decide(left.size > 0):
            return False
        self.assign(node.target, left.first, env)
        return True

    def kept(self, keeps: Callable[..., Value], state: Value, left: Bag | None) -> Term:
        """The loop's invariant."""
        with self.quantified():
            return lift(self.truth(keeps(state, left)))

    def invariant(self, name: str, entry: Value) -> Callable[..., Value]:
        """The method that says it, for a state and what is left; it may ask for the `entry`."""
        known = inspect.signature(getattr(self.me.machine, f"{name}_keeps")).parameters
        given = {"entry": entry} if "entry" in known else {}
        method = self.method(f"{name}_keeps")
        return lambda state, left: method(state, *([left] if "left" in known else []), **given)

    def claim_kept(
        self, name: str, keeps: Callable[..., Value], state: Value, left: Bag | None
    ) -> None:
        if not self.path.is_repeated():
            self.path.claim(name, self.kept(keeps, state, left), [])

    def any_state(self, state: Value, title: str, writes: tuple[str, ...]) -> Value:
        """The state with new variables for what the loop writes."""
        fresh: dict[str, Value] = {}
        for name, shape in zip(self.shape.names, self.shape.shapes, strict=True):
            if name in writes:
                fresh[name] = shape.fresh(f"{title}.{name}")
                if isinstance(shape, (BagShape, VectorShape)):
                    for fact in shape.facts(fresh[name], f"{title}.{name}"):
                        self.path.believe(fact)
        return state._replace(**fresh)

    def any_bag(self, bag: Bag, title: str) -> Bag:
        """Any bag of what this one could hold."""
        if bag.sample is None:
            return bag
        shape = BagShape(shape_like(bag.sample))
        fresh: Bag = shape.fresh(title)
        for fact in shape.facts(fresh, title):
            self.path.believe(fact)
        return fresh

    def require_frame(self, name: str, head: Value, after: Value) -> None:
        """What the loop is said not to write must be the very same."""
        for field in self.shape.names:
            if field not in self.loops[name].writes and getattr(head, field) is not getattr(
                after, field
            ):
                raise TypeError(f"the loop in {name} writes {field}, which is not declared")


def shape_like(sample: Value) -> Any:  # Any: a shape, imported below the cycle
    """The shape of a sample of numbers and words."""
    from proofs.symbolic.shapes import Scalar

    kinds = {z3.Z3_INT_SORT: int, z3.Z3_BOOL_SORT: bool, z3.Z3_DATATYPE_SORT: str}
    if isinstance(sample, tuple):
        shapes = tuple(shape_like(each) for each in sample)
        kind = type(sample) if hasattr(sample, "_fields") else tuple
        names = getattr(sample, "_fields", tuple(map(str, range(len(shapes)))))
        return Record(kind, shapes, names)
    return Scalar(kinds[lift(sample).sort().kind()])


__all__ = ["Interpreter", "Loop", "Path", "TurnEnded", "merged"]
