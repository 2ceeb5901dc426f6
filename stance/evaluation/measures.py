"""The parts of `metrics.json` that are computed from outcomes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.baselines import label_by_keywords, label_by_vader, majority_class
from stance.evaluation.head_scores import compare_predictions, score_head
from stance.evaluation.metrics import confusion_matrix
from stance.evaluation.metrics_json import comparison_metrics, head_metrics, slice_metrics
from stance.evaluation.outcomes import HeadOutcomes, Outcomes
from stance.evaluation.significance import comparison_p_value, holm_levels
from stance.evaluation.slices import Slice, score_slice, slice_by_column, slice_by_length, slice_by_targets
from stance.features.lexicon import Lexicon
from stance.features.mentions import named_targets
from stance.heads import BUNDLED, CROSSED
from stance.model.labels import encode

MAX_VADER_TEXTS = 20_000  # evenly spread over a longer table; VADER labels about ten thousand texts a second
Metrics = dict[str, dict[str, Any]]


def score_heads(
    outcomes: Outcomes,
    counts: Mapping[str, Mapping[str, int]],
    plain: Mapping[str, list[str]],
    lexicon: Lexicon,
) -> Metrics:
    """Score every head and its baselines.

    `counts`: training rows of each label, by head. `plain`: labels of the plain TF-IDF model, where there is one.
    """
    baselines = _label_baselines(outcomes, counts, plain, lexicon)
    metrics = {}
    for head, one in outcomes.heads.items():
        codes = {
            name: encode(labels[head], one.labels)[1][one.rows] for name, labels in baselines.items() if head in labels
        }
        scores = score_head(
            one.true,
            one.proba,
            one.labels,
            baselines=codes,
            groups=outcomes.groups_at(one.rows),
            unscored=one.unscored,
            seed=outcomes.seed,
        )
        metrics[head] = head_metrics(scores)
    return metrics


def compare_heads(
    outcomes: Outcomes, others: Mapping[str, Sequence[str | None]], gated: Collection[str] = ()
) -> Metrics:
    """Compare with the N labels of another model, for each head that both have.

    The heads that gates name are tested as one family by Holm's method, the others as another.
    """
    comparisons = {}
    for head in [head for head in outcomes.heads if head in others]:
        one = outcomes.heads[head]
        labels, theirs = encode_other(one, others[head])
        groups = outcomes.groups_at(one.rows)
        comparisons[head] = compare_predictions(one.true, one.predicted, theirs, labels, groups, outcomes.seed)
    metrics: Metrics = {}
    for family in ([head for head in comparisons if (head in gated) == is_gated] for is_gated in (True, False)):
        levels = holm_levels({head: comparison_p_value(comparisons[head]) for head in family})
        metrics |= {head: comparison_metrics(comparisons[head], levels[head], len(family)) for head in family}
    return {head: metrics[head] for head in comparisons}


def encode_other(one: HeadOutcomes, other: Sequence[str | None]) -> tuple[list[str], NDArray[np.intp]]:
    """Encode the N labels of another model: our labels and those that only it has, (M,) codes or -1."""
    cells = [other[row] or "" for row in one.rows]
    labels = [*one.labels, *sorted(set(cells).difference(one.labels, [""]))]
    return labels, encode(cells, labels)[1]


def score_slices(outcomes: Outcomes, lexicon: Lexicon, columns: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Score slices by length, by countries named and by columns of N cells, where they hold enough comments."""
    texts = outcomes.texts
    targets = [head for head in BUNDLED if head in lexicon.targets]
    slices = [*slice_by_length(texts), *slice_by_targets(named_targets(texts, lexicon, targets), targets)]
    for name, cells in columns.items():
        slices += slice_by_column(name, cells)
    groups = {head: outcomes.groups_at(one.rows) for head, one in outcomes.heads.items()}
    return [
        {"by": each.by, "value": each.value, "n": int(each.inside.sum()), "heads": heads}
        for each in slices
        if (heads := _score_slice_heads(outcomes, groups, each))
    ]


def cross_tabulate(outcomes: Outcomes) -> dict[str, Any] | None:
    """Count comments by stance and tone, true and predicted; None where one of these heads is missing."""
    if not set(CROSSED) <= set(outcomes.heads):
        return None
    down, across = (outcomes.heads[head] for head in CROSSED)
    _, first, second = np.intersect1d(down.rows, across.rows, return_indices=True)
    size = max(len(down.labels), len(across.labels))
    tables = {
        name: confusion_matrix(getattr(down, name)[first], getattr(across, name)[second], size)
        for name in ("true", "predicted")
    }
    return {
        "rows": CROSSED[0],
        "columns": CROSSED[1],
        "row_labels": down.labels,
        "column_labels": across.labels,
        **{name: table[: len(down.labels), : len(across.labels)].tolist() for name, table in tables.items()},
    }


def _label_baselines(
    outcomes: Outcomes,
    counts: Mapping[str, Mapping[str, int]],
    plain: Mapping[str, list[str]],
    lexicon: Lexicon,
) -> dict[str, Mapping[str, Sequence[str]]]:
    """Label N comments by each baseline, for each head; empty where it gives no label."""
    texts = outcomes.texts
    heads = {head: one.labels[: one.n_model_labels] for head, one in outcomes.heads.items()}
    step = max(1, -(-len(texts) // MAX_VADER_TEXTS))
    vader = label_by_vader(texts[::step], heads, lexicon)
    return {
        "majority": {head: [majority_class(counts[head])] * len(texts) for head in heads},
        "keywords": label_by_keywords(texts, heads, lexicon),
        "vader": {head: _spread(labels, step, len(texts)) for head, labels in vader.items()},
        "plain": plain,
    }


def _spread(labels: Sequence[str], step: int, n: int) -> list[str]:
    cells = [""] * n
    cells[::step] = labels
    return cells


def _score_slice_heads(
    outcomes: Outcomes, groups: Mapping[str, NDArray[np.intp] | None], part: Slice
) -> dict[str, Any]:
    heads = {}
    for head, one in outcomes.heads.items():
        inside = part.inside[one.rows]
        scores = score_slice(one.true, one.predicted, len(one.labels), inside, groups[head], outcomes.seed)
        if scores is not None:
            heads[head] = slice_metrics(scores, one.labels)
    return heads
