"""The rules of the tree, as functions from a tree's root to a list of complaints.

Each takes the root, so that test_architecture.py can show on a small bad tree that it can fail. A
complaint says where and what to do. Rules read files and syntax trees; only `undocumented_names`
looks at what was imported.
"""

from __future__ import annotations

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

LINES_MAX = 300
STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
PRODUCT = ("zokio", "spec", "pytest_zokio")
EVERYTHING = (*PRODUCT, "tests", "proofs", "examples", "benchmarks", "assurance")
SPECIAL_NAMES = {"__init__.py", "__main__.py"}

SILENCERS = re.compile(r"#\s*(type:\s*ignore|noqa|pragma:\s*no\s*(cover|branch))")
DIRECTIVE = re.compile(
    r"#\s*(type:\s*ignore(\[[\w\-, ]*\])?|noqa(:\s*[A-Z]+\d+(\s*,\s*[A-Z]+\d+)*)?"
    r"|pragma:\s*no\s*(cover|branch))"
)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def files(root: Path, *folders: str) -> Iterator[Path]:
    """The Python files below the given folders of the tree, in order."""
    for folder in folders:
        yield from sorted((root / folder).rglob("*.py"))


def place(root: Path, path: Path) -> str:
    """A path as complaints name it."""
    return path.relative_to(root).as_posix()


def module_name(root: Path, path: Path) -> str:
    """The dotted name of a file."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(root: Path, path: Path) -> Iterator[tuple[str, int]]:
    """Everything that a file imports, anywhere in it, as absolute dotted names with lines.

    `from a import b` gives `a.b`, which may be a module or a name in `a`.
    """
    package = module_name(root, path).split(".")
    if path.name != "__init__.py":
        package.pop()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield f"{base}.{alias.name}", node.lineno


def within(name: str, module: str) -> bool:
    """Whether a dotted name is the module or something in it."""
    return name == module or name.startswith(module + ".")


def closed_doors(
    root: Path, module: str, doors: tuple[str, ...], exempt: Mapping[str, str]
) -> list[str]:
    """Files of zokio/ outside `doors` that import `module`, which only these may."""
    return [
        f"{place(root, path)}:{line} imports {module}; only {' and '.join(doors) or 'nobody'} may"
        for path in files(root, "zokio")
        if place(root, path) not in exempt and not place(root, path).startswith(doors)
        for name, line in imports(root, path)
        if within(name, module)
    ]


def foreign_imports(root: Path, folder: str, allowed: frozenset[str]) -> list[str]:
    """Imports of a folder that are needed to load it, and lie outside the `allowed` names.

    Imports inside a function (for what is optional) or for type checkers only are allowed.
    """
    complaints = []
    for path in files(root, folder):
        optional = _lines_not_run_by_loading(path)
        complaints += [
            f"{place(root, path)}:{line} imports {name}; {folder} may not"
            for name, line in imports(root, path)
            if line not in optional and not any(within(name, module) for module in allowed)
        ]
    return complaints


def _lines_not_run_by_loading(path: Path) -> set[int]:
    return {
        line
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def absolute_imports_of_spec(root: Path) -> list[str]:
    """Specifications that name their own package, which is called zokio.spec once installed."""
    return [
        f"{place(root, path)}:{node.lineno} imports spec by its name; write `from . import ...`"
        for path in files(root, "spec")
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Import) and any(within(a.name, "spec") for a in node.names))
        or (
            isinstance(node, ast.ImportFrom)
            and not node.level
            and within(node.module or "", "spec")
        )
    ]


def imports_of_the_door(root: Path) -> list[str]:
    """Modules below zokio/__init__.py that import names from it: the layers cannot see that."""
    modules = {module_name(root, path) for path in files(root, "zokio")}
    packages = {name.rpartition(".")[0] for name in modules}
    return [
        f"{place(root, path)}:{line} imports {name} from the door; import it from its module"
        for path in files(root, "zokio")
        if not place(root, path).startswith(("zokio/cli/", "zokio/__init__.py"))
        for name, line in imports(root, path)
        if within(name, "zokio")
        and name.count(".") < 2
        and name not in modules
        and name not in packages - {"zokio"}
    ]


def long_files(root: Path) -> list[str]:
    """Files of the product with more than LINES_MAX lines."""
    lengths = ((path, len(path.read_text().splitlines())) for path in files(root, *PRODUCT))
    return [
        f"{place(root, path)} has {length} lines; split it by ideas, {LINES_MAX} are the limit"
        for path, length in lengths
        if length > LINES_MAX
    ]


def undocumented_modules(root: Path) -> list[str]:
    """Files of the product without a docstring."""
    return [
        f"{place(root, path)} has no docstring; say what it is, guarantees and does not do"
        for path in files(root, *PRODUCT)
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]


def hidden_modules(root: Path) -> list[str]:
    """Files or folders of the product whose name begins with an underscore."""
    return [
        f"{place(root, path)} is hidden behind an underscore; name it for what it is"
        for path in files(root, *PRODUCT)
        if any(
            part.startswith("_") and part not in SPECIAL_NAMES
            for part in path.relative_to(root).parts
        )
    ]


def dead_modules(root: Path) -> list[str]:
    """Files of the product which nothing leads to from the door, the command line or a test."""
    paths = {module_name(root, path): path for path in files(root, *PRODUCT)}
    entries = ["zokio", "zokio.__main__", "zokio.cli", "zokio.cli.main", "spec", "pytest_zokio"]
    reached: set[str] = set()
    waiting = [name for name in entries if name in paths]
    for path in files(root, "tests", "proofs", "examples", "benchmarks"):
        waiting += _modules_imported(root, path, paths)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _modules_imported(root, paths[name], paths)
    return [
        f"{place(root, paths[name])} is dead: nothing imports it; delete it, or use and test it"
        for name in sorted(paths.keys() - reached)
    ]


def _modules_imported(root: Path, path: Path, known: Mapping[str, Path]) -> list[str]:
    """The known modules that a file imports, with the packages above them."""
    found = []
    for name, _ in imports(root, path):
        parts = name.split(".")
        prefixes = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        found += [prefix for prefix in prefixes if prefix in known]
    return found


def comments(path: Path) -> Iterator[tuple[str, int]]:
    """The comments of a file with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
        if token.type == tokenize.COMMENT:
            yield token.string, token.start[0]


def unexplained_silencers(root: Path) -> list[str]:
    """Ignores, noqas and pragmas that stand without a reason on their line."""
    return [
        f"{place(root, path)}:{line} silences a tool without a reason: {comment}"
        for path in files(root, *EVERYTHING)
        for comment, line in comments(path)
        if SILENCERS.search(comment)
        and len(re.findall(r"[A-Za-z]{2,}", DIRECTIVE.sub("", comment))) < 2
    ]


def unfinished(root: Path) -> list[str]:
    """Marks of unfinished work in the product."""
    return [
        f"{place(root, path)}:{number} is not finished: {line.strip()}"
        for path in files(root, *PRODUCT)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNFINISHED.search(line)
    ]


def missing_from_readme(root: Path, words: tuple[str, ...]) -> list[str]:
    """Words that the README has to contain and does not."""
    text = (root / "README.md").read_text()
    return [f"README.md does not mention `{word}`" for word in words if word not in text]


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """Run the import contracts of the tree, in a process of its own that imports from there."""
    environment = {key: value for key, value in os.environ.items() if "COV" not in key}
    command = "import sys; from importlinter.cli import lint_imports as lint; "
    command += "sys.exit(lint(no_cache=True, no_logo=True))"
    return subprocess.run(
        [sys.executable, "-c", command],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def undocumented_names(module: ModuleType, names: list[str]) -> list[str]:
    """Names without a docstring, and public methods of classes without one."""
    complaints = []
    for name in names:
        thing = getattr(module, name)
        members = vars(thing) if isinstance(thing, type) else {}
        public = {key: value for key, value in members.items() if not key.startswith("_")}
        parts = {name: thing, **{f"{name}.{key}": value for key, value in public.items()}}
        complaints += [
            f"{part} has no docstring"
            for part, value in parts.items()
            if (part == name or callable(value) or isinstance(value, property))
            and not (getattr(value, "__doc__", None) or "").strip()
        ]
    return complaints
