"""The evaluation report: scores in, Markdown, HTML and JSON out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from markupsafe import Markup

from stance.evaluation.report.figures import draw_confusion, draw_coverage, draw_reliability, draw_scores
from stance.evaluation.report.templating import render_template
from stance.evaluation.report.verdict import (
    NOT_JUDGED,
    describe_comparison,
    describe_fitness,
    describe_precision,
    describe_resampling,
    describe_scores,
    is_significantly_better,
    result_of,
)

SHOWN_COVERAGE = (1, 0.9, 0.8, 0.7, 0.5, 0.3)  # levels of the coverage curve that are in tables
MAX_MARKDOWN_BYTES = 190_000  # well within what the summary page of a CI run takes
BASELINE_TITLES = {
    "majority": "majority class",
    "keywords": "keywords",
    "vader": "VADER (nltk)",  # not the original package: nltk's port gives some comments another label
    "plain": "plain TF-IDF",
}


@dataclass(frozen=True)
class Evaluation:
    """All that the report shows.

    Parameters
    ----------
    heads : dict
        Scores of each head, as of `metrics_json.head_metrics`.
    model : dict
        `name`, `held_out` (whether cross-validated), `arrays_sha256`, `swap` (as of `counterfactuals.swap_metrics`).
    data : dict
        `name`, `rows`, `articles`, `sha256`, `seen` (whether the model was trained on it).
    cross : dict, optional
        Stance by tone, as of `measures.cross_tabulate`.
    slices : list of dict
        As of `measures.score_slices`.
    errors : list of dict
        The most confident mistakes with their `reasons`, as of `mistakes`.
    words : dict
        For each head and label the features with the largest weights.
    disagreements : list of dict
        Comments on which the model disagrees with the one that it is compared with; `parted` in `metrics.json`.
    compared_with : dict, optional
        `name` and `kind` of that one.
    cautions : list of str
        Why scores are less certain, or better, than they look.
    """

    heads: dict[str, dict[str, Any]]
    model: dict[str, Any]
    data: dict[str, Any]
    cross: dict[str, Any] | None = None
    slices: list[dict[str, Any]] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    disagreements: list[dict[str, Any]] = field(default_factory=list)
    compared_with: dict[str, str] | None = None
    cautions: list[str] = field(default_factory=list)

    def metrics(self) -> dict[str, Any]:
        """Return the values of `metrics.json`."""
        keys = {"disagreements": "parted"}  # where the key has an older name
        return {keys.get(each.name, each.name): getattr(self, each.name) for each in fields(self)}


def report_files(evaluation: Evaluation) -> dict[str, bytes]:
    """Render `metrics.json`, `report.md` (below 200 kB) and `report.html`."""
    metrics = evaluation.metrics()
    facts = {**metrics, **_derive_facts(evaluation)}
    page = {**facts, "figures": _draw_figures(evaluation.heads)}
    return {
        "metrics.json": (json.dumps(metrics, indent=2, ensure_ascii=False) + "\n").encode(),
        "report.md": _shorten(render_template("report.md", facts), MAX_MARKDOWN_BYTES).encode(),
        "report.html": render_template("report.html", page).encode(),
    }


def _derive_facts(evaluation: Evaluation) -> dict[str, Any]:
    heads, other = evaluation.heads, evaluation.compared_with
    compared = {head: scores["compared"] for head, scores in heads.items() if scores.get("compared")}
    return {
        "verdict": describe_scores(heads),
        "comparison": describe_comparison(heads, other["name"]) if other else "",
        "resampling": describe_resampling(evaluation.data),
        "fitness": NOT_JUDGED
        if evaluation.data.get("optimistic", evaluation.data["seen"])
        else describe_fitness(heads),
        "not_judged": NOT_JUDGED,
        "better": {
            head: {name: is_significantly_better(scores, name) for name in scores["baselines"]}
            for head, scores in heads.items()
        },
        "outcome": {head: result_of(each) for head, each in compared.items()},
        "tests": max((each.get("tests", 1) for each in compared.values()), default=1),
        "called": {head: describe_precision(scores) for head, scores in heads.items()},
        "cautions": evaluation.cautions or [],
        "baselines": _baselines_of(heads),
        "titles": BASELINE_TITLES,
        "unscored": {head: scores["unscored"] for head, scores in heads.items() if scores["unscored"]},
        "coverage_levels": SHOWN_COVERAGE,
        "has_reliability": _has(heads, "reliability"),
        "has_coverage": _has(heads, "coverage"),
        "has_f_avg": any("f_avg" in scores for scores in heads.values()),
        "slices": _group_slices(evaluation.slices or []),
        "disagreements": evaluation.disagreements,
    }


def _has(heads: Mapping[str, Mapping[str, Any]], part: str) -> bool:
    return any(scores.get(part) for scores in heads.values())


def _baselines_of(heads: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names = {name for scores in heads.values() for name in scores["baselines"]}
    return [*(name for name in BASELINE_TITLES if name in names), *sorted(names.difference(BASELINE_TITLES))]


def _draw_figures(heads: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "scores": Markup(draw_scores({head: s for head, s in heads.items() if s["n"]}, BASELINE_TITLES)),
        "confusion": {
            head: Markup(draw_confusion(head, list(scores["labels"]), scores["confusion"]))
            for head, scores in heads.items()
            if scores["labels"]
        },
        "reliability": {
            head: Markup(draw_reliability(head, scores["reliability"]))
            for head, scores in heads.items()
            if scores.get("reliability")
        },
        "coverage": Markup(draw_coverage({head: s["coverage"] for head, s in heads.items() if s["coverage"]})),
    }


def _group_slices(slices: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for each in slices:
        groups.setdefault(each["by"], []).append(each)
    return groups


def _shorten(text: str, max_bytes: int) -> str:
    if len(text.encode()) <= max_bytes:
        return text
    kept, size = [], 0
    for line in text.splitlines(keepends=True):
        size += len(line.encode())
        if size > max_bytes:
            break
        kept.append(line)
    return "".join([*kept, "\nShortened: the full report is `report.html`.\n"])
