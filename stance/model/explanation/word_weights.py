"""How much each word of a comment adds to a decision: what features add, shared among the words that they cover."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import encode_utf8
from stance.features.kernels import contexts
from stance.features.kernels.mentions import BEGIN, END, allocate_token_workspace, read_tokens
from stance.features.tfidf import KINDS
from stance.model.attitude_model import AttitudeModel
from stance.model.explanation.log_odds import attitude_weights
from stance.model.explanation.occurrences import occurrences
from stance.model.model import Model
from stance.settings import Settings

_WORD = re.compile(r"\S+")
_TOKEN = re.compile(r"\w\w+")


class WordWeights:
    """The words of one text, and what each adds.

    Parameters
    ----------
    model : Model
    text : str

    Attributes
    ----------
    spans : list of (int, int)
        Where each of W words begins and ends; white space parts them.

    Examples
    --------
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> shares = WordWeights(model, "they love it")
    >>> shares.spans, (shares.of("mood", 1, 0) > 0.1).tolist()
    ([(0, 4), (5, 9), (10, 12)], [False, True, True])
    """

    def __init__(self, model: Model, text: str) -> None:
        self.spans = [found.span() for found in _WORD.finditer(text)]
        self._model = model
        self._text = text
        self._columns, self._words, self._values = _ngrams(model, text)

    def of(self, head: str, chosen: int, other: int) -> NDArray[np.float64]:
        """Say how much each word adds to the log-odds of one label against another.

        Parameters
        ----------
        head : str
        chosen, other : int
            Numbers of labels.

        Returns
        -------
        ndarray of shape (W,)
            Pieces of words belong to their word; a pair of words to both in equal parts; what a target's head hears
            of its target to the words that it hears that by.
        """
        classifier, attitudes = self._model.classifiers[head], self._model.attitudes
        weights = classifier.weights.astype(np.float64)
        weights = (weights[chosen] - weights[other]) / classifier.temperature
        sums = np.asarray(np.bincount(self._words, self._values * weights[self._columns], len(self.spans)), float)
        if attitudes is None or head not in attitudes.targets:
            return sums
        of_labels = attitude_weights(self._model, head, np.array([chosen]), np.array([other]))
        return sums + _by_attitudes(attitudes, self._text, attitudes.targets.index(head), of_labels, self.spans)


def _ngrams(model: Model, text: str) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    _, indices, tfidf = model.features.matrix([text])
    value_of = dict(zip(indices.tolist(), tfidf.tolist(), strict=True))
    chunks, spots, before = _WORD.findall(text.lower()), [], 0
    for kind, found in zip(KINDS, (_terms(chunks, model.settings), _pieces(chunks, model.settings)), strict=True):
        vocabulary = model.features.terms[kind].vocabulary
        numbers = {term: column for column, term in enumerate(vocabulary, before)}
        spots += [(numbers[term], words) for term, words in found if term in numbers]
        before += len(vocabulary)
    times = Counter(column for column, _ in spots)
    parted = [
        (column, word, value_of[column] / times[column] / len(words)) for column, words in spots for word in words
    ]
    columns, words, values = zip(*parted, strict=True) if parted else ((), (), ())
    return np.array(columns, np.int64), np.array(words, np.int64), np.array(values, np.float64)


def _terms(chunks: Sequence[str], settings: Settings) -> Iterator[tuple[str, list[int]]]:
    tokens = [(token, number) for number, chunk in enumerate(chunks) for token in _TOKEN.findall(chunk)]
    low, high = settings.word_ngrams
    for first in range(len(tokens)):
        for last in range(first + low, min(first + high, len(tokens)) + 1):
            some = tokens[first:last]
            yield " ".join(token for token, _ in some), [number for _, number in some]


def _pieces(chunks: Sequence[str], settings: Settings) -> Iterator[tuple[str, list[int]]]:
    low, high = settings.char_ngrams
    for number, chunk in enumerate(chunks):
        padded = f" {chunk} "
        least = min(low, len(padded))
        for first in range(len(padded) - least + 1):
            for last in range(first + least, min(first + high, len(padded)) + 1):
                yield padded[first:last], [number]


def _by_attitudes(
    attitudes: AttitudeModel, text: str, target: int, of_labels: NDArray[np.float64], spans: Sequence[tuple[int, int]]
) -> NDArray[np.float64]:
    found = occurrences(attitudes, [text], attitudes.targets, target)
    words = _words_of_tokens(attitudes, text, spans)
    sums = np.zeros(len(spans))
    for pattern, place, weight in zip(found.patterns, found.places, found.weigh(attitudes, of_labels), strict=True):
        spots = [place] if place >= 0 else []
        if 0 <= pattern < contexts.AROUND:
            spots += [place + offset for offset in contexts.OFFSETS[pattern] if offset]
        covered = [word for spot in spots if 0 <= spot < len(words) for word in words[spot]]
        np.add.at(sums, covered, weight / max(1, len(covered)))
    return sums


def _words_of_tokens(attitudes: AttitudeModel, text: str, spans: Sequence[tuple[int, int]]) -> list[list[int]]:
    raw, offsets = encode_utf8([text])
    workspace = allocate_token_workspace(offsets)
    n = read_tokens(raw, offsets[0], offsets[1], attitudes.lexicon.compiled(attitudes.targets), workspace)
    begins, ends = np.array(spans, np.int64).reshape(-1, 2).T
    firsts = np.searchsorted(ends, workspace.tokens[:n, BEGIN] - 1, side="right")
    lasts = np.searchsorted(begins, workspace.tokens[:n, END] - 1, side="left")
    return [list(range(first, last)) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
