"""Figures."""

from __future__ import annotations

import re
from typing import Any

import pytest

from stance.evaluation.report.figures import confusion_figure, coverage_figure, reliability_figure


def test_figures_show_counts_as_text_in_the_ink_of_the_page() -> None:
    figure = confusion_figure("mood", ["no", "支持 👍 $x$"], [[1000, 0], [0, 0]])
    assert figure.startswith("<svg")
    for text in (">1,000<", ">100%<", ">支持 👍 $x$<", "currentColor"):
        assert text in figure
    assert not re.search("style|#000000|#ffffff|https?://(?!www.w3.org/)", figure)


@pytest.mark.parametrize("draw", [lambda: reliability_figure("mood", []), lambda: coverage_figure({})])
def test_figures_of_nothing_are_empty_axes(draw: Any) -> None:
    assert draw().startswith("<svg")
