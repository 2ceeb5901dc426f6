"""Where the features of the model of attitudes stand in texts, and what each says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import Texts, encode_utf8
from stance.features.kernels import contexts
from stance.features.kernels.context_numbers import CONTEXT_NUMBERS
from stance.model.attitude_model import AttitudeModel
from stance.strings import printable

NOWHERE = -1  # pattern and place of a number, and of the bias
_SIDES = {"+": "good words", "-": "bad words"}
_REGIONS = {
    "text": "in the text", "clause": "in the clause of T", "sentence": "in the sentence of T", "before": "before T",
    "behind": "behind T", "own": "of T", "others": "of others", "alone": "where only T is named",
}  # fmt: skip
_NUMBERS = {
    "alone": "only T is named", "first": "T is named first", "last": "T is named last", "mentions": "mentions of T",
    "share": "T's share of names", "targets": "number of countries named", "we, alone": "'we' where only T is named",
    "we": "'we' beside others", "you, alone": "'you' where only T is named", "you": "'you' beside others",
}  # fmt: skip


@dataclass(frozen=True)
class Occurrences:
    """F occurrences of features in N texts, seen from one target; texts that do not name it have none.

    Parameters
    ----------
    texts : ndarray of shape (F,)
        Number of the text.
    columns : ndarray of shape (F,)
        Number of the feature among `names_of`.
    values : ndarray of shape (F,)
        The occurrences of one feature in one text share its value in equal parts.
    patterns, places : ndarray of shape (F,)
        As `toward.describe` writes them; NOWHERE for what has no place.
    """

    texts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    patterns: NDArray[np.int64]
    places: NDArray[np.int64]

    def weigh(self, attitudes: AttitudeModel, of_labels: NDArray[np.float64]) -> NDArray[np.float64]:
        """Say how much each adds to a sum of the labels' log-odds.

        Parameters
        ----------
        attitudes : Attitudes
        of_labels : ndarray of shape (N, K)
            What a log-odd of each label counts for.

        Returns
        -------
        ndarray of shape (F,)
        """
        of_features = (attitudes.weights * attitudes.idf).astype(np.float64)
        weights = np.hstack([of_features, attitudes.numbers, attitudes.bias[:, None]])
        centred = weights - weights.mean(axis=0)
        return np.asarray(self.values * (of_labels[self.texts] * centred.T[self.columns]).sum(axis=1))


def names_of(attitudes: AttitudeModel, target: str) -> list[str]:
    """Name all features, as `Occurrences` number them.

    Parameters
    ----------
    attitudes : Attitudes
    target : str

    Returns
    -------
    list of str
        V features, the numbers, and the bias.

    Examples
    --------
    >>> from stance.features.lexicon import Lexicon
    >>> names_of(AttitudeModel.without_targets(Lexicon.bundled()), "iran")[-3:]
    ["'you' where only T is named", "'you' beside others", '(where iran is named)']
    """
    numbers = [_NUMBERS.get(name) or f"{_SIDES[name[-1]]} {_REGIONS[name[:-1]]}" for name in CONTEXT_NUMBERS]
    return [*map(printable, attitudes.names), *numbers, f"(where {target} is named)"]


def unnamed_name(target: str) -> str:
    """Name what stands for all features where a text does not name a target.

    Parameters
    ----------
    target : str

    Returns
    -------
    str
    """
    return f"(where {target} is not named)"


def occurrences(attitudes: AttitudeModel, texts: Texts, targets: Sequence[str], number: int) -> Occurrences:
    """Look for the features of texts as seen from one target.

    Parameters
    ----------
    attitudes : Attitudes
    texts : sequence of str, or Arrow strings
        N comments.
    targets : sequence of str
        Names of targets of the lexicon.
    number : int
        Which of them.

    Returns
    -------
    Occurrences
    """
    found: contexts.Examples = contexts.extract_examples(
        *encode_utf8(texts), attitudes.lexicon.compiled(targets), np.array([number])
    )
    examples = np.repeat(np.arange(len(found.ends)), np.diff(found.ends, prepend=0))
    columns = _columns(found.hashes, attitudes.hashes)
    kept = np.flatnonzero(columns >= 0)
    examples, columns, patterns = examples[kept], columns[kept], found.patterns[kept].astype(np.int64)
    measured, numbers = np.nonzero(found.numbers)
    every, width = np.arange(len(found.ends)), len(attitudes.names)
    nowhere = np.full(len(measured) + len(every), NOWHERE)
    return Occurrences(
        found.texts[np.concatenate([examples, measured, every])],
        np.concatenate([columns, width + numbers, np.full(len(every), width + len(CONTEXT_NUMBERS))]),
        np.concatenate(
            [_values(examples, columns, patterns, attitudes.idf), found.numbers[measured, numbers], every * 0 + 1]
        ),
        np.concatenate([patterns, nowhere]),
        np.concatenate([found.places[kept], nowhere]),
    )


def _columns(sought: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.int64]:
    if not len(known):
        return np.full(len(sought), -1)
    order = np.argsort(known)
    places = np.minimum(np.searchsorted(known, sought, sorter=order), len(known) - 1)
    return np.where(known[order[places]] == sought, order[places], -1)


def _values(
    examples: NDArray[np.int64], columns: NDArray[np.int64], patterns: NDArray[np.int64], idf: NDArray[np.float32]
) -> NDArray[np.float64]:
    families = examples * contexts.FAMILIES + np.maximum(patterns - contexts.AROUND + 1, 0)
    _, first, of_pair, counts = np.unique(
        examples * max(1, len(idf)) + columns, return_index=True, return_inverse=True, return_counts=True
    )
    logs = 1 + np.log(counts)
    squares = np.bincount(families[first], weights=(logs * idf[columns[first]]) ** 2)
    return np.asarray((logs / counts)[of_pair] / np.sqrt(squares[families]))
