"""What is built: which kernel runs, what the wheel holds, and that warnings fail their test."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import zokio

ROOT = Path(__file__).resolve().parent.parent
BUILT_FROM = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "zokio", "spec", "pytest_zokio")
COMPILED_EXPECTED = os.environ.get("ZOKIO_EXPECT_COMPILED") == "1"

with (ROOT / "pyproject.toml").open("rb") as file:
    CONFIGURATION = tomllib.load(file)
KERNEL: list[str] = CONFIGURATION["tool"]["zokio"]["compiled"]


def run_python(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run this Python in a process of its own, without the network and without coverage."""
    environment = {key: value for key, value in os.environ.items() if "COV" not in key}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**environment, "PIP_NO_INDEX": "1", **variables},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def build_wheel(folder: Path, **variables: str) -> tuple[Path, str]:
    """Build the wheel from a copy of the tree: its path, and what the build said."""
    source = folder / "source"
    source.mkdir()
    for name in BUILT_FROM:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, source / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, source)
    pip = ("-m", "pip", "wheel", "-v", "--no-deps", "--no-build-isolation", "-w", str(folder), ".")
    result = run_python(*pip, cwd=source, **variables)
    assert result.returncode == 0, result.stdout + result.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel, result.stdout + result.stderr


def test_the_build_under_test_is_the_expected_one() -> None:
    assert zokio.compiled is COMPILED_EXPECTED


@pytest.mark.parametrize("path", KERNEL)
def test_each_kernel_module_comes_from_the_expected_build(path: str) -> None:
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    assert module.__file__ is not None
    assert module.__file__.endswith(".py") is not COMPILED_EXPECTED


def test_the_compiled_build_is_not_the_checkout() -> None:
    assert (Path(zokio.__file__).parent.parent != ROOT) is COMPILED_EXPECTED


@pytest.mark.interpreted
def test_no_extension_module_shadows_the_checkout() -> None:
    assert [*(ROOT / "zokio").rglob("*.so"), *(ROOT / "zokio").rglob("*.pyd")] == []


@pytest.mark.interpreted
def test_the_wheel_holds_every_file_of_zokio_and_spec(tmp_path: Path) -> None:
    wheel, _ = build_wheel(tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        (entry_points,) = (name for name in archive.namelist() if "entry_points" in name)
        scripts = archive.read(entry_points).decode()
    of_the_tree = {
        path.relative_to(ROOT).as_posix()
        for folder in ("zokio", "spec", "pytest_zokio")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    expected = {f"zokio/{path}" if path.startswith("spec/") else path for path in of_the_tree}
    assert inside == expected
    assert "zokio = zokio.cli.main:main" in scripts
    assert wheel.name.endswith("py3-none-any.whl")


@pytest.mark.interpreted
def test_without_a_c_compiler_the_build_goes_on_interpreted_and_says_so(tmp_path: Path) -> None:
    wheel, said = build_wheel(tmp_path, ZOKIO_COMPILE="1", CC="no-such-compiler")
    assert wheel.name.endswith("py3-none-any.whl")
    assert "no C compiler found; installing the interpreted build" in said


@pytest.mark.interpreted
def test_importing_zokio_needs_nothing_outside_the_standard_library() -> None:
    assert CONFIGURATION["project"]["dependencies"] == []
    # -S leaves site-packages out, -I everything that the user's environment adds.
    program = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import zokio, zokio.model"
    result = run_python("-I", "-S", "-W", "error", "-c", program, cwd=ROOT)
    assert result.returncode == 0, result.stderr


PLANTED = """
import threading, warnings

class Bad:
    def __del__(self): raise ValueError

async def forgotten(): pass

def test_that_awaits_nothing(): forgotten()
def test_whose_object_fails_in_del(): Bad()
def test_that_warns(): warnings.warn("careful")
def test_that_closes_nothing(): open(__file__)
def test_whose_thread_fails():
    thread = threading.Thread(target=int, args=("x",))
    thread.start()
    thread.join()

def test_that_is_clean(): pass
"""


def test_what_python_can_only_warn_of_fails_its_test(tmp_path: Path) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_planted.py").write_text(PLANTED)
    result = run_python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "5 failed, 1 passed" in result.stdout, result.stdout + result.stderr
