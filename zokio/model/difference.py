"""Where two states differ, in lines for people.

It names the variable, and inside of tuples the place, so that one wrong field among many is seen at
once. It compares with `==` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from zokio.model.literal import literal


def differences(where: str, model: object, real: object) -> Iterator[str]:
    """Yield one line for each place in which two values differ."""
    if model == real:
        return
    if isinstance(model, tuple) and type(model) is type(real) and len(model) == len(real):
        names = getattr(model, "_fields", None)
        for place, (left, right) in enumerate(zip(model, real, strict=True)):
            inner = f"[{place}]" if names is None else f".{names[place]}"
            yield from differences((where + inner).lstrip("."), left, right)
    elif isinstance(model, frozenset) and isinstance(real, frozenset):
        missing, extra = literal(model - real), literal(real - model)
        yield f"{where}: only in the model {missing}, only in the real system {extra}"
    else:
        yield f"{where}: model {literal(model)}, real {literal(real)}"
