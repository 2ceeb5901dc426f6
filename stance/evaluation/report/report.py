"""The evaluation report: finished numbers in, Markdown, HTML and JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from markupsafe import Markup

from stance.evaluation.report.figures import confusion_figure, coverage_figure, reliability_figure
from stance.evaluation.report.templating import render
from stance.evaluation.report.verdict import comparison, verdict

SHOWN_COVERAGE = (1, 0.9, 0.8, 0.7, 0.5, 0.3)  # of the coverage curve, in tables
MAX_MARKDOWN_BYTES = 190_000  # of the Markdown, well within what the summary page of a CI run takes
BASELINE_NAMES = {
    "majority": "guessing",
    "keywords": "keywords",
    "vader": "VADER",
    "plain": "plain",
}  # on the pages, in order


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
        As `evaluation.sliced` gives them; the most confident wrong labels with their `reasons`.
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
        `metrics.json`, `report.md` (under 200 kB) and `report.html`.
    """
    metrics = asdict(evaluation)
    facts = {**metrics, **_derived(evaluation)}
    page = {**facts, "figures": _figures(evaluation.heads)}
    return {
        "metrics.json": (json.dumps(metrics, indent=2, ensure_ascii=False) + "\n").encode(),
        "report.md": _within(render("report.md", facts), MAX_MARKDOWN_BYTES).encode(),
        "report.html": render("report.html", page).encode(),
    }


def _derived(evaluation: Evaluation) -> dict[str, Any]:
    heads, other = evaluation.heads, evaluation.compared_with
    return {
        "verdict": verdict(heads),
        "comparison": comparison(heads, other["name"]) if other else "",
        "ways": _ways(heads),
        "names": BASELINE_NAMES,
        "unscored": {head: found["unscored"] for head, found in heads.items() if found["unscored"]},
        "shares": SHOWN_COVERAGE,
        "sided": any("f_avg" in found for found in heads.values()),
        "calibrated": any(found.get("reliability") for found in heads.values()),
        "covered": any(found["coverage"] for found in heads.values()),
        "slices": _together(evaluation.slices or []),
    }


def _ways(heads: Mapping[str, Mapping[str, Any]]) -> list[str]:
    found = {way for scores in heads.values() for way in scores["baselines"]}
    return [*(way for way in BASELINE_NAMES if way in found), *sorted(found.difference(BASELINE_NAMES))]


def _figures(heads: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "confusion": {
            head: Markup(confusion_figure(head, list(found["labels"]), found["confusion"]))
            for head, found in heads.items()
        },
        "reliability": {
            head: Markup(reliability_figure(head, found["reliability"]))
            for head, found in heads.items()
            if found.get("reliability")
        },
        "coverage": Markup(coverage_figure({head: s["coverage"] for head, s in heads.items() if s["coverage"]})),
    }


def _together(slices: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in slices:
        found.setdefault(each["by"], []).append(each)
    return found


def _within(text: str, most: int) -> str:
    if len(text.encode()) <= most:
        return text
    kept, size = [], 0
    for line in text.splitlines(keepends=True):
        size += len(line.encode())
        if size > most:
            break
        kept.append(line)
    return "".join([*kept, "\nCut here for its length; the whole is in `report.html`.\n"])
