"""Templates to pages; the only place that knows where templates lie and what is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def rendered(template: str, facts: Mapping[str, Any]) -> str:
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
        loader=PackageLoader("stance"),
        undefined=StrictUndefined,
        autoescape=template.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["figure"] = lambda value: f"{value:.3f}"
    pages.filters["interval"] = lambda ends: f"{ends[0]:.3f} to {ends[1]:.3f}"
    pages.filters["gap"] = lambda ends: f"{ends[0]:+.3f} to {ends[1]:+.3f}"
    pages.filters["share"] = lambda value: f"{value:.0%}"
    pages.filters["count"] = lambda value: f"{value:,}"
    pages.filters["cell"] = _markdown_cell
    return pages.get_template(template).render(facts)


def _markdown_cell(text: str) -> str:
    for mark, shown in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("\n", " ")):
        text = text.replace(mark, shown)
    return text
