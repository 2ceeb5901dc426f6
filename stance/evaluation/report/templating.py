"""Fills the templates of report and model card; decides what is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

MAX_CELL_CHARS = 40  # of a name in Markdown
MAX_SHOWN_CONFIDENCE = 0.999  # rounding must not claim 100 %
# control characters, and those that change the direction of writing (Unicode annex 9)
CONTROL_CHARS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f]")  # which change no letter's direction
# what Markdown reads as markup; an underscore only where it is not inside a word
MARKDOWN_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<![^\W_])_|_(?![^\W_])")


def render_template(template: str, facts: Mapping[str, Any]) -> str:
    """Fill a file of `templates` with values by name; a missing one is an error, and `.html` is escaped."""
    environment = Environment(
        loader=PackageLoader("stance.evaluation.report"),
        undefined=StrictUndefined,
        autoescape=template.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["score"] = lambda value: f"{value:.3f}"
    environment.filters["signed"] = lambda value: f"{value:+.2f}"
    environment.filters["interval"] = lambda ends: f"{ends[0]:.3f} to {ends[1]:.3f}"
    environment.filters["gap"] = lambda ends: f"{ends[0]:+.3f} to {ends[1]:+.3f}"
    environment.filters["share"] = lambda value: f"{value:.0%}"
    environment.filters["confidence"] = lambda value: f"{min(value, MAX_SHOWN_CONFIDENCE):.1%}"
    environment.filters["count"] = lambda value: f"{value:,}"
    environment.filters["cell"] = markdown_cell
    environment.filters["cut"] = truncate
    environment.filters["short"] = lambda text: markdown_cell(truncate(text, MAX_CELL_CHARS))
    environment.globals["inline"] = lambda name: Markup(_source(name))
    environment.globals["content_hash"] = lambda name: content_hash(_source(name))
    rendered = environment.get_template(template).render(facts)
    return show_controls(rendered) if template.endswith(".html") else rendered


def show_controls(text: str) -> str:
    r"""Write out control characters, which a page cannot show and a terminal would obey; marks of direction go.

    >>> show_controls("a\x1b[2Jb\u202ec\u200e\n")
    'a\\x1b[2Jb\\u202ec\n'
    """
    return CONTROL_CHARS.sub(lambda found: repr(found[0])[1:-1], DIRECTION_MARKS.sub("", text))


def markdown_cell(text: str) -> str:
    r"""Escape a text for one line of Markdown: no tag, link, image, formula or change of direction comes through.

    >>> markdown_cell("a|b <i>pro_us</i> ![x](y)")
    'a\\|b &lt;i>pro_us&lt;/i> !\\[x\\](y)'
    """
    text = " ".join(DIRECTION_MARKS.sub("", CONTROL_CHARS.sub("", text)).split())
    return MARKDOWN_MARKUP.sub(r"\\\g<0>", text.replace("&", "&amp;")).replace("<", "&lt;")


def truncate(text: str, max_chars: int) -> str:
    """Shorten a text, with an ellipsis as its last character.

    >>> truncate("so it goes", 6)
    'so it…'
    """
    return text if len(text) <= max_chars else f"{text[: max_chars - 1]}…"


def content_hash(source: str) -> str:
    """Hash a style or a script as a content security policy names it.

    >>> content_hash("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"


def _source(name: str) -> str:
    return files("stance.evaluation.report").joinpath("templates", name).read_text("utf-8")
