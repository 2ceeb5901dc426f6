"""The model card, rendered from the facts of the manifest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stance.evaluation.report.templating import render_template


def render_model_card(facts: Mapping[str, Any]) -> str:
    """Render a manifest's `data`, `heads`, `cross_validation`, `settings` and `libraries` as Markdown."""
    return render_template("model_card.md", facts)
