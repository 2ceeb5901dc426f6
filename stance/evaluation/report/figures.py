"""Figures of the report, as SVG that takes its ink from the page around it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

INCHES_PER_LABEL = 0.74  # counts fit, and four labels still fit a phone without being made smaller
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito 2008
MARKERS = "osD^vPX*"  # so that lines can be told apart without colour, and the eighth is not drawn like the first
DARKEST = 0.6  # how opaque the fullest cell is: dark ink on a light page and light ink on a dark one can be read on it
DOT, BIGGEST = 12, 90  # areas of the dots of few and of most comments, in square points
MAX_NAME_CHARS = 22  # characters of a name beside a figure
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


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
    side = 1.5 + INCHES_PER_LABEL * len(labels)
    with _axes(f"confusion {head}", side, side - 0.3) as (axes, drawn):
        edges = np.arange(len(labels) + 1) - 0.5
        colours = np.zeros((*shares.shape, 4)) + mpl.colors.to_rgba(COLOURS[0])
        colours[..., 3] = shares * DARKEST
        axes.pcolormesh(edges, edges, colours)
        axes.invert_yaxis()
        axes.set_aspect("equal")
        names = [_short(label) for label in labels]
        axes.set_xticks(range(len(labels)), names, rotation=30, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(labels)), names)
        axes.set(title=_short(head), xlabel="label of the model", ylabel="true label")
        for (row, column), count in np.ndenumerate(counts):
            axes.text(column, row, f"{count:,}\n{shares[row, column]:.0%}", ha="center", va="center")
    return drawn[0]


def reliability_figure(head: str, bins: Sequence[Mapping[str, Any]]) -> str:
    """Draw the share of right labels against the confidence they were given with.

    Parameters
    ----------
    head : str
    bins : sequence of mapping
        With `n`, and `confidence`, `accuracy` and `accuracy_interval`, 0 to 1.

    Returns
    -------
    str
        An `<svg>` element, the same for the same numbers.
    """
    with _axes(f"reliability {head}", 3.2, 3.3) as (axes, drawn):
        axes.plot((0, 100), (0, 100), color="#888888", linewidth=1, linestyle="--")
        sure, right, low, high = _percent(bins)
        axes.vlines(sure, low, high, color=COLOURS[0], linewidth=1.6)
        n = np.array([found["n"] for found in bins], dtype=float)
        axes.scatter(sure, right, DOT + (BIGGEST - DOT) * n / n.max(initial=1), color=COLOURS[0], zorder=3)
        axes.set(title=_short(head), xlabel="confidence in %", ylabel="right labels in %")
        axes.set(xlim=(0, 102), ylim=(0, 102), aspect="equal")
        axes.grid(alpha=0.3)
    return drawn[0]


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
    with _axes("coverage", 4.8, 4.1 + 0.2 * ((len(curves) + 2) // 3)) as (axes, drawn):
        for number, (head, curve) in enumerate(curves.items()):
            shares, right = [[100 * point[name] for point in curve] for name in ("coverage", "accuracy")]
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            axes.plot(shares, right, label=_short(head), color=colour, marker=marker, markersize=4, linewidth=1.4)
        axes.set(xlabel="% of the comments that get a label", ylabel="% of those labels that are right")
        axes.set_xlim(102, 8)
        axes.grid(alpha=0.3)
        if curves:
            axes.figure.legend(loc="outside lower center", frameon=False, ncols=3)
    return drawn[0]


def _percent(bins: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    rows = [(found["confidence"], found["accuracy"], *found["accuracy_interval"]) for found in bins]
    return 100 * np.array(rows, dtype=np.float64).reshape(-1, 4).T


@contextmanager
def _axes(salt: str, width: float, height: float) -> Iterator[tuple[Axes, list[str]]]:
    drawn: list[str] = []
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt, "text.parse_math": False}),
        warnings.catch_warnings(),
    ):
        # letters that the font for measuring lacks are drawn by the reader's own
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
        axes = figure.add_subplot(facecolor="none")
        yield axes, drawn
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata=NO_METADATA)
    drawn.append(_at_home(page.getvalue()))


def _at_home(text: str) -> str:
    """Fit an SVG for a page whose policy forbids styles in it, and whose ink may be light."""
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)  # of no use, and the same in each figure
    text = re.sub(r'(<[^<>]*?) style="([^"]*)"', lambda found: found[1] + _attributes(found[2]), text)
    return text.replace("#000000", "currentColor")


def _attributes(style: str) -> str:
    pairs = (each.split(":", 1) for each in style.split(";") if ":" in each)
    values = {name.strip(): value.strip() for name, value in pairs}
    return "".join(f' {name}="{value}"' for name, value in values.items() if name != "font-family")


def _short(name: str) -> str:
    words = " ".join(name.split())
    return words if len(words) <= MAX_NAME_CHARS else f"{words[: MAX_NAME_CHARS - 1]}…"
