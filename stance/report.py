"""The evaluation report: finished numbers in, Markdown, HTML and JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from markupsafe import Markup

from stance.figures import confusion_figure, coverage_figure
from stance.pages import rendered

FEW = 100  # comments; with fewer, the interval of macro F1 is commonly wider than 0.2
SHOWN_SHARES = (1, 0.9, 0.8, 0.7, 0.5, 0.3)  # of the coverage curve, in tables
LEAST = 30  # comments; with fewer, a bootstrap interval is too narrow to be trusted (Chernick and LaBudde 2011)


@dataclass(frozen=True)
class Evaluation:
    """What was measured, on what.

    Parameters
    ----------
    heads : dict
        For each head its metrics, as `metrics.head_metrics` gives them.
    model : dict
        `name`, `held_out` (whether cross-validated), `arrays_sha256`, `swap` (as `swap.swap_metrics` gives it).
    data : dict
        `name`, `rows`, `articles`, `sha256`, `seen` (whether the model was trained on it).
    cross : dict, optional
        Stance by tone, as `evaluation.crossed` gives it.
    slices, errors : list of dict
        As `evaluation.sliced` and `evaluation.shown` give them.
    words : dict
        For each head and label the features that weigh most.
    parted : list of dict
        Comments on which the model parts from the one that it is compared with.
    compared_with : dict, optional
        `name` and `kind` of that one.
    """

    heads: dict[str, dict[str, Any]]
    model: dict[str, Any]
    data: dict[str, Any]
    cross: dict[str, Any] | None = None
    slices: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    parted: list[dict[str, Any]] = field(default_factory=list)
    compared_with: dict[str, str] | None = None


def report_files(evaluation: Evaluation) -> dict[str, bytes]:
    """Render a report.

    Parameters
    ----------
    evaluation : Evaluation

    Returns
    -------
    dict of str to bytes
        `metrics.json`, `report.md` and `report.html`.
    """
    metrics = asdict(evaluation)
    ways = list(dict.fromkeys(name for found in evaluation.heads.values() for name in found["baselines"]))
    facts = {**metrics, "verdict": verdict(evaluation.heads), "ways": ways, "shares": SHOWN_SHARES}
    curves = {head: found["coverage"] for head, found in evaluation.heads.items() if found["coverage"]}
    figures = {
        head: Markup(confusion_figure(head, list(found["labels"]), found["confusion"]))
        for head, found in evaluation.heads.items()
    }
    return {
        "metrics.json": (json.dumps(metrics, indent=2, ensure_ascii=False) + "\n").encode(),
        "report.md": rendered("report.md", facts).encode(),
        "report.html": rendered(
            "report.html", {**facts, "figures": figures, "curves": Markup(coverage_figure(curves))}
        ).encode(),
    }


def verdict(heads: Mapping[str, Mapping[str, Any]]) -> str:
    """Say in two sentences of plain words what the scores mean.

    Parameters
    ----------
    heads : mapping
        For each head its metrics.

    Returns
    -------
    str

    Examples
    --------
    >>> guessing = {"majority": {"macro_f1": 0.2}}
    >>> scores = {"n": 500, "macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6], "baselines": guessing}
    >>> verdict({"tone": scores})
    'The model is surely better than guessing the commonest label on tone.'
    """
    better = [head for head, scores in heads.items() if surely_better(scores)]
    others = [head for head in heads if head not in better]
    said = f"The model is surely better than guessing the commonest label on {', '.join(better) or 'no head'}"
    if others and better:
        said += f", and not surely on {', '.join(others)}"
    if len(better) > 1:
        best = max(better, key=lambda head: heads[head]["macro_f1"])
        said += f". Of the heads, {best} is labelled best (macro F1 {heads[best]['macro_f1']:.2f})"
    if min(scores["n"] for scores in heads.values()) < FEW:
        said += f". Fewer than {FEW} comments say little: label more before these figures are quoted"
    return f"{said}."


def surely_better(scores: Mapping[str, Any]) -> bool:
    """Tell whether the whole interval of macro F1 lies above the majority baseline, on enough comments to say so.

    Parameters
    ----------
    scores : mapping
        Metrics of a head.

    Returns
    -------
    bool
    """
    above = scores["macro_f1_interval"][0] > scores["baselines"]["majority"]["macro_f1"]
    return bool(above and scores["n"] >= LEAST)
