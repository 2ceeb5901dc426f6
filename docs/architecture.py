"""Writes the list of files at the end of docs/architecture.md from their docstrings: `python docs/architecture.py`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

PAGE = Path(__file__).with_name("architecture.md")
STANCE = Path(__file__).parents[1] / "stance"
HEADING = "## The files\n\nWritten from the first line of each file by `make docs`.\n"


def page() -> str:
    """Return the page with its list of files anew."""
    before, heading, _ = PAGE.read_text("utf-8").partition(HEADING)
    return before + heading + "\n" + "\n".join(lines())


def lines() -> Iterator[str]:
    """Yield a section for each folder, leaves first, with a line for each file."""
    for folder, paths in groupby(sorted(STANCE.rglob("*.py"), key=_order), key=lambda path: path.parent):
        shown = folder.relative_to(STANCE.parent).as_posix()
        own = "" if folder == STANCE else f" – {summary(folder / '__init__.py')}"
        yield f"**`{shown}/`**{own}\n"
        yield from (f"- `{path.name}` {summary(path)}" for path in paths if folder == STANCE or path.stem != "__init__")
        yield ""


def summary(path: Path) -> str:
    """Return the first line of a file's docstring."""
    return (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]


def _order(path: Path) -> tuple[tuple[str, ...], str]:
    return path.parent.relative_to(STANCE).parts, path.name


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
