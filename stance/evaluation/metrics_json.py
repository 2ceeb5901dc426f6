"""Scores in the shape of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from stance.evaluation.bootstrap import Score
from stance.evaluation.head_scores import HeadScores, PairedComparison, Summary
from stance.evaluation.slices import SliceScores

DECIMALS = 6  # far below any interval's width


def head_metrics(scores: HeadScores) -> dict[str, Any]:
    """Put the scores of one head into plain values.

    Parameters
    ----------
    scores : HeadScores

    Returns
    -------
    dict
        `n`, `unscored`, the summary's figures each with `_interval`, `labels`, `confusion` (its rows and columns in the
        order of `labels`), `ece`, `reliability`, `baselines` (each with the `difference` to the model's macro F1),
        `coverage`.
    """
    return {
        "n": scores.n,
        "unscored": scores.unscored,
        **summary_metrics(scores.summary),
        "labels": {label: _rounded(asdict(found)) for label, found in scores.labels.items()},
        "confusion": scores.confusion,
        "ece": round(scores.ece, DECIMALS),
        "reliability": [_rounded(asdict(found)) for found in scores.reliability],
        "baselines": {name: _beside(found) for name, found in scores.baselines.items()},
        "coverage": [_rounded(asdict(found)) for found in scores.coverage],
    }


def summary_metrics(summary: Summary) -> dict[str, Any]:
    """Put a summary into plain values.

    Parameters
    ----------
    summary : Summary

    Returns
    -------
    dict
        Each figure under its name, its interval under the name with `_interval`; `f_avg` only where there is one.
    """
    values: dict[str, Any] = {}
    for name in ("macro_f1", "macro_recall", "accuracy", "f_avg"):
        score = getattr(summary, name)
        if score is not None:
            values |= _score_metrics(name, score)
    return values


def compared_metrics(found: PairedComparison) -> dict[str, Any]:
    """Put the comparison with another model into plain values.

    Parameters
    ----------
    found : Compared

    Returns
    -------
    dict
        `n`, rows that both labelled; macro F1 of the other; `difference`, ours less theirs, with its interval; `worse`,
        by how much ours is lower; `surely_worse`, by how much it is lower even at the upper end of the interval.
    """
    gap = found.difference
    return {
        "n": found.n,
        **_score_metrics("macro_f1", found.summary.macro_f1),
        **_score_metrics("difference", gap),
        "worse": round(max(0.0, -gap.value), DECIMALS),
        "surely_worse": round(max(0.0, -gap.high), DECIMALS),
    }


def slice_metrics(found: SliceScores) -> dict[str, Any]:
    """Put the scores of a slice into plain values.

    Parameters
    ----------
    found : SliceScores

    Returns
    -------
    dict
    """
    return {
        "n": found.n,
        **_score_metrics("macro_f1", found.macro_f1),
        **_score_metrics("difference", found.difference),
        "worse": found.worse,
    }


def _beside(found: PairedComparison) -> dict[str, Any]:
    return {"n": found.n, **summary_metrics(found.summary), **_score_metrics("difference", found.difference)}


def _score_metrics(name: str, score: Score) -> dict[str, Any]:
    ends = [round(end, DECIMALS) for end in (score.low, score.high)]
    return {name: round(score.value, DECIMALS), f"{name}_interval": ends}


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _round(value) for name, value in values.items()}


def _round(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_round(each) for each in value]
    return round(value, DECIMALS) if isinstance(value, float) else value
