"""What is measured on labelled comments and on what is said of them: the parts of `metrics.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.attitudes import named_in
from stance.baseline import keywords, majority, vader
from stance.labels import BUNDLED, CROSSED
from stance.lexicon import Lexicon
from stance.metrics import DECIMALS, compared_metrics, head_metrics, slice_metrics
from stance.model import encode
from stance.predictions import Predictions
from stance.schema import LabelledComments
from stance.scores import compare, confusion_matrix, score_head
from stance.slices import Slice, by_column, by_length, by_names, score_slice
from stance.split import groups_of, several_articles

SHOWN = 30  # errors, and comments on which two models part

Metrics = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Judged:
    """What is known of one head.

    Parameters
    ----------
    names : list of str
        K labels: the model's, then those that only the table has.
    rows : ndarray of shape (M,)
        Numbers of the comments that have a true label and got one.
    true, predicted : ndarray of shape (M,)
        Numbers of labels.
    proba : ndarray of shape (M, K)
    unscored : int
        Comments that have a true label and got none.
    known : int
        How many of the labels are the model's.
    """

    names: list[str]
    rows: NDArray[np.intp]
    true: NDArray[np.intp]
    predicted: NDArray[np.intp]
    proba: NDArray[np.float64]
    unscored: int
    known: int


@dataclass(frozen=True)
class Judgement:
    """Labelled comments, and what is said of them.

    Parameters
    ----------
    comments : LabelledComments
        N comments.
    heads : dict of str to Judged
    groups : list of str or None
        N names of what is resampled together; None where each comment stands for itself.
    seed : int
        Of the bootstrap.
    """

    comments: LabelledComments
    heads: dict[str, Judged]
    groups: list[str] | None
    seed: int

    @classmethod
    def of(cls, comments: LabelledComments, said: Predictions, seed: int) -> Judgement:
        """Put true and predicted labels side by side.

        Parameters
        ----------
        comments : LabelledComments
        said : Predictions
            Of the same comments.
        seed : int

        Returns
        -------
        Judgement
        """
        groups = groups_of(comments.texts, comments.articles) if several_articles(comments.articles) else None
        heads = {head: _judged(cells, said, head) for head, cells in comments.labels.items()}
        return cls(comments, heads, groups, seed)

    def groups_at(self, rows: NDArray[np.intp]) -> list[str] | None:
        """Name the groups of some rows.

        Parameters
        ----------
        rows : ndarray of shape (M,)

        Returns
        -------
        list of str or None
        """
        return None if self.groups is None else [self.groups[row] for row in rows]


def _judged(cells: Sequence[str], said: Predictions, head: str) -> Judged:
    known = said.labels[head]
    names = [*known, *sorted({cell for cell in cells if cell}.difference(known))]
    codes = encode(cells, names)[1]
    rows = np.flatnonzero((codes >= 0) & said.trusted)
    proba = np.pad(said.proba[head][rows], ((0, 0), (0, len(names) - len(known))))
    unscored = int((codes >= 0).sum() - len(rows))
    return Judged(names, rows, codes[rows], proba.argmax(axis=1), proba, unscored, len(known))


def scored(
    judgement: Judgement,
    counts: Mapping[str, Mapping[str, int]],
    plain: Mapping[str, list[str]],
    words: Lexicon,
) -> Metrics:
    """Measure every head, beside simpler ways.

    Parameters
    ----------
    judgement : Judgement
    counts : mapping of str to mapping
        For each head the rows of each label in training.
    plain : mapping of str to list of str
        What the plain model says, where there is one.
    words : Lexicon

    Returns
    -------
    dict of str to dict
    """
    metrics = {}
    for head, found in judgement.heads.items():
        known = found.names[: found.known]
        simpler = _baselines(judgement.comments.texts, head, known, counts[head], plain, words)
        scores = score_head(
            found.true,
            found.proba,
            found.names,
            baselines={name: encode(cells, found.names)[1][found.rows] for name, cells in simpler.items()},
            groups=judgement.groups_at(found.rows),
            unscored=found.unscored,
            seed=judgement.seed,
        )
        metrics[head] = head_metrics(scores)
    return metrics


def _baselines(
    texts: Sequence[str],
    head: str,
    labels: Sequence[str],
    counts: Mapping[str, int],
    plain: Mapping[str, list[str]],
    words: Lexicon,
) -> dict[str, list[str]]:
    found = {
        "majority": [majority(counts)] * len(texts),
        "keywords": keywords(texts, head, labels, words),
        "vader": vader(texts, labels, words),
        "plain": plain.get(head),
    }
    return {name: said for name, said in found.items() if said is not None}


def compared(judgement: Judgement, others: Mapping[str, Sequence[str | None]]) -> dict[str, dict[str, Any]]:
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
    for head in [head for head in judgement.heads if head in others]:
        names, kept, theirs = _both(judgement.heads[head], others[head])
        one = judgement.heads[head]
        groups = judgement.groups_at(one.rows[kept])
        scores = compare(one.true[kept], one.predicted[kept], theirs[kept], names, groups, judgement.seed)
        found[head] = compared_metrics(scores) | {"n": int(kept.sum())}
    return found


def _both(one: Judged, other: Sequence[str | None]) -> tuple[list[str], NDArray[np.bool_], NDArray[np.intp]]:
    cells = [other[row] or "" for row in one.rows]
    names = [*one.names, *sorted(set(cells).difference(one.names, [""]))]
    theirs = encode(cells, names)[1]
    return names, theirs >= 0, theirs


def parted(judgement: Judgement, others: Mapping[str, Sequence[str | None]]) -> list[dict[str, Any]]:
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
    for head in [head for head in judgement.heads if head in others]:
        one = judgement.heads[head]
        names, both, theirs = _both(one, others[head])
        for at in np.flatnonzero(both & (theirs != one.predicted)):
            about = _about(one, head, int(at))
            found.append({**about, "ours": about.pop("predicted"), "theirs": names[theirs[at]]})
    return _surest(found)


def shown(
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


def mistakes(judgement: Judgement) -> list[dict[str, Any]]:
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
    for head, one in judgement.heads.items():
        wrong = np.flatnonzero(one.true != one.predicted)
        surest = wrong[np.argsort(-one.proba[wrong].max(axis=1), kind="stable")][:SHOWN]
        found += [_about(one, head, int(at)) for at in surest]
    return _surest(found)


def _about(one: Judged, head: str, at: int) -> dict[str, Any]:
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
    return list(first.values())[:SHOWN]


def sliced(judgement: Judgement, words: Lexicon, columns: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
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
    texts = judgement.comments.texts
    targets = [head for head in BUNDLED if head in words.targets]
    slices = [*by_length(texts), *by_names(named_in(texts, words, targets), targets)]
    for name, cells in columns.items():
        slices += by_column(name, cells)
    found = [(each, _slice_heads(judgement, each)) for each in slices]
    return [
        {"by": each.by, "value": each.value, "n": int(each.inside.sum()), "heads": heads}
        for each, heads in found
        if heads
    ]


def _slice_heads(judgement: Judgement, part: Slice) -> dict[str, Any]:
    heads = {}
    for head, one in judgement.heads.items():
        groups, inside = judgement.groups_at(one.rows), part.inside[one.rows]
        scores = score_slice(one.true, one.predicted, len(one.names), inside, groups, judgement.seed)
        if scores is not None:
            heads[head] = slice_metrics(scores)
    return heads


def crossed(judgement: Judgement) -> dict[str, Any] | None:
    """Count the comments of each stance by their tone, by true and by predicted labels.

    Parameters
    ----------
    judgement : Judgement

    Returns
    -------
    dict or None
        None where one of the two heads is not there.
    """
    if not set(CROSSED) <= set(judgement.heads):
        return None
    down, across = (judgement.heads[head] for head in CROSSED)
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
