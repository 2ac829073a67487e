"""What `zokio serve MODULE:NAME` serves: loading it, and telling a handler from an application.

A mistake of the user's is a `UsageError`. When the module itself raises, its traceback is printed,
without the frames of whoever imports it.
"""

from __future__ import annotations

import importlib
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, Literal

from zokio.errors import UsageError

Interface = Literal["handler", "asgi"]
PARAMETERS: Final[dict[Interface, int]] = {"handler": 1, "asgi": 3}
IMPORTERS: Final = (__file__, importlib.__file__, "<frozen importlib")


@dataclass(frozen=True, slots=True)
class Served:
    """What is served, and by which interface."""

    app: Callable[..., Any]  # Any: what it returns is what its interface asks of it
    interface: Interface


def load_served(target: str, folder: str, interface: Interface | None = None) -> Served:
    """Import `module:name` and find out what it is.

    Args:
        target: the name may have dots, for what is inside of something.
        folder: where modules are looked for first.
        interface: what it is taken for; None: what its parameters say.

    Raises:
        UsageError: there is no such module or name, or it can be served by neither interface.
    """
    module_name, colon, name = target.partition(":")
    if not (module_name and colon and name):
        raise UsageError(f"{target!r}: say what to serve as MODULE:NAME, such as app:handler")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    found: object = _import(module_name, folder)
    for part in name.split("."):
        try:
            found = getattr(found, part)
        except AttributeError:
            raise UsageError(f"{target!r}: there is no {part!r} in {_name_of(found)}") from None
    if not callable(found):
        raise UsageError(f"{target!r} is {type(found).__name__}, which nobody can call")
    return Served(found, interface or interface_of(found, target))


def interface_of(app: Callable[..., object], target: str) -> Interface:
    """What it is, by how many arguments it takes.

    Raises:
        UsageError: it is neither, or may be both.
    """
    fitting = [each for each, count in PARAMETERS.items() if _takes(app, count)]
    if len(fitting) != 1 or isinstance(app, type):
        raise UsageError(
            f"{target!r} may be {'both' if fitting[1:] else 'neither'}: a handler, which takes a "
            "request, or an ASGI application, which takes scope, receive and send; if it is one of "
            "them, say which by --interface"
        )
    return fitting[0]


def _takes(app: Callable[..., object], count: int) -> bool:
    try:
        inspect.signature(app).bind(*range(count))
    except (TypeError, ValueError):  # it does not, or it is built in and does not say
        return False
    return True


def _import(name: str, folder: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise UsageError(f"there is no module {error.name!r} in {folder or '.'!r}") from None
        raise _failed(name, error) from None
    except Exception as error:
        raise _failed(name, error) from None


def _failed(name: str, error: Exception) -> UsageError:
    """The module is there and raised: its own traceback says where."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename.startswith(IMPORTERS):
        frames = frames.tb_next
    traceback.print_exception(error.with_traceback(frames))
    return UsageError(f"importing {name!r} failed, see above")


def _name_of(found: object) -> str:
    return repr(getattr(found, "__name__", found))
