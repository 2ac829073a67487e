"""Where the specifications are: `zokio.spec` when installed, `spec/` beside `zokio/` in a checkout.

The folder is loaded under the name `zokio.spec` in both cases, so a package called `spec` that a
user has does not get in the way.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import zokio
from zokio.errors import UsageError
from zokio.model import Machine

NAME = "zokio.spec"

# Any: the machines have states of different types, and whoever goes through all does not look.
Machines = Mapping[str, tuple[Machine[Any], ...]]


def load_machines() -> Machines:
    """Every specification by name, with its bounded configurations.

    Raises:
        UsageError: this installation has no specifications.
    """
    if NAME not in sys.modules and importlib.util.find_spec(NAME) is None:
        _load_from_checkout()
    machines: Machines = importlib.import_module(NAME).MACHINES
    return machines


def _load_from_checkout() -> None:
    folder = Path(zokio.__file__).resolve().parent.parent / "spec"
    found = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if found is None or found.loader is None or not folder.is_dir():
        raise UsageError(f"no specifications: neither {NAME} nor {folder}; install zokio again")
    module = importlib.util.module_from_spec(found)
    sys.modules[NAME] = module
    found.loader.exec_module(module)


def choose(machines: Machines, names: list[str]) -> Machines:
    """Those that are named, all if none is.

    Raises:
        UsageError: there is no such specification.
    """
    unknown = [name for name in names if name not in machines]
    if unknown:
        raise UsageError(
            f"no specification is called {', '.join(unknown)}; there are: {', '.join(machines)}"
        )
    return {name: machines[name] for name in names or machines}
