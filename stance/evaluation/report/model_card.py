"""The model card, made from the manifest's facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stance.evaluation.report.templating import render


def model_card(facts: Mapping[str, Any]) -> str:
    """Write the model card.

    Parameters
    ----------
    facts : mapping
        The parts of the manifest about training: `data`, `heads`, `cross_validation`, `settings`, `libraries`.

    Returns
    -------
    str
        Markdown.
    """
    return render("model_card.md", facts)
