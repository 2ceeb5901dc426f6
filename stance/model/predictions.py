"""Probabilities to labels, confidence and status, and the columns that show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance.model.labels import Labels, StringColumn

Column = list[str | None] | NDArray[np.float64]
OK, EMPTY, NO_KNOWN_WORDS, UNSUPPORTED_SCRIPT, LOW_CONFIDENCE = STATUSES = (
    "ok", "empty", "no_known_words", "unsupported_script", "low_confidence"
)  # fmt: skip
DECIMALS = 6  # of a probability in a table: finer than any figure that can be measured
Coded = Labels | StringColumn | NDArray[np.float64]


@dataclass(frozen=True)
class Predictions:
    """What a model says of N comments.

    Parameters
    ----------
    labels : dict of str to tuple of str
        The K labels of each head.
    proba : dict of str to ndarray of shape (N, K)
        Their probabilities.
    status : ndarray of shape (N,)
        Numbers in `STATUSES`: `ok`, or why no label can be trusted.
    least : float
        Confidence, 0 to 1, below which a head gives no label.
    reasons : mapping of str to Told
        What moved the decision of each head, if that was asked for.
    """

    labels: dict[str, tuple[str, ...]]
    proba: dict[str, NDArray[np.float64]]
    status: NDArray[np.intp]
    least: float = 0.0
    reasons: Mapping[str, StringColumn] = field(default_factory=dict)

    def abstain_below(self, least: float) -> Predictions:
        """Give no label where the confidence is low.

        Parameters
        ----------
        least : float
            Confidence, 0 to 1. A comment to which no head gives a label gets the status `low_confidence`.

        Returns
        -------
        Predictions

        Examples
        --------
        >>> proba = np.array([[0.25, 0.75], [0.5, 0.5]])
        >>> said = Predictions({"mood": ("bad", "good")}, {"mood": proba}, np.zeros(2, int))
        >>> said.abstain_below(0.7).columns([])["mood"], said.abstain_below(0.7).columns([])["status"]
        (['good', None], ['ok', 'low_confidence'])
        """
        most = np.max([proba.max(axis=1) for proba in self.proba.values()], axis=0)
        is_low = self.is_ok & (most.round(DECIMALS) < least)
        return replace(self, status=np.where(is_low, STATUSES.index(LOW_CONFIDENCE), self.status), least=least)

    @cached_property
    def is_ok(self) -> NDArray[np.bool_]:
        """For N comments whether the status is `ok`."""
        return np.asarray(self.status == STATUSES.index(OK))

    @cached_property
    def codes(self) -> dict[str, NDArray[np.intp]]:
        """For each head N numbers of the likeliest label, -1 where there is none."""
        return {
            head: np.where(self.is_ok & (proba.max(axis=1).round(DECIMALS) >= self.least), proba.argmax(axis=1), -1)
            for head, proba in self.proba.items()
        }

    def counts(self, head: str) -> dict[str, int]:
        """Count the rows of each label of a head.

        Parameters
        ----------
        head : str

        Returns
        -------
        dict of str to int
        """
        names = self.labels[head]
        return dict(zip(names, np.bincount(self.codes[head] + 1, minlength=len(names) + 1)[1:].tolist(), strict=True))

    def status_counts(self) -> dict[str, int]:
        """Count the rows of each status.

        Returns
        -------
        dict of str to int
        """
        return dict(zip(STATUSES, np.bincount(self.status, minlength=len(STATUSES)).tolist(), strict=True))

    def label(self, head: str) -> list[str | None]:
        """Give the likeliest label of every comment.

        Parameters
        ----------
        head : str

        Returns
        -------
        list of str or None
            None where the status is not `ok`.
        """
        return Labels(self.labels[head], self.codes[head]).to_list()

    def columns(self, taken: Collection[str], probabilities: bool = False) -> dict[str, Column]:
        """Give the columns to put beside those of the input.

        Parameters
        ----------
        taken : collection of str
            Names of the input's columns; an output column of such a name gets `_predicted` after it.
        probabilities : bool
            Whether to give the probability of every label.

        Returns
        -------
        dict of str to list or ndarray
            For every head its label and confidence, with `probabilities` one column for each label, and its reasons if
            there are any; then the status. Rows without a label hold None, and nan where nothing is known of them.

        Examples
        --------
        >>> said = Predictions({"mood": ("bad", "good")}, {"mood": np.array([[0.25, 0.75]])}, np.array([0]))
        >>> said.columns(["mood"])
        {'mood_predicted': ['good'], 'mood_confidence': array([0.75]), 'status': ['ok']}
        """
        coded = self.coded_columns(taken, probabilities)
        return {name: values if isinstance(values, np.ndarray) else values.to_list() for name, values in coded.items()}

    def coded_columns(self, taken: Collection[str], probabilities: bool) -> dict[str, Coded]:
        """Give the columns to put beside those of the input, labels as numbers.

        Parameters
        ----------
        taken, probabilities
            As for `columns`.

        Returns
        -------
        dict of str to Labels, Told or ndarray
        """
        columns: dict[str, Coded] = {}
        for head, names in self.labels.items():
            shown = self._shown(head)
            columns[head] = Labels(names, self.codes[head])
            columns[f"{head}_confidence"] = shown.max(axis=0)
            if probabilities:
                columns.update((f"{head}_p_{name}", values) for name, values in zip(names, shown, strict=True))
            if head in self.reasons:
                columns[f"{head}_reasons"] = replace(self.reasons[head], given=self.codes[head] >= 0)
        columns["status"] = Labels(STATUSES, self.status)
        return {f"{name}_predicted" if name in taken else name: values for name, values in columns.items()}

    def _shown(self, head: str) -> NDArray[np.float64]:
        shown = self.proba[head].T.copy().round(DECIMALS)
        shown[:, ~self.is_ok & (self.status != STATUSES.index(LOW_CONFIDENCE))] = np.nan
        return shown


def duplicate_columns(heads: Iterable[str]) -> list[str]:
    """Name the columns that would be written twice.

    Parameters
    ----------
    heads : iterable of str

    Returns
    -------
    list of str

    Examples
    --------
    >>> duplicate_columns(["iran", "iran", "status"])
    ['iran', 'iran_confidence', 'iran_reasons', 'status']
    """
    names = Counter(["status", *(f"{head}{more}" for head in heads for more in ("", "_confidence", "_reasons"))])
    return sorted(name for name, times in names.items() if times > 1)


def encode_statuses(known: NDArray[np.int64]) -> NDArray[np.intp]:
    """Say of comments whether they can be labelled.

    Parameters
    ----------
    known : ndarray of shape (N,)
        Number of features of each that the model knows; -1 for one that shows nothing, -2 for one of other letters.

    Returns
    -------
    ndarray of shape (N,)
        Numbers in `STATUSES`.

    Examples
    --------
    >>> [STATUSES[code] for code in encode_statuses(np.array([2, -1, 0, -2]))]
    ['ok', 'empty', 'no_known_words', 'unsupported_script']
    """
    told = [STATUSES.index(status) for status in (NO_KNOWN_WORDS, OK, UNSUPPORTED_SCRIPT, EMPTY)]
    return np.array(told)[np.minimum(known, 1)]  # -2 and -1 are the last two
