"""The words that move labels most: by their weight and by how many comments hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stance.evaluation.metrics_json import METRIC_DECIMALS
from stance.model.model import Model
from stance.strings import printable

SHOWN_WORDS = 10  # of each label
MIN_COMMENTS = 5  # that hold a word; the weight of a rarer one is that of a single comment, a coincidence
MIN_COMMENT_SHARE = 0.001  # of the comments, likewise
BATCH_COUNTED_TEXTS = 2_000  # texts whose features are in memory at once, about 5 kB each
MAX_COUNTED_TEXTS = 20_000  # evenly spread over a longer table


def heavy_words(model: Model, texts: Sequence[str], heads: Sequence[str]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """List the words and word pairs that speak most for each label of each head, heaviest first.

    They are ranked by weight (the label's less the mean over all labels, times idf) times the root of the number of
    comments that hold them, which is how far they spread the decisions; a word needs `MIN_COMMENTS` comments, and
    `MIN_COMMENT_SHARE` of them. Parts of words are left out, and so is what other heads say.

    Returns
    -------
    dict
        By head and label: `feature`, `weight`, `comments` (how many of the texts hold it).
    """
    terms, step = model.features.terms["word"], max(1, -(-len(texts) // MAX_COUNTED_TEXTS))
    counted = texts[::step]
    comments = np.zeros(len(terms.idf), np.int64)
    for first in range(0, len(counted), BATCH_COUNTED_TEXTS):
        columns = model.features.matrix(counted[first : first + BATCH_COUNTED_TEXTS])[1]
        comments += np.bincount(columns[columns < len(comments)], minlength=len(comments))
    known = np.flatnonzero(comments >= max(MIN_COMMENTS, MIN_COMMENT_SHARE * len(counted)))
    found = {}
    for head in heads:
        classifier = model.classifiers[head]
        weights = classifier.weights[:, known].astype(np.float64) * terms.idf[known]
        weights -= weights.mean(axis=0)
        found[head] = {
            label: [
                {
                    "feature": printable(terms.vocabulary[known[at]]),
                    "weight": round(float(row[at]), METRIC_DECIMALS),
                    "comments": int(comments[known[at]] * step),
                }
                for at in np.argsort(-row * np.sqrt(comments[known]), kind="stable")[:SHOWN_WORDS].tolist()
                if row[at] > 0
            ]
            for label, row in zip(classifier.labels, weights, strict=True)
        }
    return found
