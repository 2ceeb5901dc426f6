"""Figures of the report, as SVG."""

from __future__ import annotations

import io
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

INCHES_PER_LABEL = 0.95  # a label's name fits beside its row
DARK = 0.6  # share of a row above which a cell is dark enough for white text


def confusion_figure(head: str, labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> str:
    """Draw a confusion matrix: counts as text, shares of each true label as colour.

    Parameters
    ----------
    head : str
    labels : sequence of str
        K labels.
    confusion : sequence of sequence of int
        K rows of true, K columns of predicted labels.

    Returns
    -------
    str
        An `<svg>` element, the same for the same numbers.
    """
    counts = np.array(confusion).reshape(len(labels), len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 1.9 + INCHES_PER_LABEL * len(labels)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": head, "text.parse_math": False}):
        figure = Figure(figsize=(side, side - 0.6), layout="constrained")
        axes = figure.add_subplot()
        edges = np.arange(len(labels) + 1) - 0.5
        axes.pcolormesh(edges, edges, shares, cmap="Blues", vmin=0, vmax=1)
        axes.invert_yaxis()
        axes.set_aspect("equal")
        axes.set_xticks(range(len(labels)), labels, rotation=30, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(labels)), labels)
        axes.set(title=head, xlabel="predicted", ylabel="true")
        for (row, column), count in np.ndenumerate(counts):
            colour = "white" if shares[row, column] > DARK else "black"
            axes.text(column, row, f"{count:,}\n{shares[row, column]:.0%}", ha="center", va="center", color=colour)
        return _svg(figure)


def _svg(figure: Figure) -> str:
    page = io.StringIO()
    figure.savefig(page, format="svg", metadata={"Date": None})
    text = page.getvalue()
    return text[text.index("<svg") :]
