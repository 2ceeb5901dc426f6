"""Where the context features of the attitude model occur in texts, and what each occurrence weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import Texts, encode_utf8
from stance.features.kernels import contexts
from stance.features.kernels.context_numbers import CONTEXT_NUMBERS
from stance.model.attitude_model import AttitudeModel

NOWHERE = -1  # pattern and place of a context number, and of the bias


@dataclass(frozen=True)
class Occurrences:
    """F occurrences in N texts as seen from one target, text by text; a text that does not name it has none."""

    texts: NDArray[np.int64]  # (F,); number of the text, ascending
    columns: NDArray[np.int64]  # (F,); number of the feature, as in `context_names`
    values: NDArray[np.float64]  # (F,); occurrences of one feature in one text share its value equally
    patterns: NDArray[np.int64]  # (F,); as `contexts.write_context_features` writes them, or NOWHERE
    places: NDArray[np.int64]  # (F,); likewise: the token

    def of_text(self, text: int) -> Occurrences:
        """Return those of one text."""
        low, high = np.searchsorted(self.texts, [text, text + 1])
        return self._take(slice(low, high))

    def weigh(self, attitude_model: AttitudeModel, label_weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each adds to a weighted sum of the labels' logits, (F,); weights of shape (K,) or (F, K)."""
        return np.asarray(self.values * (label_weights * attitude_model.centered_weights[self.columns]).sum(axis=1))

    def _take(self, rows: slice | NDArray[np.intp]) -> Occurrences:
        return Occurrences(
            self.texts[rows], self.columns[rows], self.values[rows], self.patterns[rows], self.places[rows]
        )


def find_occurrences(
    attitude_model: AttitudeModel, texts: Texts, targets: Sequence[str], numbers: Sequence[int]
) -> list[Occurrences]:
    """Find the context features of texts in one pass, as seen from each of the targets of these numbers."""
    examples: contexts.Examples = contexts.extract_examples(
        *encode_utf8(texts), attitude_model.lexicon.compiled(tuple(targets)), np.array(numbers, np.int64)
    )
    every, width = np.arange(len(examples.ends)), len(attitude_model.names)
    rows = np.repeat(every, np.diff(examples.ends, prepend=0))
    columns = attitude_model.find_features(examples.hashes)
    known = np.flatnonzero(columns >= 0)
    rows, columns, patterns = rows[known], columns[known], examples.patterns[known].astype(np.int64)
    with_number, context_numbers = np.nonzero(examples.numbers)
    nowhere = np.full(len(with_number) + len(every), NOWHERE)
    all_rows = np.concatenate([rows, with_number, every])
    found = Occurrences(
        examples.texts[all_rows],
        np.concatenate([columns, width + context_numbers, np.full(len(every), width + len(CONTEXT_NUMBERS))]),
        np.concatenate(
            [
                _shared_tfidf(rows, columns, patterns, attitude_model.idf),
                examples.numbers[with_number, context_numbers],
                np.ones(len(every)),
            ]
        ),
        np.concatenate([patterns, nowhere]),
        np.concatenate([examples.places[known], nowhere]),
    )
    order = np.argsort(all_rows, kind="stable")  # examples are numbered text by text
    of_target = examples.targets[all_rows[order]]
    return [found._take(order[of_target == number]) for number in range(len(numbers))]


def _shared_tfidf(
    rows: NDArray[np.int64], columns: NDArray[np.int64], patterns: NDArray[np.int64], idf: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the TF-IDF of each feature, each family of unit length, over the number of its occurrences in the row."""
    families = rows * contexts.FAMILIES + np.maximum(patterns - contexts.AROUND + 1, 0)
    _, first, of_pair, counts = np.unique(
        rows * max(1, len(idf)) + columns, return_index=True, return_inverse=True, return_counts=True
    )
    logs = 1 + np.log(counts)
    squares = np.bincount(families[first], weights=(logs * idf[columns[first]]) ** 2)
    return np.asarray((logs / counts)[of_pair] / np.sqrt(squares[families]))
