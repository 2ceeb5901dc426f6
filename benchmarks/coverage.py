"""Simulate how often the intervals of the report hold the true score; write a section of docs/reliability.md.

Comments are drawn from populations whose scores are known: of articles that differ in how hard they are and in which
labels they hold, with rare labels, in slices and for pairs of models that are equally good.

    python benchmarks/coverage.py [--runs 400] [--seed 0] [--out docs/reliability.md]
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.head_scores import summarize
from stance.evaluation.intervals import MIN_GROUPS, MIN_SUPPORT, Score
from stance.evaluation.metrics import accuracy, confusion_matrix, macro_f1

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
LABELS = ["none", "pro", "contra"]
MIX = np.array([0.5, 0.3, 0.2])  # of labels
HARDNESS = 1.0  # standard deviation of articles, in log-odds of a right label
CONCENTRATION = 5.0  # of the mix of labels in an article (Dirichlet); the lower, the more articles differ
COMMENTS = 20  # of an article
SKILL = 1.0  # log-odds of a right label
POPULATION = 40_000  # articles of which the true scores are taken
HEADS = 7  # that gates name
Codes = NDArray[np.intp]


class Row(NamedTuple):
    """A row of the table."""

    what: str
    warned: bool  # whether the report warns
    runs: int
    macro_f1: float  # share of the intervals that hold the true score
    accuracy: float


def draw_articles(rng: np.random.Generator, articles: int, models: int = 1) -> tuple[Codes, list[Codes], Codes]:
    """Draw true labels, the labels of equally good models, and articles."""
    mix = rng.dirichlet(CONCENTRATION * MIX, articles)
    true = (rng.random((articles, COMMENTS, 1)) > mix.cumsum(axis=1)[:, None, :-1]).sum(axis=2)
    hardness = rng.normal(SKILL, HARDNESS, (articles, 1))
    predicted = [_label(rng, true, hardness + rng.normal(0, HARDNESS / 2, (articles, 1))) for _ in range(models)]
    groups = np.repeat(np.arange(articles), COMMENTS)
    return true.ravel(), [each.ravel() for each in predicted], groups


def _label(rng: np.random.Generator, true: Codes, log_odds: NDArray[np.float64]) -> Codes:
    is_right = rng.random(true.shape) < 1 / (1 + np.exp(-log_odds))
    return np.where(is_right, true, (true + rng.integers(1, len(MIX), true.shape)) % len(MIX))


def cover_articles(articles: int, runs: int, seed: int) -> Row:
    """Count intervals of comments under articles."""
    rng = np.random.default_rng([seed, articles])
    true, [predicted], _ = draw_articles(np.random.default_rng(seed), POPULATION)
    truth = _truth(true, predicted)

    def one() -> tuple[Score, Score]:
        true, [predicted], groups = draw_articles(rng, articles)
        found = summarize(true, predicted, LABELS, groups, int(rng.integers(2**31)))
        return found.macro_f1, found.accuracy

    return _row(f"{articles} articles of {COMMENTS} comments", articles < MIN_GROUPS, runs, one, truth)


def cover_rows(rows: int, right: float, runs: int, seed: int) -> Row:
    """Count intervals of single comments, of which a share is labelled right."""
    rng = np.random.default_rng([seed, rows, int(100 * right)])
    log_odds = np.log(right / (1 - right))

    def draw(n: int) -> tuple[Codes, Codes]:
        true = rng.choice(len(MIX), n, p=MIX)
        return true, _label(rng, true, np.full(n, log_odds))

    truth = _truth(*draw(1_000_000))

    def one() -> tuple[Score, Score]:
        found = summarize(*draw(rows), LABELS, None, int(rng.integers(2**31)))
        return found.macro_f1, found.accuracy

    return _row(f"{rows} comments without articles, {right:.0%} right", rows < 100, runs, one, truth)


def cover_rare(support: int, runs: int, seed: int) -> Row:
    """Count intervals of 500 comments of which so many have the rarest label."""
    rng = np.random.default_rng([seed, support, 500])

    def draw(times: int) -> tuple[Codes, Codes]:
        true = np.repeat([0, 1, 2], [300 * times, (200 - support) * times, support * times])
        return true, _label(rng, true, np.full(len(true), 1.4))

    truth = _truth(*draw(4_000))

    def one() -> tuple[Score, Score]:
        found = summarize(*draw(1), LABELS, None, int(rng.integers(2**31)))
        return found.macro_f1, found.accuracy

    return _row(f"500 comments, {support} with the rarest label", support < MIN_SUPPORT, runs, one, truth)


def _truth(true: Codes, predicted: Codes) -> tuple[float, float]:
    confusion = confusion_matrix(true, predicted, len(LABELS))
    return float(macro_f1(confusion)), float(accuracy(confusion))


def _row(what: str, warned: bool, runs: int, one: Callable[[], tuple[Score, Score]], truth: tuple[float, float]) -> Row:
    held = np.array(
        [[each.low <= true <= each.high for each, true in zip(one(), truth, strict=True)] for _ in range(runs)]
    )
    return Row(what, warned, runs, *held.mean(axis=0).tolist())
