"""Writes docs/api.md from the docstrings of what `stance` exports: `python docs/api.py`."""

from __future__ import annotations

import inspect
import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import stance
from stance.workflow import options

PAGE = Path(__file__).with_name("api.md")
HEAD = """# Python API

`import stance` takes no time: each of these is imported when it is first used. Names and meanings stay within a minor
version; all other modules may move. This page is written from the docstrings (`make docs`); the tests run its examples.
"""
SECTION = re.compile(r"^(Parameters|Attributes|Returns|Raises|Yields|Examples)\n-+\n", re.MULTILINE)
METHODS = {"Model": ("predict", "proba", "with_lexicon"), "StanceClassifier": ("fit", "predict", "predict_proba")}


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(entry(name, getattr(stance, name)) for name in sorted(stance.__all__, key=str.lower))])


def entry(name: str, found: Any) -> str:
    """Return the part of the page on one name, and on the methods of a class that users call."""
    parts = [f"## `{name}`\n", described(name, found)]
    for method in METHODS.get(name, ()):
        parts += [f"### `{name}.{method}`\n", described(method, getattr(found, method))]
    if f"{name.capitalize()}Options" in vars(options):
        chosen = f"{name.capitalize()}Options"
        parts += [f"### `{chosen}`\n", described(chosen, getattr(options, chosen))]
    return "\n".join(parts)


def described(name: str, found: Any) -> str:
    """Return signature and docstring in Markdown."""
    full = inspect.signature(found)
    parameters = [_shown(parameter) for parameter in full.parameters.values()]
    signature = str(full.replace(parameters=parameters)).replace("'", "")
    signature = re.sub(r"stance\.[\w.]+\.(\w+)", r"\1", signature)
    summary, *sections = SECTION.split(inspect.getdoc(found) or "")
    lines = [f"```python\n{name}{signature}\n```\n", summary.strip(), ""]
    for title, text in zip(sections[::2], sections[1::2], strict=True):
        lines += [f"**{title}**\n", examples(text) if title == "Examples" else items(text), ""]
    return "\n".join(lines)


class _Default:
    """Stands in a signature for a default that is a whole object."""

    def __repr__(self) -> str:
        return "..."


def _shown(parameter: inspect.Parameter) -> inspect.Parameter:
    is_object = is_dataclass(parameter.default) or inspect.isfunction(parameter.default)
    return parameter.replace(default=_Default()) if is_object else parameter


def items(text: str) -> str:
    """Return a section of numpydoc as a list."""
    found: list[str] = []
    for line in text.strip("\n").split("\n"):
        if not line.strip():
            continue
        if line.startswith(" "):
            found[-1] += f" {line.strip()}"
        else:
            found.append(f"- `{line.strip()}`:")
    return "\n".join(line.removesuffix(":") if line.endswith("`:") else line for line in found)


def examples(text: str) -> str:
    """Return doctest lines as a block of code."""
    return f"```pycon\n{inspect.cleandoc(text)}\n```"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
