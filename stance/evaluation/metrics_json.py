"""Scores as the plain values of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from stance.evaluation.bootstrap import Score
from stance.evaluation.head_scores import HeadScores, PairedComparison, Summary
from stance.evaluation.slices import SliceScores

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
    }


def comparison_metrics(comparison: PairedComparison) -> dict[str, Any]:
    """Convert the comparison with another model; `difference` is our macro F1 less theirs.

    `worse`: by how much ours is lower. `significantly_worse`: by how much it is lower even at the upper end of the 95 %
    interval, 0 if that includes 0; `surely_worse` is an older name of the same number.
    """
    gap = comparison.difference
    significantly_worse = round(max(0.0, -gap.high), METRIC_DECIMALS)
    return {
        "n": comparison.n,
        **_score_metrics("macro_f1", comparison.summary.macro_f1),
        **_score_metrics("difference", gap),
        "worse": round(max(0.0, -gap.value), METRIC_DECIMALS),
        "significantly_worse": significantly_worse,
        "surely_worse": significantly_worse,
    }


def slice_metrics(scores: SliceScores) -> dict[str, Any]:
    """Convert the scores of a slice."""
    return {
        "n": scores.n,
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
    return {"n": comparison.n, **_summary_metrics(comparison.summary), **difference}


def _score_metrics(name: str, score: Score) -> dict[str, Any]:
    ends = [round(end, METRIC_DECIMALS) for end in (score.low, score.high)]
    return {name: round(score.value, METRIC_DECIMALS), f"{name}_interval": ends}


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _round(value) for name, value in values.items()}


def _round(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_round(each) for each in value]
    return round(value, METRIC_DECIMALS) if isinstance(value, float) else value
