"""Scores in the shape of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from stance.scores import Compared, HeadScores, Summary

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
        order of `labels`), `ece`, `baselines` (each with the `difference` to the model's macro F1), `coverage`.
    """
    return {
        "n": scores.n,
        "unscored": scores.unscored,
        **summary_metrics(scores.summary),
        "labels": {label: _rounded(asdict(found)) for label, found in scores.labels.items()},
        "confusion": scores.confusion,
        "ece": round(scores.ece, DECIMALS),
        "baselines": {name: _compared(found) for name, found in scores.baselines.items()},
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
        if score is None:
            continue
        values[name] = round(score.value, DECIMALS)
        values[f"{name}_interval"] = [round(score.low, DECIMALS), round(score.high, DECIMALS)]
    return values


def _compared(found: Compared) -> dict[str, Any]:
    gap = found.difference
    return {
        **summary_metrics(found.summary),
        "difference": round(gap.value, DECIMALS),
        "difference_interval": [round(gap.low, DECIMALS), round(gap.high, DECIMALS)],
    }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(v, DECIMALS) if isinstance(v, float) else v for name, v in values.items()}
