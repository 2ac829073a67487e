"""The walk-through works as it is written: every file, every command, and what they print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.walkthrough import (
    PAGE,
    Block,
    Walk,
    blocks,
    normal,
    patched,
    require_same,
    rewritten,
)

pytestmark = pytest.mark.interpreted  # docs/ is not among the installed files


@pytest.mark.timeout(400)  # it starts a dozen programs, on a machine that may be busy
def test_a_newcomer_can_follow_it_as_it_is_written(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    done = list(blocks(PAGE.read_text(encoding="utf-8")))
    for block in done:
        walk.do(block)
    assert {block.kind for block in done} == {"sh", "console", "python", "toml", "yaml", "diff"}
    assert (tmp_path / "report.html").read_text().count("<svg") >= 2
    assert "on the real system" in (tmp_path / "report.html").read_text()


def test_what_it_links_to_exists() -> None:
    text = PAGE.read_text(encoding="utf-8")
    links = [part.partition(")")[0] for part in text.split("](")[1:]]
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_a_walk_that_prints_something_else_fails(tmp_path: Path) -> None:
    walk = Walk(tmp_path)
    walk.do(Block("console", "$ echo a; exit 3\na\n$ echo $?\n3\n", "", 1))
    with pytest.raises(AssertionError, match="it should print:\nb"):
        walk.do(Block("console", "$ echo a\nb\n", "", 1))
    with pytest.raises(AssertionError, match="it prints:\n4"):
        walk.do(Block("console", "$ (exit 4)\n$ echo $?\n0\n", "", 1))
    with pytest.raises(AssertionError, match="nobody knows what to do with ruby"):
        walk.do(Block("ruby", "", "", 1))
    with pytest.raises(AssertionError, match="names no file"):
        walk.do(Block("python", "", "Write this:", 7))


def test_dots_stand_for_any_lines_and_times_do_not_count() -> None:
    require_same("a\n...\nd 1.5 s\n", "a\nb\n\nc\nd 27.25s\n", "here")
    with pytest.raises(AssertionError):
        require_same("a\n...\nd\n", "a\nb\n", "here")
    with pytest.raises(AssertionError):
        require_same("a 1\n", "a 2\n", "here")
    assert normal("LockMachine: ask 1,042, wake 4\n") == ["LockMachine: ask #, wake #"]


def test_a_diff_fits_exactly_once() -> None:
    diff = Block("diff", " a\n-b\n+c\n", "Change `x.py`:", 1)
    assert patched("a\nb\nd\n", diff) == "a\nc\nd\n"
    for text in ("a\nd\n", "a\nb\na\nb\n"):
        with pytest.raises(AssertionError, match="the diff does not fit x.py"):
            patched(text, diff)


def test_a_page_is_rewritten_only_where_it_is_wrong(tmp_path: Path) -> None:
    page = """Write `a.py`:

```python
print(1, 2.5, "s")
```

```console
$ python a.py
1 99.75 s
$ python a.py; echo; echo more
...
more
$ python a.py --wrong
2
```
"""
    fresh = rewritten(page, tmp_path)
    assert fresh == page.replace("--wrong\n2\n", "--wrong\n1 2.5 s\n")
    assert rewritten(fresh, tmp_path) == fresh
