"""The inner loop of the search, written out for the groups of a plan and compiled.

A look-up for each group, a line for each thing that happens, no call where none is needed: this is
where the time goes. The text is made anew with each plan, a few times in a search, and is the same
in every run. The loop only looks up what observed steps have answered (`observation.py`); it asks
them when there is nothing to look up.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from zokio.model.graph import Graph
from zokio.model.grouping import Group
from zokio.model.observation import mask_of

S = TypeVar("S", bound=tuple[Hashable, ...])

Expand = Callable[[int, int], None]
"""`expand(begin, end)` follows all steps of the states from `begin` to before `end`."""

_FOUND = """
n = s + d
if n not in seen:
 mark(n); add(n); add_parent(position)
"""
_FOUND_BY_SYMMETRY = """
n = canon[s + d]
if n not in seen:
 mark(n); add(n); add_parent(position)
"""
_FOUND_WITH_EDGES = """
n = s + d
target = number(n, count)
if target == count:
 add(n); add_parent(position)
 count += 1
add_target(target)
"""
_GROUP = """
e = get{0}(s & m{0})
if e is None:
 e = enter{0}(s)
 {1} = masks()
e[0] += 1
for d in e[1]:
{2}
{4}
for node, learn in e[2]:
 while node.__class__ is list:
  node = node[1](s & node[0])
 if node is None:
  node = learn(s)
  {1} = masks()
 if node:
  d, step = node
  fired[step] += 1
{3}
  {5}
"""


def expander(
    graph: Graph[S],
    groups: Sequence[Group[S]],
    seen: set[int] | dict[int, int],
    canon: Mapping[int, int] | None = None,
) -> Expand:
    """Return the compiled loop.

    Args:
        graph: What the loop adds to.
        groups: The plan.
        canon: From states to their representatives, if only these are followed.
        seen: The states found so far: a set, or with edges a dictionary of their numbers.
    """
    names: dict[str, object] = {
        "states": graph.packed,
        "add": graph.packed.append,
        "add_parent": graph.parents.append,
        "fired": graph.fired,
        "masks": _masks(graph, groups),
    }
    found, labelled = _FOUND, ("", "")
    if graph.edges is not None:
        found, labelled = _FOUND_WITH_EDGES, ("add_labels(e[3])", "add_label(step)")
    if canon is not None:
        names["canon"] = canon
        found = _FOUND_BY_SYMMETRY
    if isinstance(seen, set):
        names |= {"seen": seen, "mark": seen.add}
    elif graph.edges is not None:
        names |= {"number": seen.setdefault, "add_target": graph.edges.targets.append}
        names |= {"add_label": graph.edges.labels.append, "targets": graph.edges.targets}
        names |= {"add_labels": graph.edges.labels.extend}
        names |= {"add_offset": graph.edges.offsets.append}
    masks = "".join(f"m{place}, " for place in range(len(groups)))
    body = ""
    for place, group in enumerate(groups):
        names |= {f"get{place}": group.entries.get, f"enter{place}": group.enter}
        body += _GROUP.format(place, masks, _indented(found, 1), _indented(found, 2), *labelled)
    body += "position += 1\n"
    if graph.edges is not None:
        body += "add_offset(len(targets))\n"
    head = f"position, count = begin, len(states)\n{masks} = masks()\nfor s in states[begin:end]:\n"
    return _compile(f"def expand(begin, end):\n{_indented(head, 1)}{_indented(body, 2)}", names)


def _masks(graph: Graph[S], groups: Sequence[Group[S]]) -> Callable[[], list[int]]:
    """Return the function that gives the masks of today."""
    bits, masks = graph.layout.bits, list[int]()
    count = -1

    def of_today() -> list[int]:
        nonlocal count
        if count != bits.count:
            count = bits.count
            masks[:] = [mask_of(group.parts) for group in groups]
        return masks

    return of_today


def _indented(text: str, depth: int) -> str:
    return "".join(f"{' ' * depth}{line}\n" for line in text.splitlines() if line)


def _compile(source: str, names: dict[str, object]) -> Expand:
    # The names become parameters of an enclosing function: closure cells are read faster than
    # globals, and there is no limit on their number.
    scope: dict[str, Callable[..., Expand]] = {}
    text = f"def make({', '.join(names)}):\n{_indented(source, 1)} return expand\n"
    exec(compile(text, "<the loop of a search>", "exec"), {}, scope)
    return scope["make"](*names.values())
