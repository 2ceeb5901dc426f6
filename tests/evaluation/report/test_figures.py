"""Figures are SVG without styles, and hold their counts as text."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stance.evaluation.report.figures import draw_confusion, draw_coverage, draw_reliability


def test_figures_show_counts_as_text_in_the_text_colour_of_the_page() -> None:
    figure = draw_confusion("mood", ["no", "支持 👍 $x$"], [[1000, 0], [0, 0]])
    assert figure.startswith("<svg")
    for text in (">1,000<", ">100%<", ">支持 👍 $x$<", "currentColor"):
        assert text in figure
    assert not re.search("style|#000000|#ffffff|https?://(?!www.w3.org/)", figure)


@pytest.mark.parametrize("draw", [lambda: draw_reliability("mood", []), lambda: draw_coverage({})])
def test_figures_of_nothing_are_empty_axes(draw: Any) -> None:
    assert draw().startswith("<svg")
