"""The mutation operators on small texts: what each makes, and what is left alone."""

from __future__ import annotations

import ast

import pytest

from assurance.mutation_operators import Mutant, mutants
from assurance.runtime_mutation import all_mutants

FILE = "zokio/toy.py"


def changed(text: str, operator: str | None = None) -> list[str]:
    """The changed texts, of one operator or of all."""
    return [
        mutant.source
        for mutant in mutants(FILE, text)
        if operator is None or mutant.operator == operator
    ]


def in_function(*lines: str) -> str:
    """A function of these lines, in which `a`, `b` and `self` are arguments."""
    return "def f(self, a, b):\n" + "".join(f"    {line}\n" for line in lines)


def bodies(texts: list[str]) -> list[str]:
    """The bodies of functions, one line each."""
    return [text.partition("\n")[2].strip() for text in texts]


@pytest.mark.parametrize(
    ("line", "operator", "expected"),
    [
        ("return a is b", "comparison", ["return a is not b"]),
        ("return a == b", "comparison", ["return a != b"]),
        ("return a not in b", "comparison", ["return a in b"]),
        ("return a < b", "comparison", ["return a <= b", "return a >= b"]),
        ("return a <= b", "comparison", ["return a < b", "return a > b"]),
        ("return (a) > (b)", "comparison", ["return (a) >= (b)", "return (a) <= (b)"]),
        ("return a and b", "connective", ["return ((a) or (b))"]),
        ("return a and b", "operand dropped", ["return ((b))", "return ((a))"]),
        ("return not a", "not removed", ["return (a)"]),
        ("return -a", "sign removed", ["return (a)"]),
        ("return a + b", "arithmetic", ["return a - b"]),
        ("return a // b", "arithmetic", ["return a * b"]),
        ("return a & b", "arithmetic", ["return a | b"]),
        ("self.n += a", "arithmetic", ["self.n -= a"]),
        ("return a(0)", "constant", ["return a(1)", "return a((-1))"]),
        ("return a(1)", "constant", ["return a(2)", "return a(0)"]),
        ("return a(64)", "constant", ["return a(128)", "return a(32)"]),
        ("return a(True)", "constant", ["return a(False)"]),
        ("self.n = a", "assignment dropped", ["pass"]),
        ("a = b", "assignment dropped", ["pass"]),
        ("n = a", "assignment dropped", []),
        ("self.n = self.m = a", "target dropped", ["self.m = a", "self.n = a"]),
        ("a.append(b)", "statement dropped", ["pass"]),
        ("del self.n", "statement dropped", ["pass"]),
        ("raise a", "raise dropped", ["pass"]),
        ("return a", "returns None", ["return None"]),
        ("return None", "returns None", []),
        ("return", "return dropped", ["pass"]),
        ("return a is b", "returns True", ["return True"]),
        ("return a is b", "returns False", ["return False"]),
        ("return a(b, key=1)", "argument dropped", ["return a(b, )"]),
        ("return a(self, b)", "argument dropped", ["return a(self)"]),
        ("raise ValueError(a, b)", "argument dropped", []),
        ("return 1 if a else 2", "condition negated", ["return 1 if (not (a)) else 2"]),
        ("return 1 if a else 2", "condition true", ["return 1 if True else 2"]),
        ("return [x for x in a if x]", "condition false", ["return [x for x in a if False]"]),
        ("assert self.n, a", "condition true", ["assert True, a"]),
        ("assert a is not None", "condition true", []),
    ],
)
def test_an_operator_makes_what_it_says(line: str, operator: str, expected: list[str]) -> None:
    assert bodies(changed(in_function(line), operator)) == expected


def test_a_condition_is_negated_made_true_and_made_false() -> None:
    text = in_function("if a:", "    return b")
    first_lines = [body.split("\n")[0] for body in bodies(changed(text))]
    assert first_lines[:3] == ["if (not (a)):", "if True:", "if False:"]


def test_a_loop_that_breaks_may_go_on_and_one_that_goes_on_may_break() -> None:
    text = in_function("for x in a:", "    if x: break", "    continue")
    assert len(changed(text, "break continues")) == len(changed(text, "break dropped")) == 1
    assert len(changed(text, "continue breaks")) == len(changed(text, "continue dropped")) == 1


def test_a_handler_catches_nothing_and_a_finally_does_nothing() -> None:
    text = in_function(
        "try:", "    a()", "except OSError:", "    b()", "finally:", "    a()", "    b()"
    )
    (without,) = changed(text, "handler dropped")
    assert "except ():" in without
    (unfinished,) = changed(text, "finally dropped")
    assert [line.strip() for line in unfinished.splitlines()[-2:]] == ["pass", ""] or (
        unfinished.rstrip().endswith("pass")
    )


@pytest.mark.parametrize(
    "text",
    [
        '"""A module."""\n',
        "from a import b\n",
        "if TYPE_CHECKING:\n    from a import b\n    c = 1\n",
        'T = TypeVar("T", covariant=True)\n',
        '__all__ = ["a"]\n__slots__ = ("n", 1)\n',
        "Outcome = Ready[Any] | Failure\n",
        "class P(Protocol):\n    def f(self) -> int:\n        return 1\n",
        'class C:\n    def __repr__(self):\n        return f"{1 + self.n}"\n',
        "n: int | None\n",
        'def f(a: Literal[1] = "x") -> Literal[2]:\n    """Doc."""\n',
        'def f(a):\n    n = "text"\n',
        "def f(a):\n    n = f'{a + 1}'\n",
    ],
)
def test_what_decides_nothing_is_left_alone(text: str) -> None:
    assert changed(text) == []


def test_lines_keep_their_numbers() -> None:
    text = in_function("if (a and", "        b):", "    self.f(", "        a,", "    )", "return 7")
    for mutant in mutants(FILE, text):
        assert mutant.source.count("\n") == text.count("\n"), mutant.name
        ast.parse(mutant.source)


def test_text_that_is_not_ascii_is_cut_in_the_right_place() -> None:
    text = in_function('n = "é" + a(0)', "return n")
    assert 'n = "é" + a(1)' in "".join(changed(text, "constant"))


def test_no_mutant_is_the_original_or_another_mutant() -> None:
    text = in_function("if not a is b:", "    return a - 1", "return a - 1")
    shapes = [ast.dump(ast.parse(each)) for each in (text, *changed(text))]
    assert len(set(shapes)) == len(shapes)


def test_a_name_does_not_depend_on_lines_elsewhere() -> None:
    text = in_function("return a < b")
    moved = "\n\nX = a()\n" + text
    names = [mutant.name for mutant in mutants(FILE, text)]
    assert names == [mutant.name for mutant in mutants(FILE, moved)]


def test_equal_changes_of_equal_lines_are_counted() -> None:
    text = in_function("a()", "a()")
    names = [mutant.name for mutant in mutants(FILE, text)]
    assert len(names) == 2 and names[1] == names[0] + " #2"


def test_a_mutant_knows_its_function_and_its_lines() -> None:
    text = "class C:\n    def f(self):\n        return (\n            1\n        )\n"
    found: list[Mutant] = mutants(FILE, text)
    assert {mutant.function for mutant in found} == {"C.f"}
    assert {mutant.lines for mutant in found if mutant.operator == "constant"} == {(4, 4)}


@pytest.mark.uncounted
@pytest.mark.interpreted
def test_every_mutant_of_the_runtime_compiles_and_has_a_name_of_its_own() -> None:
    found = all_mutants()
    assert len({mutant.name for mutant in found}) == len(found) > 1_000
    for mutant in found:
        compile(mutant.source, mutant.file, "exec", dont_inherit=True)
