"""Templates to pages; the only place that knows where templates lie and what is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

MAX_NAME_CHARS = 40  # characters of a name in Markdown
MAX_SHOWN_CONFIDENCE = 0.999  # a model is never 100 % sure
# control characters, and those that turn the direction of what follows (Unicode annex 9)
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# what Markdown reads as marks of its own; an underscore only where it does not stand within a word
MARKDOWN = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")


def render(template: str, facts: Mapping[str, Any]) -> str:
    """Fill a template.

    Parameters
    ----------
    template : str
        Name of a file in `stance/templates`; what goes into one that ends in `.html` is escaped.
    facts : mapping
        Values by name; a missing one is an error.

    Returns
    -------
    str
    """
    pages = Environment(
        loader=PackageLoader("stance.evaluation.report"),
        undefined=StrictUndefined,
        autoescape=template.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["figure"] = lambda value: f"{value:.3f}"
    pages.filters["signed"] = lambda value: f"{value:+.2f}"
    pages.filters["interval"] = lambda ends: f"{ends[0]:.3f} to {ends[1]:.3f}"
    pages.filters["gap"] = lambda ends: f"{ends[0]:+.3f} to {ends[1]:+.3f}"
    pages.filters["share"] = lambda value: f"{value:.0%}"
    pages.filters["sure"] = lambda value: f"{min(value, MAX_SHOWN_CONFIDENCE):.1%}"
    pages.filters["count"] = lambda value: f"{value:,}"
    pages.filters["cell"] = markdown_cell
    pages.filters["cut"] = cut
    pages.filters["short"] = lambda text: markdown_cell(cut(text, MAX_NAME_CHARS))
    pages.globals["inline"] = lambda name: Markup(_source(name))
    pages.globals["fingerprint"] = lambda name: fingerprint(_source(name))
    return pages.get_template(template).render(facts)


def markdown_cell(text: str) -> str:
    r"""Escape a text for a table or a line of Markdown.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        One line that is shown as it was: no tag, link, picture, formula or turn of direction.

    Examples
    --------
    >>> markdown_cell("a|b <i>pro_us</i> ![x](y)")
    'a\\|b &lt;i>pro_us&lt;/i> !\\[x\\](y)'
    """
    text = " ".join(CONTROL.sub("", text).split())
    return MARKDOWN.sub(r"\\\g<0>", text.replace("&", "&amp;")).replace("<", "&lt;")


def cut(text: str, most: int) -> str:
    """Shorten a text.

    Parameters
    ----------
    text : str
    most : int
        Characters.

    Returns
    -------
    str
        As it was, or with an ellipsis for its last character.

    Examples
    --------
    >>> cut("so it goes", 6)
    'so it…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def fingerprint(source: str) -> str:
    """Name a style or a script as a content security policy does.

    Parameters
    ----------
    source : str

    Returns
    -------
    str

    Examples
    --------
    >>> fingerprint("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def _source(name: str) -> str:
    return files("stance.evaluation.report").joinpath("templates", name).read_text("utf-8")
