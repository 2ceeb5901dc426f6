"""Figures of the report: `<svg>` elements in the text colour of the page, the same for the same numbers."""

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

INCHES_PER_LABEL = 0.74  # counts fit, and four labels fit a phone unscaled
LINE_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")  # Okabe and Ito 2008
LINE_MARKERS = "osD^vPX*"  # tell lines apart without colour, and the eighth from the first
MAX_OPACITY = 0.6  # of a cell: dark text on a light page and light text on a dark one stay legible
MIN_DOT_AREA, MAX_DOT_AREA = 12, 90  # of the fewest and the most comments, in square points
MAX_TICK_CHARS = 22  # of a name beside a figure
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def draw_scores(heads: Mapping[str, Mapping[str, Any]], titles: Mapping[str, str]) -> str:
    """Draw macro F1 of each head with its 95 % interval, and that of each baseline, a line of dots for each head."""
    names = [name for name in titles if any(name in scores["baselines"] for scores in heads.values())]
    with _axes("scores", 6.0, 1.2 + 0.42 * len(heads)) as (axes, drawn):
        for place, name in enumerate(names, 1):
            rows = [row for row, scores in enumerate(heads.values()) if name in scores["baselines"]]
            values = [scores["baselines"][name]["macro_f1"] for scores in heads.values() if name in scores["baselines"]]
            look: dict[str, Any] = {
                "color": LINE_COLOURS[place % len(LINE_COLOURS)],
                "marker": LINE_MARKERS[place % len(LINE_MARKERS)],
            }
            axes.scatter(values, rows, s=26, label=titles[name], **look)
        rows, ends = list(range(len(heads))), [scores["macro_f1_interval"] for scores in heads.values()]
        axes.hlines(rows, [low for low, _ in ends], [high for _, high in ends], color=LINE_COLOURS[0], linewidth=2)
        values = [scores["macro_f1"] for scores in heads.values()]
        axes.scatter(values, rows, s=46, color=LINE_COLOURS[0], zorder=3, label="the model")
        axes.set_yticks(rows, [_tick(head) for head in heads])
        axes.set(xlabel="macro F1 (line: 95 % interval)", xlim=(-0.02, 1.02), ylim=(len(heads) - 0.5, -0.5))
        axes.grid(axis="x", alpha=0.3)
        axes.figure.legend(loc="outside lower center", frameon=False, ncols=3)
    return drawn[0]


def draw_confusion(head: str, labels: Sequence[str], confusion: Sequence[Sequence[int]]) -> str:
    """Draw a (K, K) confusion matrix, true labels down: counts as text, shares of each true label as colour."""
    counts = np.array(confusion).reshape(len(labels), len(labels))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    side = 1.5 + INCHES_PER_LABEL * len(labels)
    with _axes(f"confusion {head}", side, side - 0.3) as (axes, drawn):
        edges = np.arange(len(labels) + 1) - 0.5
        colours = np.zeros((*shares.shape, 4)) + mpl.colors.to_rgba(LINE_COLOURS[0])
        colours[..., 3] = shares * MAX_OPACITY
        axes.pcolormesh(edges, edges, colours)
        axes.invert_yaxis()
        axes.set_aspect("equal")
        names = [_tick(label) for label in labels]
        axes.set_xticks(range(len(labels)), names, rotation=30, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(len(labels)), names)
        axes.set(title=_tick(head), xlabel="predicted label", ylabel="true label")
        for (row, column), count in np.ndenumerate(counts):
            axes.text(column, row, f"{count:,}\n{shares[row, column]:.0%}", ha="center", va="center")
    return drawn[0]


def draw_reliability(head: str, bins: Sequence[Mapping[str, Any]]) -> str:
    """Draw a reliability diagram: accuracy against confidence, of the bins of `calibration_error.reliability_bins`."""
    with _axes(f"reliability {head}", 3.2, 3.3) as (axes, drawn):
        axes.plot((0, 100), (0, 100), color="#888888", linewidth=1, linestyle="--")
        confidence, accuracy, low, high = _percentages(bins)
        axes.vlines(confidence, low, high, color=LINE_COLOURS[0], linewidth=1.6)
        n = np.array([each["n"] for each in bins], dtype=float)
        areas = MIN_DOT_AREA + (MAX_DOT_AREA - MIN_DOT_AREA) * n / n.max(initial=1)
        axes.scatter(confidence, accuracy, areas, color=LINE_COLOURS[0], zorder=3)
        axes.set(title=_tick(head), xlabel="confidence in %", ylabel="accuracy in %")
        axes.set(xlim=(0, 102), ylim=(0, 102), aspect="equal")
        axes.grid(alpha=0.3)
    return drawn[0]


def draw_coverage(curves: Mapping[str, Sequence[Mapping[str, float]]]) -> str:
    """Draw accuracy against coverage, a line for each head, of the points of `head_scores.coverage_curve`."""
    with _axes("coverage", 4.8, 4.1 + 0.2 * ((len(curves) + 2) // 3)) as (axes, drawn):
        for number, (head, curve) in enumerate(curves.items()):
            coverage, accuracy = [[100 * point[name] for point in curve] for name in ("coverage", "accuracy")]
            colour, marker = LINE_COLOURS[number % len(LINE_COLOURS)], LINE_MARKERS[number % len(LINE_MARKERS)]
            axes.plot(coverage, accuracy, label=_tick(head), color=colour, marker=marker, markersize=4, linewidth=1.4)
        axes.set(xlabel="coverage: % of the comments that get a label", ylabel="accuracy in %")
        axes.set_xlim(8, 102)
        axes.grid(alpha=0.3)
        if curves:
            axes.figure.legend(loc="outside lower center", frameon=False, ncols=3)
    return drawn[0]


def _percentages(bins: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    rows = [(each["confidence"], each["accuracy"], *each["accuracy_interval"]) for each in bins]
    return 100 * np.array(rows, dtype=np.float64).reshape(-1, 4).T


@contextmanager
def _axes(salt: str, width: float, height: float) -> Iterator[tuple[Axes, list[str]]]:
    drawn: list[str] = []
    with (
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": salt, "text.parse_math": False}),
        warnings.catch_warnings(),
    ):
        # characters that this font lacks are drawn in a font of the reader
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = Figure(figsize=(width, height), layout="constrained", facecolor="none")
        axes = figure.add_subplot(facecolor="none")
        yield axes, drawn
        page = io.StringIO()
        figure.savefig(page, format="svg", metadata=NO_METADATA)
    drawn.append(_embed(page.getvalue()))


def _embed(text: str) -> str:
    """Fit an SVG to a page whose policy forbids inline styles, and whose text may be light."""
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)  # not needed, and the same in each figure
    text = re.sub(r'(<[^<>]*?) style="([^"]*)"', lambda match: match[1] + _attributes(match[2]), text)
    return text.replace("#000000", "currentColor")


def _attributes(style: str) -> str:
    pairs = (each.split(":", 1) for each in style.split(";") if ":" in each)
    values = {name.strip(): value.strip() for name, value in pairs}
    return "".join(f' {name}="{value}"' for name, value in values.items() if name != "font-family")


def _tick(name: str) -> str:
    words = " ".join(name.split())
    return words if len(words) <= MAX_TICK_CHARS else f"{words[: MAX_TICK_CHARS - 1]}…"
