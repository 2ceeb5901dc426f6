"""Simulate how often the intervals of the report hold the true score; write a section of docs/reliability.md.

Comments are drawn from populations whose scores are known: of articles that differ in how hard they are and in which
labels they hold, with rare labels, in slices and for pairs of models that are equally good.

    python benchmarks/coverage.py [--runs 2000] [--seed 0] [--out docs/reliability.md]
"""

from __future__ import annotations

if __name__ == "coverage":  # numba looks for that package, and the folder of a script is searched first
    raise ImportError("not the package coverage, but a script that simulates coverage")

import argparse
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.head_scores import compare_predictions, summarize
from stance.evaluation.intervals import MIN_GROUPS, MIN_SUPPORT, Score
from stance.evaluation.metrics import accuracy, confusion_matrix, macro_f1
from stance.evaluation.significance import comparison_p_value, holm_levels, significant_difference
from stance.evaluation.slices import score_slice

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
RUNS = 2000  # draws of each population; coverage is then known to half a percent
HEADS = 7  # that gates name
Codes = NDArray[np.intp]


class Row(NamedTuple):
    """A row of the table."""

    what: str
    warned: bool  # whether the report warns
    runs: int
    macro_f1: float  # share of the intervals that hold the true score
    accuracy: float


class Alarm(NamedTuple):
    """A row of the table of false alarms."""

    what: str
    runs: int
    share: float  # of the runs in which something is called significantly worse


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


def mark_slices(rows: int, runs: int, seed: int) -> Alarm:
    """Count slices that are called worse though they are like the rest, of labels that are rare in them."""
    rng, mix = np.random.default_rng([seed, rows, 1]), np.array([0.6, 0.3, 0.07, 0.03])

    def one() -> bool:
        true = rng.choice(len(mix), 1000, p=mix)
        predicted = np.where(rng.random(1000) < 0.75, true, rng.choice(len(mix), 1000, p=mix))
        found = score_slice(true, predicted, len(mix), np.arange(1000) < rows, None, int(rng.integers(2**31)))
        return found is not None and found.is_significantly_worse

    return _alarm(f"a slice of {rows} of 1,000 comments, like the rest", runs, one)


def mark_article_slices(articles: int, runs: int, seed: int) -> Alarm:
    """Count slices of whole articles that are called worse though they are like the rest."""
    rng = np.random.default_rng([seed, articles, 2])

    def one() -> bool:
        true, [predicted], groups = draw_articles(rng, 3 * articles)
        found = score_slice(true, predicted, len(MIX), groups < articles, groups, int(rng.integers(2**31)))
        return found is not None and found.is_significantly_worse

    return _alarm(f"a slice of {articles} of {3 * articles} articles, like the rest", runs, one)


def raise_gates(articles: int, runs: int, seed: int) -> Alarm:
    """Count runs where a gate `significantly_worse<=0` on any of seven heads fails for an equally good model."""
    rng = np.random.default_rng([seed, articles, 3])

    def one() -> bool:
        comparisons = {}
        for head in range(HEADS):
            true, [ours, theirs], groups = draw_articles(rng, articles, models=2)
            comparisons[str(head)] = compare_predictions(true, ours, theirs, LABELS, groups, int(rng.integers(2**31)))
        levels = holm_levels({head: comparison_p_value(each) for head, each in comparisons.items()})
        return any(significant_difference(each, levels[head]) < 0 for head, each in comparisons.items())

    return _alarm(f"gates on {HEADS} heads, {articles} articles, an equally good model", runs, one)


def _alarm(what: str, runs: int, one: Callable[[], bool]) -> Alarm:
    return Alarm(what, runs, sum(one() for _ in range(runs)) / runs)


def simulate(runs: int, seed: int) -> Iterator[Row | Alarm]:
    """Run all simulations."""
    for articles in (2, 3, 5, 10, 20, 60, 200):
        yield cover_articles(articles, runs, seed)
    for support in (2, 3, 4, 5, 10, 50):
        yield cover_rare(support, runs, seed)
    for rows in (1, 5, 30, 100, 500):
        for right in (0.7, 0.95):
            yield cover_rows(rows, right, runs, seed)
    for rows in (50, 100, 300):
        yield mark_slices(rows, runs, seed)
    for articles in (5, 20, 60):
        yield mark_article_slices(articles, runs, seed)
    for articles in (5, 20, 60):
        yield raise_gates(articles, runs // 2, seed)


def render(found: list[Row | Alarm], seconds: float, command: str) -> str:
    """Render the section of docs/reliability.md."""
    machine = f"{os.cpu_count()} cores (one used), {platform.system()}, Python {platform.python_version()}"
    lines = [
        BEGIN,
        "## How often intervals hold the true score",
        "",
        f"Written by `{command}` on {date.today()}: {machine}, {seconds / 60:.0f} minutes.",
        "Comments are drawn from populations whose scores are known, "
        "which an interval should hold in 95 % of the draws.",
        "*Warned*: the report says that there are few comments, few articles, or few comments of a label.",
        "",
        "| drawn | warned | draws | macro F1 held | accuracy held |",
        "|---|---|--:|--:|--:|",
    ]
    for row in [row for row in found if isinstance(row, Row)]:
        scores = f"{row.macro_f1:.1%} | {row.accuracy:.1%}"
        lines.append(f"| {row.what} | {'yes' if row.warned else ''} | {row.runs:,} | {scores} |")
    lines += [
        "",
        "How often something is called significantly worse that is not: it should be in at most 2.5 % of the draws.",
        "",
        "| compared | draws | called worse |",
        "|---|--:|--:|",
    ]
    lines += [f"| {row.what} | {row.runs:,} | {row.share:.1%} |" for row in found if isinstance(row, Alarm)]
    return "\n".join([*lines, END])


def replace_section(text: str, section: str) -> str:
    r"""Put the section in place of the last one, or behind all else.

    >>> replace_section("# a\n", BEGIN + "1" + END) == "# a\n\n" + BEGIN + "1" + END + "\n"
    True
    """
    if BEGIN not in text:
        return f"{text.rstrip()}\n\n{section}\n"
    before, rest = text.split(BEGIN, 1)
    return f"{before}{section}{rest.split(END, 1)[1]}"


def main() -> None:
    """Run all simulations and write what they gave."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=OUT)
    given = parser.parse_args()
    start = time.perf_counter()
    found = []
    for row in simulate(given.runs, given.seed):
        print(row, flush=True)
        found.append(row)
    options = f" --runs {given.runs}" * (given.runs != RUNS) + f" --seed {given.seed}" * (given.seed != 0)
    section = render(found, time.perf_counter() - start, f"python benchmarks/coverage.py{options}")
    given.out.write_text(replace_section(given.out.read_text("utf-8"), section), "utf-8")


if __name__ == "__main__":
    main()
