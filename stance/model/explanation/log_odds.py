"""Why a head decided as it did: the log-odds of one label against another, as a sum of named parts.

The model is linear, so nothing is estimated and nothing left over: each n-gram and each stacked feature adds its value
times the difference of two weights to ln(p_chosen / p_other).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.tfidf import KINDS
from stance.model.explanation.occurrences import Occurrences, find_occurrences
from stance.model.explanation.part_names import CLIPPED, INTERCEPT, context_name, ngram_name, stacked_names
from stance.model.model import Model, ScoredBatch
from stance.model.stacked_features import MAX_LOG_ODDS
from stance.strings import listed

Part: TypeAlias = tuple[str, float]


class Contrast(NamedTuple):
    """What is to be explained of a text: why a head gives it one label rather than another."""

    head: str
    row: int
    chosen: str | None = None  # by default the most probable label
    other: str | None = None  # by default the most probable one but for the chosen


class Ngrams(NamedTuple):
    """The known n-grams of one text."""

    columns: NDArray[np.int64]  # (F,)
    values: NDArray[np.float64]  # (F,); TF-IDF, of unit length for words and for characters
    names: list[str]


class LogOdds:
    """Log-odds between labels of N scored texts; what they rest on is found once, for all heads."""

    def __init__(self, model: Model, scored: ScoredBatch) -> None:
        self.model = model
        self.scored = scored

    @cached_property
    def ngrams(self) -> list[Ngrams]:
        """N-grams of each text."""
        features, counts, n_words = self.model.features, self.scored.counts, len(self.model.features.terms["word"].idf)
        names: dict[int, str] = {}
        found = []
        for low, high in pairwise([0, *counts.ends.tolist()]):
            numbers = counts.features[low:high]
            columns, values = features.order[numbers], features.lookup.idf[numbers]
            values *= 1 + np.log(counts.counts[low:high])
            for kind in (columns < n_words, columns >= n_words):
                values[kind] /= np.sqrt((values[kind] ** 2).sum())
            names |= {column: ngram_name(self.model, column) for column in columns.tolist() if column not in names}
            found.append(Ngrams(columns, values, [names[column] for column in columns.tolist()]))
        return found

    @cached_property
    def occurrences(self) -> dict[str, Occurrences]:
        """Occurrences of context features, by the target that has a head."""
        attitude_model = self.model.attitude_model
        if attitude_model is None:
            return {}
        targets = attitude_model.targets
        found = find_occurrences(attitude_model, self.scored.texts, targets, range(len(targets)))
        return dict(zip(targets, found, strict=True))

    def decompose(self, contrasts: Sequence[Contrast]) -> list[list[Part]]:
        """Return the parts of each contrast; OptionError if the model lacks a head or a label."""
        check_contrasts(self.model, contrasts)
        return [self.parts(contrast.row, contrast.head, *self.codes(contrast)) for contrast in contrasts]

    def parts(self, row: int, head: str, chosen: int, other: int) -> list[Part]:
        """Return the parts of ln(p_chosen / p_other) that are not 0, the largest first; labels are codes."""
        classifier = self.model.classifiers[head]
        bias = classifier.bias.astype(np.float64) / classifier.temperature
        parts = [*self._ngram_parts(row, head, chosen, other), *self.stacked_parts(row, head, chosen, other)]
        return largest_first([*parts, (INTERCEPT, float(bias[chosen] - bias[other]))])

    def logit_weights(self, head: str, chosen: int, other: int) -> NDArray[np.float64]:
        """Return what each logit of the attitude model, if not clipped, adds to a target head's log-odds; (K,)."""
        scale = self.model.settings.target_scale / self.model.classifiers[head].temperature
        return self._stacked_differences(head, chosen, other)[: len(self.model.labels[head])] * scale

    def codes(self, contrast: Contrast) -> tuple[int, int]:
        """Return the codes of the two labels of a contrast."""
        names, proba = self.model.labels[contrast.head], self.scored.proba[contrast.head][contrast.row].copy()
        chosen = int(proba.argmax()) if contrast.chosen is None else names.index(contrast.chosen)
        proba[chosen] = -1
        return chosen, int(proba.argmax()) if contrast.other is None else names.index(contrast.other)

    def _ngram_parts(self, row: int, head: str, chosen: int, other: int) -> list[Part]:
        classifier, ngrams = self.model.classifiers[head], self.ngrams[row]
        weights = classifier.weights[:, ngrams.columns].astype(np.float64)
        parts = ngrams.values * (weights[chosen] - weights[other]) / classifier.temperature
        return list(zip(ngrams.names, parts.tolist(), strict=True))

    def stacked_parts(self, row: int, head: str, chosen: int, other: int) -> list[Part]:
        """Return the parts of stacked features, those of a target's own head as its context features."""
        differences = self._stacked_differences(head, chosen, other) / self.model.classifiers[head].temperature
        values = self.scored.stacked_features[head][row] * differences
        parts = list(zip(stacked_names(self.model, head), values.tolist(), strict=True))
        if head not in self.occurrences:
            return parts
        return [*self._context_parts(row, head, chosen, other), *parts[len(self.model.labels[head]) :]]

    def _context_parts(self, row: int, head: str, chosen: int, other: int) -> list[Part]:
        attitude_model, attitudes = self.model.attitude_model, self.scored.attitudes
        if attitude_model is None or attitudes is None:
            return []
        found, weights = self.occurrences[head].of_text(row), self.logit_weights(head, chosen, other)
        columns, of_column = np.unique(found.columns, return_inverse=True)
        sums = np.bincount(of_column, found.weigh(attitude_model, weights), len(columns)).tolist()
        names = [context_name(attitude_model, head, column) for column in columns.tolist()]
        logits = attitudes.logits[row, attitude_model.targets.index(head)]
        clipped = (weights * (np.clip(logits, -MAX_LOG_ODDS, MAX_LOG_ODDS) - logits)).sum()
        return [*zip(names, sums, strict=True), (CLIPPED, float(clipped))]

    def _stacked_differences(self, head: str, chosen: int, other: int) -> NDArray[np.float64]:
        weights = self.model.classifiers[head].stacked_weights
        return np.zeros(0) if weights is None else np.asarray(weights[chosen].astype(np.float64) - weights[other])


def decompose_log_odds(
    model: Model,
    scored: ScoredBatch,
    head: str,
    chosen: str | Sequence[str] | None = None,
    other: str | Sequence[str] | None = None,
) -> list[list[Part]]:
    """Decompose ln(p_chosen / p_other) of each of N texts into named parts, the largest first; those of 0 are left out.

    Labels are one for all texts or N, with the defaults of `Contrast`. A part above 0 speaks for the chosen label; the
    parts add up to the log-odds, to 1e-6. What the attitude model says in a target's head is given as its context
    features, such as `our T` (T: the target). Raises OptionError if the model lacks the head or a label.

    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> scored = model.score(["they love it"])
    >>> [parts] = decompose_log_odds(model, scored, "mood")
    >>> p_bad, p_good = scored.proba["mood"][0]
    >>> bool(abs(sum(weight for _, weight in parts) - np.log(p_good / p_bad)) < 1e-6)
    True
    """
    check_head(model, head)
    pairs = zip(*(_for_each(labels, len(scored.texts)) for labels in (chosen, other)), strict=True)
    return LogOdds(model, scored).decompose([Contrast(head, row, *pair) for row, pair in enumerate(pairs)])


def score_contrasts(
    model: Model, texts: Sequence[str], contrasts: Sequence[Contrast]
) -> tuple[LogOdds, list[Contrast]]:
    """Score the texts of contrasts, each once; return their log-odds, and the contrasts with their rows there."""
    rows = sorted({contrast.row for contrast in contrasts})
    place_of = {row: place for place, row in enumerate(rows)}
    log_odds = LogOdds(model, model.score([texts[row] for row in rows]))
    return log_odds, [contrast._replace(row=place_of[contrast.row]) for contrast in contrasts]


def top_features(model: Model, head: str, n: int) -> dict[str, list[Part]]:
    """Return name and weight of the n heaviest n-grams and stacked features for each label of a head, heaviest first.

    A weight is the label's less the mean over all labels; those of n-grams are times idf, so that common and rare ones
    compare. Raises OptionError if the model lacks the head.
    """
    check_head(model, head)
    classifier = model.classifiers[head]
    idf = np.concatenate([model.features.terms[kind].idf for kind in KINDS])
    weights = classifier.weights.astype(np.float64) * idf
    if classifier.stacked_weights is not None:
        weights = np.hstack([weights, classifier.stacked_weights])
    weights -= weights.mean(axis=0)
    stacked = stacked_names(model, head)
    found = {}
    for label, row in zip(classifier.labels, weights, strict=True):
        top = np.argsort(-row, kind="stable")[:n].tolist()
        names = [ngram_name(model, column) if column < len(idf) else stacked[column - len(idf)] for column in top]
        found[label] = list(zip(names, row[top].tolist(), strict=True))
    return found


def check_head(model: Model, head: str) -> None:
    """Raise OptionError if the model has no such head."""
    if head not in model.classifiers:
        raise OptionError(f"no head {head!r}; the model has {listed(list(model.classifiers))}")


def check_contrasts(model: Model, contrasts: Sequence[Contrast]) -> None:
    """Raise OptionError if the model lacks a head of theirs, or the head a label."""
    for head in dict.fromkeys(contrast.head for contrast in contrasts):
        check_head(model, head)
        asked = {label for each in contrasts if each.head == head for label in (each.chosen, each.other) if label}
        if unknown := sorted(asked - {*model.labels[head]}):
            raise OptionError(f"head {head} has no label {listed(unknown)}; it has {listed(model.labels[head])}")


def top_two(proba: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the codes of the most and the second most probable label of each row of (N, K); (N,), (N,).

    >>> [codes.tolist() for codes in top_two(np.array([[0.1, 0.6, 0.3]]))]
    [[1], [2]]
    """
    first, rest = proba.argmax(axis=1), proba.copy()
    rest[np.arange(len(rest)), first] = -1
    return first, rest.argmax(axis=1)


def largest_first(parts: Sequence[Part]) -> list[Part]:
    """Sort parts by size, without those that are 0.

    >>> largest_first([("a", 0.1), ("b", -2.0), ("c", 0.0)])
    [('b', -2.0), ('a', 0.1)]
    """
    return sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))


def _for_each(labels: str | Sequence[str] | None, n: int) -> Sequence[str | None]:
    return [labels] * n if labels is None or isinstance(labels, str) else labels
