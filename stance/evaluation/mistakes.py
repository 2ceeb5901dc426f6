"""Comments to look at: the most confident mistakes with their reasons, and those on which two models disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stance.evaluation.measures import encode_other
from stance.evaluation.metrics_json import METRIC_DECIMALS
from stance.evaluation.outcomes import HeadOutcomes, Outcomes
from stance.model.explanation.log_odds import Contrast
from stance.model.explanation.word_reasons import Reason, explain_by_words
from stance.model.model import Model
from stance.model.predictions import Predictions

MAX_MISTAKES = 30  # comments


def find_mistakes(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Find the most confident wrong labels; `row` counts comments from 0, and each comment is there once."""
    mistakes = []
    for head, one in outcomes.heads.items():
        wrong = np.flatnonzero(one.true != one.predicted)
        confidence = one.proba[wrong].max(axis=1)
        most_confident = wrong[np.argsort(-confidence, kind="stable")][:MAX_MISTAKES]
        mistakes += [_describe(one, head, int(at)) for at in most_confident]
    return _most_confident(mistakes)


def find_disagreements(outcomes: Outcomes, others: Mapping[str, Sequence[str | None]]) -> list[dict[str, Any]]:
    """Find comments to which another model gives another label, first those of which ours is most confident.

    `others` holds its N labels by head; `row` counts comments from 0, and each comment is there once.
    """
    disagreements = []
    for head in [head for head in outcomes.heads if head in others]:
        one = outcomes.heads[head]
        labels, theirs = encode_other(one, others[head])
        for at in np.flatnonzero((theirs >= 0) & (theirs != one.predicted)):
            about = _describe(one, head, int(at))
            disagreements.append({**about, "ours": about.pop("predicted"), "theirs": labels[theirs[at]]})
    return _most_confident(disagreements)


def add_comments(
    entries: Sequence[Mapping[str, Any]], texts: Sequence[str], ids: Sequence[str] | None, first_row: int
) -> list[dict[str, Any]]:
    """Add id and text of each of the N comments that are listed; `row` becomes that of the file."""
    return [
        {**each, "row": each["row"] + first_row, "id": ids and ids[each["row"]], "text": texts[each["row"]]}
        for each in entries
    ]


def add_reasons(
    mistakes: Sequence[Mapping[str, Any]],
    reasons: Mapping[tuple[str, int], Sequence[Reason]],
    predictions: Predictions,
) -> list[dict[str, Any]]:
    """Add the reasons, which are given by head and row; other heads' labels with the probability that they have."""
    return [
        {
            **each,
            "reasons": [
                {
                    "feature": _name_reason(reason, predictions, each["row"]),
                    "weight": round(reason.weight, METRIC_DECIMALS),
                }
                for reason in reasons.get((each["head"], each["row"]), ())
            ],
        }
        for each in mistakes
    ]


def explain_mistakes(
    model: Model, texts: Sequence[str], mistakes: Sequence[Mapping[str, Any]]
) -> dict[tuple[str, int], list[Reason]]:
    """Decompose the log-odds of each wrong label against the true one, by head and row.

    Where the model does not know the true label, it is the second most probable one.
    """
    contrasts = []
    for each in mistakes:
        other = each["true"] if each["true"] in model.labels[each["head"]] else None
        contrasts.append(Contrast(each["head"], each["row"], each["predicted"], other))
    return explain_by_words(model, texts, contrasts)


def _describe(one: HeadOutcomes, head: str, at: int) -> dict[str, Any]:
    true, predicted = (one.labels[codes[at]] for codes in (one.true, one.predicted))
    return {
        "row": int(one.rows[at]),
        "head": head,
        "true": true,
        "predicted": predicted,
        "confidence": round(float(one.proba[at].max()), METRIC_DECIMALS),
    }


def _most_confident(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first: dict[int, dict[str, Any]] = {}
    for each in sorted(entries, key=lambda each: -each["confidence"]):
        first.setdefault(each["row"], each)
    return list(first.values())[:MAX_MISTAKES]


def _name_reason(reason: Reason, predictions: Predictions, row: int) -> str:
    """Name a reason: `great`, or what another head gives and the words that it is made of, `us: favor .72 ← great`."""
    if reason.head is None or reason.label is None:
        return reason.name
    proba = predictions.proba[reason.head][row, predictions.labels[reason.head].index(reason.label)]
    shown = f"{reason.head}: {reason.label} {f'{proba:.2f}'.removeprefix('0')}"
    return f"{shown} ← {reason.name}" if reason.name else shown
