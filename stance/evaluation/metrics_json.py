"""Scores as the plain values of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from stance.evaluation.head_scores import HeadScores, PairedComparison
from stance.evaluation.intervals import ALPHA, Score
from stance.evaluation.significance import significant_difference
from stance.evaluation.slices import SliceScores
from stance.evaluation.summary import Summary

METRIC_DECIMALS = 6  # far below the width of any interval


def head_metrics(scores: HeadScores) -> dict[str, Any]:
    """Convert the scores of one head; the rows and columns of `confusion` are in the order of `labels`."""
    return {
        "n": scores.n,
        "unscored": scores.unscored,
        **_summary_metrics(scores.summary),
        "labels": {label: _rounded(asdict(each)) for label, each in scores.labels.items()},
        "confusion": scores.confusion,
        "ece": round(scores.ece, METRIC_DECIMALS),
        "reliability": [_rounded(asdict(each)) for each in scores.reliability],
        "baselines": {name: _baseline_metrics(each) for name, each in scores.baselines.items()},
        "coverage": [_rounded(asdict(each)) for each in scores.coverage],
        "ece_floor": round(scores.ece_floor, METRIC_DECIMALS),
        "groups": scores.groups,
        "effective_rows": round(scores.summary.effective_rows, 1),
    }


def comparison_metrics(comparison: PairedComparison, level: float = ALPHA, tests: int = 1) -> dict[str, Any]:
    """Convert the comparison with another model; `difference` is our macro F1 less theirs.

    `worse`: by how much ours is lower. `significantly_worse`: by how much it is lower even at the upper end of its
    interval at `level`, 0 if that includes 0 or there are too few groups to tell; `surely_worse` is an older name of
    the same number. `level` is 0.05 as far as Holm's method, over so many `tests`, leaves of it.
    """
    gap = comparison.difference
    significant = round(significant_difference(comparison, level), METRIC_DECIMALS)
    significantly_worse = max(0.0, -significant)
    return {
        "n": comparison.n,
        "groups": comparison.groups,
        **_score_metrics("macro_f1", comparison.summary.macro_f1),
        **_score_metrics("difference", gap),
        "worse": round(max(0.0, -gap.value), METRIC_DECIMALS),
        "significantly_worse": significantly_worse,
        "surely_worse": significantly_worse,
        "significantly_better": max(0.0, significant),
        "level": round(level, METRIC_DECIMALS),
        "tests": tests,
    }


def slice_metrics(scores: SliceScores, labels: Sequence[str]) -> dict[str, Any]:
    """Convert the scores of a slice; `labels` names those that are averaged."""
    return {
        "n": scores.n,
        "groups": scores.groups,
        "labels": [labels[code] for code in scores.labels],
        **_score_metrics("macro_f1", scores.macro_f1),
        **_score_metrics("difference", scores.difference),
        "worse": scores.is_significantly_worse,
    }


def _summary_metrics(summary: Summary) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in ("macro_f1", "macro_recall", "accuracy", "f_avg"):
        score = getattr(summary, name)
        if score is not None:
            values |= _score_metrics(name, score)
    return values


def _baseline_metrics(comparison: PairedComparison) -> dict[str, Any]:
    difference = _score_metrics("difference", comparison.difference)
    return {
        "n": comparison.n,
        "groups": comparison.groups,
        **_summary_metrics(comparison.summary),
        **difference,
    }


def _score_metrics(name: str, score: Score) -> dict[str, Any]:
    ends = [round(end, METRIC_DECIMALS) for end in (score.low, score.high)]
    return {name: round(score.value, METRIC_DECIMALS), f"{name}_interval": ends}


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _round(value) for name, value in values.items()}


def _round(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_round(each) for each in value]
    return round(value, METRIC_DECIMALS) if isinstance(value, float) else value
