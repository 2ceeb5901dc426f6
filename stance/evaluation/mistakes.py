"""The comments to look at: the surest wrong labels with their reasons, and those on which two models part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stance.evaluation.measures import encode_other
from stance.evaluation.metrics_json import DECIMALS
from stance.evaluation.outcomes import HeadOutcomes, Outcomes
from stance.model.explanation.log_odds import Contrast, Part, explain_contrasts, top_features
from stance.model.model import Model

MAX_MISTAKES = 30  # comments
TOP_FEATURES = 10  # features of each label


def find_mistakes(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Find the most confident wrong labels.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    list of dict
        `row` (of the comments, from 0), `head`, `true`, `predicted`, `confidence`; each comment once.
    """
    found = []
    for head, one in outcomes.heads.items():
        wrong = np.flatnonzero(one.true != one.predicted)
        surest = wrong[np.argsort(-one.proba[wrong].max(axis=1), kind="stable")][:MAX_MISTAKES]
        found += [_about(one, head, int(at)) for at in surest]
    return _surest(found)


def find_disagreements(outcomes: Outcomes, others: Mapping[str, Sequence[str | None]]) -> list[dict[str, Any]]:
    """Find the comments on which two models part, those first of which ours is surest.

    Parameters
    ----------
    judgement, others
        As for `compared`.

    Returns
    -------
    list of dict
        `row` (of the comments, from 0), `head`, `true`, `ours`, `theirs`, `confidence`; each comment once.
    """
    found = []
    for head in [head for head in outcomes.heads if head in others]:
        one = outcomes.heads[head]
        names, theirs = encode_other(one, others[head])
        for at in np.flatnonzero((theirs >= 0) & (theirs != one.predicted)):
            about = _about(one, head, int(at))
            found.append({**about, "ours": about.pop("predicted"), "theirs": names[theirs[at]]})
    return _surest(found)


def _about(one: HeadOutcomes, head: str, at: int) -> dict[str, Any]:
    true, ours = (one.names[codes[at]] for codes in (one.true, one.predicted))
    return {
        "row": int(one.rows[at]),
        "head": head,
        "true": true,
        "predicted": ours,
        "confidence": round(float(one.proba[at].max()), DECIMALS),
    }


def _surest(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first: dict[int, dict[str, Any]] = {}
    for each in sorted(found, key=lambda each: -each["confidence"]):
        first.setdefault(each["row"], each)
    return list(first.values())[:MAX_MISTAKES]


def with_comments(
    found: Sequence[Mapping[str, Any]], texts: Sequence[str], ids: Sequence[str] | None, first_row: int
) -> list[dict[str, Any]]:
    """Put the comments beside what is said of them.

    Parameters
    ----------
    found : sequence of mapping
        As `mistakes` and `parted` give them.
    texts : sequence of str
        N comments.
    ids : sequence of str or None
        Their names.
    first_row : int
        Row of the first comment in its file.

    Returns
    -------
    list of dict
        With `row` as in the file, `id` and `text`.
    """
    return [
        {**each, "row": each["row"] + first_row, "id": ids and ids[each["row"]], "text": texts[each["row"]]}
        for each in found
    ]


def with_reasons(
    found: Sequence[Mapping[str, Any]], why: Mapping[tuple[str, int], Sequence[Part]]
) -> list[dict[str, Any]]:
    """Put the reasons beside wrong labels.

    Parameters
    ----------
    found : sequence of mapping
        As `mistakes` gives them.
    why : mapping of (str, int) to sequence of (str, float)
        Parts of the log-odds, by head and number of the comment.

    Returns
    -------
    list of dict
    """
    return [{**each, "reasons": as_metrics(why.get((each["head"], each["row"]), ()))} for each in found]


def explain_mistakes(
    model: Model, texts: Sequence[str], found: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, int], list[Part]]:
    """Ask a model why it gave wrong labels.

    Parameters
    ----------
    model : Model
    texts : sequence of str
        N comments.
    found : sequence of mapping
        As `mistakes` gives them.

    Returns
    -------
    dict of (str, int) to list of (str, float)
        Parts of the log-odds of the label given against the true one, or where the model does not know that against the
        second likeliest.
    """
    contrasts = []
    for each in found:
        other = each["true"] if each["true"] in model.labels[each["head"]] else None
        contrasts.append(Contrast(each["head"], each["row"], each["predicted"], other))
    return explain_contrasts(model, texts, contrasts)


def describe_features(model: Model, heads: Sequence[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Name the features that weigh most for each label.

    Parameters
    ----------
    model : Model
    heads : sequence of str

    Returns
    -------
    dict of str to dict
        For each head and label `feature` and `weight`, the largest first.
    """
    return {
        head: {label: as_metrics(some) for label, some in top_features(model, head, TOP_FEATURES).items()}
        for head in heads
    }


def as_metrics(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Put named weights into plain values.

    Parameters
    ----------
    parts : sequence of (str, float)

    Returns
    -------
    list of dict
    """
    return [{"feature": name, "weight": round(weight, DECIMALS)} for name, weight in parts]
