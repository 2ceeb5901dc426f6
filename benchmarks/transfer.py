"""How well a target is judged that the model was never trained on: each country in turn is left out.

Usage: python benchmarks/transfer.py --real REAL.csv [--data datasets/comments.csv]

Trains the model of attitudes on the labels of all countries but one, as `stance train --heads` would, and labels that
one, as `stance predict --targets` does: with its aliases alone, and no label of it anywhere.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import numpy as np

from stance.evaluation.head_scores import summarize
from stance.evaluation.summary import Summary
from stance.features.lexicon import Lexicon
from stance.heads import ATTITUDES, BUNDLED
from stance.model.labels import encode
from stance.settings import Settings
from stance.tables.groups import group_rows
from stance.tables.labelled import LabelledTable, read_labelled
from stance.training.folds import assign_folds
from stance.training.stacking import fit_attitudes

COUNTRIES = [head for head, labels in BUNDLED.items() if labels == ATTITUDES]


def main() -> None:
    """Read the options, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--real", required=True)
    parser.add_argument("--data", default="datasets/comments.csv")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    written, real = read(options.data), read(options.real)
    found = {country: left_out(country, written, real, options.seed) for country in COUNTRIES}
    print(markdown(found, len(real.texts)))


def read(path: str) -> LabelledTable:
    """Read a table that has a label column for each country.

    Parameters
    ----------
    path : str

    Returns
    -------
    LabelledComments
    """
    return read_labelled(path, COUNTRIES, BUNDLED)


def left_out(country: str, written: LabelledTable, real: LabelledTable, seed: int = 0) -> Summary:
    """Train without a country, score on it.

    Parameters
    ----------
    country : str
    written, real : LabelledComments
        To train on, and to measure on.
    seed : int

    Returns
    -------
    Summary
    """
    settings, lexicon = Settings(seed=seed), Lexicon.bundled()
    folds = assign_folds(group_rows(written.texts, written.articles), settings.inner_folds, seed)
    coded = {head: encode(cells) for head, cells in written.labels.items() if head != country}
    attitudes, _ = fit_attitudes(written.texts, coded, folds, settings, lexicon)
    said = attitudes.proba(attitudes.score(real.texts, [country]))[:, 0].argmax(axis=1)
    true = encode(real.labels[country], attitudes.labels)[1]
    return summarize(true, said, attitudes.labels, seed=seed)


def markdown(found: Mapping[str, Summary], rows: int) -> str:
    """Show what was found as a table.

    Parameters
    ----------
    found : mapping of str to Summary
        For each country that was left out.
    rows : int
        Number of comments measured on.

    Returns
    -------
    str
    """
    lines = ["| country left out | macro F1 | 95 % interval |", "|---|--:|---|"]
    for country, scores in found.items():
        one = scores.macro_f1
        lines.append(f"| {country} | {one.value:.3f} | {one.low:.3f} to {one.high:.3f} |")
    values: Sequence[float] = [scores.macro_f1.value for scores in found.values()]
    return "\n".join([*lines, f"| mean | {np.mean(values):.3f} | |", "", f"Measured on {rows:,} comments."])


if __name__ == "__main__":
    main()
