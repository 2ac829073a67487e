"""Put the code of a changed source text into a module that is imported already.

The functions stay the objects that they were: only `__code__` is replaced, so every reference to
them runs the changed code, also one that was imported by name or bound to an object. It guarantees
that nothing is replaced unless the whole change lies in bodies of functions: what a module or a
class does while it is loaded (constants, default arguments, decorators) cannot be redone, and is
refused as `NotInPlaceError`. It does not undo: whoever patches is a process that ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import CO_ITERABLE_COROUTINE, CO_OPTIMIZED
from types import CodeType, FunctionType, ModuleType

Place = tuple[str, int]
"""A function by qualified name and first line, which tell a property's two functions apart."""


class NotInPlaceError(Exception):
    """The change cannot be made in a module that was imported: import it anew."""


def patch(module: ModuleType, before: str, after: str) -> int:
    """Have the functions of `module`, whose text is `before`, do what `after` says.

    Returns:
        How many functions were given other code.

    Raises:
        NotInPlaceError: more differs than bodies of functions; nothing was replaced.
        SyntaxError: `after` is not Python.
    """
    path = module.__file__ or module.__name__
    old, new = (compile(text, path, "exec", dont_inherit=True) for text in (before, after))
    changed = list(_changed_functions(old, new))
    functions = dict(_functions(module))
    replaced = []
    for old_code, new_code in changed:
        function = functions.get((old_code.co_qualname, old_code.co_firstlineno))
        if function is None or len(function.__code__.co_freevars) != len(new_code.co_freevars):
            raise NotInPlaceError(f"{old_code.co_qualname} cannot be found in {module.__name__}")
        replaced.append((function, new_code))
    for function, code in replaced:
        # `types.coroutine` marks the code and not the function.
        mark = function.__code__.co_flags & CO_ITERABLE_COROUTINE
        function.__code__ = code.replace(co_flags=code.co_flags | mark)
    return len(replaced)


def _changed_functions(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The outermost functions whose code differs, in a module or class body that does not."""
    old_inner, new_inner = _inner(old), _inner(new)
    same_body = _shell(old) == _shell(new) and len(old_inner) == len(new_inner)
    if not same_body:
        raise NotInPlaceError(f"{old.co_qualname} itself is changed, and runs while it is loaded")
    for before, after in zip(old_inner, new_inner, strict=True):
        if before == after:
            continue
        if not before.co_flags & CO_OPTIMIZED:
            yield from _changed_functions(before, after)
        else:
            yield before, after


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _shell(code: CodeType) -> tuple[object, ...]:
    """What a body does by itself, without the code inside of it."""
    constants = tuple(
        each.co_qualname if isinstance(each, CodeType) else (type(each), repr(each))
        for each in code.co_consts
    )
    return code.co_code, code.co_names, code.co_varnames, constants


def _functions(module: ModuleType) -> Iterator[tuple[Place, FunctionType]]:
    pending: list[object] = list(vars(module).values())
    seen = set()
    while pending:
        found = pending.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        if isinstance(found, FunctionType):
            pending.append(getattr(found, "__wrapped__", None))
            if found.__module__ == module.__name__:
                yield (found.__code__.co_qualname, found.__code__.co_firstlineno), found
        elif isinstance(found, property):
            pending += [found.fget, found.fset, found.fdel]
        elif isinstance(found, staticmethod | classmethod):
            pending.append(found.__func__)
        elif isinstance(found, type) and found.__module__ == module.__name__:
            pending += vars(found).values()
