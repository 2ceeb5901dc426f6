"""Figures of the report, as SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

INCHES_PER_LABEL = 0.95  # a label's name fits beside its row
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito 2008
MARKERS = "osD^vPX"  # so that lines can be told apart without colour
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


def coverage_figure(curves: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Draw accuracy against the share of comments that are labelled, a line for each head.

    Parameters
    ----------
    curves : mapping of str to sequence of mapping
        For each head points with `coverage` and `accuracy`, as `scores.coverage_curve` measures them.

    Returns
    -------
    str
        An `<svg>` element, the same for the same numbers.
    """
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "coverage", "text.parse_math": False}):
        figure = Figure(figsize=(7.5, 4.2), layout="constrained")
        axes = figure.add_subplot()
        for number, (head, curve) in enumerate(curves.items()):
            shares, right = [[100 * point[name] for point in curve] for name in ("coverage", "accuracy")]
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            axes.plot(shares, right, label=head, color=colour, marker=marker, markersize=4, linewidth=1.4)
        axes.set(xlabel="% of the comments that get a label", ylabel="% of those labels that are right")
        axes.set_xlim(102, 8)
        axes.grid(alpha=0.3)
        if curves:
            figure.legend(loc="outside right upper", frameon=False)
        return _svg(figure)


def _svg(figure: Figure) -> str:
    page = io.StringIO()
    figure.savefig(page, format="svg", metadata={"Date": None})
    text = page.getvalue()
    return text[text.index("<svg") :]
