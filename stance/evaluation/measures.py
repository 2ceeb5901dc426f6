"""What is measured on labelled comments and on what is said of them: the parts of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.baselines import label_by_keywords, label_by_vader, majority_class
from stance.evaluation.head_scores import compare, score_head
from stance.evaluation.metrics import confusion_matrix
from stance.evaluation.metrics_json import compared_metrics, head_metrics, slice_metrics
from stance.evaluation.outcomes import HeadOutcomes, Outcomes
from stance.evaluation.slices import Slice, by_column, by_length, by_names, score_slice
from stance.features.lexicon import Lexicon
from stance.features.mentions import named_targets
from stance.heads import BUNDLED, CROSSED
from stance.model.labels import encode

MAX_VADER_TEXTS = 20_000  # comments, evenly spread over a longer table, for VADER, which reads three thousand a second
Metrics = dict[str, dict[str, Any]]


def score_heads(
    outcomes: Outcomes,
    counts: Mapping[str, Mapping[str, int]],
    plain: Mapping[str, list[str]],
    lexicon: Lexicon,
) -> Metrics:
    """Score every head and its baselines: `counts` of each label in training, `plain` TF-IDF labels where there are."""
    baselines = _label_baselines(outcomes, counts, plain, lexicon)
    metrics = {}
    for head, one in outcomes.heads.items():
        scores = score_head(
            one.true,
            one.proba,
            one.names,
            baselines={
                name: encode(labels[head], one.names)[1][one.rows]
                for name, labels in baselines.items()
                if head in labels
            },
            groups=outcomes.groups_at(one.rows),
            unscored=one.unscored,
            seed=outcomes.seed,
        )
        metrics[head] = head_metrics(scores)
    return metrics


def _label_baselines(
    outcomes: Outcomes,
    counts: Mapping[str, Mapping[str, int]],
    plain: Mapping[str, list[str]],
    lexicon: Lexicon,
) -> dict[str, Mapping[str, Sequence[str]]]:
    """Label N comments by each baseline: its name to head to labels, empty where it was not asked."""
    texts = outcomes.texts
    heads = {head: one.names[: one.known] for head, one in outcomes.heads.items()}
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


def compare_heads(outcomes: Outcomes, others: Mapping[str, Sequence[str | None]]) -> dict[str, dict[str, Any]]:
    """Measure another model on the comments that both label.

    Parameters
    ----------
    judgement : Judgement
    others : mapping of str to sequence of str or None
        For each of its heads N labels.

    Returns
    -------
    dict of str to dict
        For each head of both.
    """
    found = {}
    for head in [head for head in outcomes.heads if head in others]:
        one = outcomes.heads[head]
        names, theirs = encode_other(one, others[head])
        groups = outcomes.groups_at(one.rows)
        found[head] = compared_metrics(compare(one.true, one.predicted, theirs, names, groups, outcomes.seed))
    return found


def encode_other(one: HeadOutcomes, other: Sequence[str | None]) -> tuple[list[str], NDArray[np.intp]]:
    """Code the labels of another model.

    Parameters
    ----------
    one : Judged
        Of M comments.
    other : sequence of str or None
        Labels of all N comments.

    Returns
    -------
    names : list of str
        Labels of one, then those that only the other knows.
    theirs : ndarray of shape (M,)
        Numbers of the other's labels, -1 where there is none.
    """
    cells = [other[row] or "" for row in one.rows]
    names = [*one.names, *sorted(set(cells).difference(one.names, [""]))]
    return names, encode(cells, names)[1]


def score_slices(outcomes: Outcomes, words: Lexicon, columns: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Measure parts of the comments: by length, by the countries that they name, by columns.

    Parameters
    ----------
    judgement : Judgement
    words : Lexicon
    columns : mapping of str to sequence of str
        N cells of each column to cut by.

    Returns
    -------
    list of dict
        Slices with the heads for which they hold enough comments.
    """
    texts = outcomes.texts
    targets = [head for head in BUNDLED if head in words.targets]
    slices = [*by_length(texts), *by_names(named_targets(texts, words, targets), targets)]
    for name, cells in columns.items():
        slices += by_column(name, cells)
    groups = {head: outcomes.groups_at(one.rows) for head, one in outcomes.heads.items()}
    found = [(each, _slice_heads(outcomes, groups, each)) for each in slices]
    return [
        {"by": each.by, "value": each.value, "n": int(each.inside.sum()), "heads": heads}
        for each, heads in found
        if heads
    ]


def _slice_heads(outcomes: Outcomes, groups: Mapping[str, list[str] | None], part: Slice) -> dict[str, Any]:
    heads = {}
    for head, one in outcomes.heads.items():
        inside = part.inside[one.rows]
        scores = score_slice(one.true, one.predicted, len(one.names), inside, groups[head], outcomes.seed)
        if scores is not None:
            heads[head] = slice_metrics(scores)
    return heads


def cross_tabulate(outcomes: Outcomes) -> dict[str, Any] | None:
    """Count the comments of each stance by their tone, by true and by predicted labels.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    dict or None
        None where one of the two heads is not there.
    """
    if not set(CROSSED) <= set(outcomes.heads):
        return None
    down, across = (outcomes.heads[head] for head in CROSSED)
    _, first, second = np.intersect1d(down.rows, across.rows, return_indices=True)
    size = max(len(down.names), len(across.names))
    tables = {
        name: confusion_matrix(getattr(down, name)[first], getattr(across, name)[second], size)
        for name in ("true", "predicted")
    }
    return {
        "rows": CROSSED[0],
        "columns": CROSSED[1],
        "row_labels": down.names,
        "column_labels": across.names,
        **{name: table[: len(down.names), : len(across.names)].tolist() for name, table in tables.items()},
    }
