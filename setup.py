"""The part of the build that pyproject.toml cannot say.

Two things: spec/ is installed as the package zokio.spec, so that `zokio check` works from a wheel;
and with ZOKIO_COMPILE=1 the kernel modules listed under [tool.zokio] are compiled with mypyc.
Where there is no C compiler (or no Python.h) the install goes on, interpreted, and says so. A
kernel which mypyc refuses is an error: that is a fault of the kernel, not of the machine.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
import tomllib
from pathlib import Path

from setuptools import Extension, find_packages, setup

ROOT = Path(__file__).resolve().parent


def packages() -> list[str]:
    """The packages to install: zokio with all below it, spec under its installed name, and the
    door of the pytest plug-in."""
    specifications = ["spec", *(f"spec.{name}" for name in find_packages(str(ROOT / "spec")))]
    return [
        *find_packages(str(ROOT), include=["zokio", "zokio.*"]),
        *(f"zokio.{name}" for name in specifications),
        "pytest_zokio",
    ]


def missing_for_compiling() -> str | None:
    """What this machine lacks for building extension modules, or None."""
    if sys.platform == "win32":
        return None  # setuptools finds the compiler in its own way
    command = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    if shutil.which(str(command).split()[0]) is None:
        return "C compiler"
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        return "Python.h"
    return None


def kernel_modules() -> list[str]:
    """The files that pyproject.toml lists as compiled."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        listed: list[str] = tomllib.load(file)["tool"]["zokio"]["compiled"]
    return listed


def extensions() -> list[Extension]:
    """The compiled kernel, when it was asked for and can be had."""
    if os.environ.get("ZOKIO_COMPILE") != "1":
        return []
    missing = missing_for_compiling()
    if missing is not None:
        print(f"zokio: no {missing} found; installing the interpreted build", file=sys.stderr)
        return []
    from mypyc.build import mypycify

    return list(mypycify(kernel_modules(), group_name="zokio", opt_level="3"))


setup(
    packages=packages(),
    package_dir={"zokio.spec": "spec"},
    ext_modules=extensions(),
)
