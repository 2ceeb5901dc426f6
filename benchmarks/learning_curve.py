"""How the score on other comments grows with the number of written ones that the model is trained on.

Usage: python benchmarks/learning_curve.py --real REAL.csv [--data datasets/comments.csv] [--sizes 700,1500,3000]
           [--out datasets/learning-curve]

Trains on random subsets and scores REAL, as `stance train` and `stance evaluate` do. Writes OUT.md (macro F1 of each
head with its 95 % interval) and OUT.svg. The last size is always the whole table.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.axes
import numpy as np
import pyarrow as pa
from matplotlib.figure import Figure

from stance.tables.files import create_table, read_table
from stance.workflow import evaluate, train

Scores = dict[str, tuple[float, float, float]]  # head -> macro F1, lower and upper end of its interval


def main() -> None:
    """Read the options, measure, write table and figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", required=True)
    parser.add_argument("--data", default="datasets/comments.csv")
    parser.add_argument("--sizes", default="700,1500,3000")
    parser.add_argument("--out", default="datasets/learning-curve")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    table = read_table(options.data).table
    order = np.random.default_rng(options.seed).permutation(table.num_rows)
    sizes = [size for size in map(int, options.sizes.split(",")) if size < table.num_rows] + [table.num_rows]
    curve = {size: measured(table.take(order[:size]), options.real) for size in sizes}
    text = markdown(curve, Path(options.real).name)
    print(text)
    Path(f"{options.out}.md").write_text(text, "utf-8")
    draw(curve, f"{options.out}.svg")


def measured(table: pa.Table, real: str) -> Scores:
    """Train on a table and score on another one.

    Parameters
    ----------
    table : pyarrow.Table
        Labelled comments.
    real : str
        Path of the other labelled table.

    Returns
    -------
    dict
    """
    with tempfile.TemporaryDirectory() as folder:
        with create_table(f"{folder}/written.csv") as writer:
            writer.write(table)
        train.train(f"{folder}/written.csv", f"{folder}/model")
        heads = evaluate.evaluate(real, f"{folder}/report", model=f"{folder}/model").heads
    return {head: (found["macro_f1"], *found["macro_f1_interval"]) for head, found in heads.items()}


def markdown(curve: dict[int, Scores], name: str) -> str:
    """Show the curve as a table.

    Parameters
    ----------
    curve : dict of int to dict
        Scores by number of rows.
    name : str
        Of the table scored on.

    Returns
    -------
    str
    """
    heads = list(next(iter(curve.values())))
    lines = [
        f"Macro F1 on `{name}` by the number of written comments trained on (95 % bootstrap interval).",
        "",
        f"| head | {' | '.join(f'{size:,}' for size in curve)} |",
        f"|---|{'---|' * len(curve)}",
    ]
    for head in heads:
        cells = ["{:.3f} ({:.3f} to {:.3f})".format(*scores[head]) for scores in curve.values()]
        lines.append(f"| {head} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def draw(curve: dict[int, Scores], path: str) -> None:
    """Draw the curve of each head with its interval.

    Parameters
    ----------
    curve : dict of int to dict
    path : str
        SVG file to write.
    """
    heads, sizes = list(next(iter(curve.values()))), list(curve)
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "learning curve"}):
        figure = Figure(figsize=(2.2 * len(heads), 2.8), layout="constrained")
        rows: Sequence[mpl.axes.Axes] = figure.subplots(1, len(heads), sharey=True, squeeze=False)[0]
        for axes, head in zip(rows, heads, strict=True):
            value, low, high = (np.array([curve[size][head][end] for size in sizes]) for end in range(3))
            axes.fill_between(sizes, low, high, color="#9ecae1", linewidth=0)
            axes.plot(sizes, value, "o-", color="#08519c")
            axes.set(title=head, xlabel="comments", ylim=(0, 1), xlim=(0, None))
        rows[0].set_ylabel("macro F1")
        figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
