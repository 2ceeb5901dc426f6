"""Probabilities to labels, confidence and status, and the columns that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance.model.labels import Labels, StringColumn

OK, EMPTY, NO_KNOWN_WORDS, UNSUPPORTED_SCRIPT, LOW_CONFIDENCE = STATUSES = (
    "ok", "empty", "no_known_words", "unsupported_script", "low_confidence"
)  # fmt: skip
DECIMALS = 6  # of a probability in a table: finer than any score that can be measured
Column = list[str | None] | NDArray[np.float64]
CodedColumn = Labels | StringColumn | NDArray[np.float64]


@dataclass(frozen=True)
class Predictions:
    """Probabilities, statuses and labels of N comments.

    Parameters
    ----------
    labels : dict of str to tuple of str
        Names of the K labels of each head.
    proba : dict of str to ndarray of shape (N, K)
        Probabilities of the labels of each head.
    status : ndarray of shape (N,)
        Positions in `STATUSES`: `ok`, or why no label can be trusted.
    min_confidence : float
        Confidence, 0 to 1, below which a head gives no label.
    reasons : mapping of str to StringColumn
        The largest parts of each head's decision as text, if they were asked for.
    """

    labels: dict[str, tuple[str, ...]]
    proba: dict[str, NDArray[np.float64]]
    status: NDArray[np.intp]
    min_confidence: float = 0.0
    reasons: Mapping[str, StringColumn] = field(default_factory=dict)

    def abstain_below(self, min_confidence: float) -> Predictions:
        """Return the same without labels of low confidence; comments without any get the status `low_confidence`.

        >>> proba = np.array([[0.25, 0.75], [0.5, 0.5]])
        >>> predictions = Predictions({"mood": ("bad", "good")}, {"mood": proba}, np.zeros(2, int)).abstain_below(0.7)
        >>> predictions.columns([])["mood"], predictions.columns([])["status"]
        (['good', None], ['ok', 'low_confidence'])
        """
        highest = np.max([proba.max(axis=1) for proba in self.proba.values()], axis=0)
        is_low = self.is_ok & (highest.round(DECIMALS) < min_confidence)
        status = np.where(is_low, STATUSES.index(LOW_CONFIDENCE), self.status)
        return replace(self, status=status, min_confidence=min_confidence)

    @cached_property
    def is_ok(self) -> NDArray[np.bool_]:
        """Whether the status of each comment is `ok`; (N,)."""
        return np.asarray(self.status == STATUSES.index(OK))

    @cached_property
    def codes(self) -> dict[str, NDArray[np.intp]]:
        """Code of the most probable label for each head, (N,); -1 for no label."""
        return {
            head: np.where(
                self.is_ok & (proba.max(axis=1).round(DECIMALS) >= self.min_confidence), proba.argmax(axis=1), -1
            )
            for head, proba in self.proba.items()
        }

    def counts(self, head: str) -> dict[str, int]:
        """Count the comments of each label of a head."""
        names = self.labels[head]
        return dict(zip(names, np.bincount(self.codes[head] + 1, minlength=len(names) + 1)[1:].tolist(), strict=True))

    def status_counts(self) -> dict[str, int]:
        """Count the comments of each status."""
        return dict(zip(STATUSES, np.bincount(self.status, minlength=len(STATUSES)).tolist(), strict=True))

    def label(self, head: str) -> list[str | None]:
        """Return the label of each comment under a head, None for no label."""
        return Labels(self.labels[head], self.codes[head]).to_list()

    def columns(self, taken: Collection[str], probabilities: bool = False) -> dict[str, Column]:
        """Return result columns: label, confidence, probabilities if asked for, reasons if any, for each head; status.

        A name in `taken` (the input's columns) gets `_predicted` after it. Comments without a label have None, those of
        which nothing is known nan as well.

        >>> predictions = Predictions({"mood": ("bad", "good")}, {"mood": np.array([[0.25, 0.75]])}, np.array([0]))
        >>> predictions.columns(["mood"])
        {'mood_predicted': ['good'], 'mood_confidence': array([0.75]), 'status': ['ok']}
        """
        coded = self.coded_columns(taken, probabilities)
        return {name: values if isinstance(values, np.ndarray) else values.to_list() for name, values in coded.items()}

    def coded_columns(self, taken: Collection[str], probabilities: bool) -> dict[str, CodedColumn]:
        """Return the result columns as `columns` does, labels as codes and reasons as bytes."""
        columns: dict[str, CodedColumn] = {}
        for head, names in self.labels.items():
            proba = self._rounded_proba(head)
            columns[head] = Labels(names, self.codes[head])
            columns[f"{head}_confidence"] = proba.max(axis=0)
            if probabilities:
                columns.update((f"{head}_p_{name}", values) for name, values in zip(names, proba, strict=True))
            if head in self.reasons:
                columns[f"{head}_reasons"] = replace(self.reasons[head], valid=self.codes[head] >= 0)
        columns["status"] = Labels(STATUSES, self.status)
        return {f"{name}_predicted" if name in taken else name: values for name, values in columns.items()}

    def _rounded_proba(self, head: str) -> NDArray[np.float64]:
        """Round probabilities for a table; (K, N), nan where nothing is known of a comment."""
        proba = self.proba[head].T.copy().round(DECIMALS)
        proba[:, ~self.is_ok & (self.status != STATUSES.index(LOW_CONFIDENCE))] = np.nan
        return proba


def duplicate_columns(heads: Iterable[str]) -> list[str]:
    """Return the names that two result columns of these heads would have.

    >>> duplicate_columns(["iran", "iran", "status"])
    ['iran', 'iran_confidence', 'iran_reasons', 'status']
    """
    names = Counter(["status", *(f"{head}{suffix}" for head in heads for suffix in ("", "_confidence", "_reasons"))])
    return sorted(name for name, times in names.items() if times > 1)


def encode_statuses(n_known: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return positions in `STATUSES`, (N,), for the numbers of known features that `Features.logits` returns.

    >>> [STATUSES[code] for code in encode_statuses(np.array([2, -1, 0, -2]))]
    ['ok', 'empty', 'no_known_words', 'unsupported_script']
    """
    by_number = [STATUSES.index(status) for status in (NO_KNOWN_WORDS, OK, UNSUPPORTED_SCRIPT, EMPTY)]
    return np.array(by_number)[np.minimum(n_known, 1)]  # -2 and -1 are the last two
