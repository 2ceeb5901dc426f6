"""How much each word of a comment adds to a decision: the parts, shared among the words that they cover."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from stance.features.characters import encode_utf8
from stance.features.kernels import contexts
from stance.features.kernels.mentions import BEGIN, END, allocate_token_workspace, read_tokens
from stance.features.tfidf import KINDS
from stance.model.explanation.log_odds import LogOdds
from stance.model.explanation.occurrences import Occurrences
from stance.settings import Settings

_TOKEN = re.compile(r"\S+")  # a whitespace token: a word of the comment, as it is shown
_WORD = re.compile(r"\w\w+")  # as scikit-learn's TfidfVectorizer cuts words
_OFFSETS = [[offset for offset in offsets if offset] for offsets in contexts.OFFSETS.tolist()]


class WordWeights:
    """The W words of one scored text, and what each adds to log-odds.

    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> weights = WordWeights(LogOdds(model, model.score(["they love it"])))
    >>> weights.spans, (weights.of("mood", 1, 0) > 0.1).tolist()
    ([(0, 4), (5, 9), (10, 12)], [False, True, True])
    """

    def __init__(self, log_odds: LogOdds, row: int = 0) -> None:
        self._log_odds = log_odds
        self.row = row
        self._text: str = log_odds.scored.texts[row]
        self.spans = [match.span() for match in _TOKEN.finditer(self._text)]  # of words, which white space separates

    def of(self, head: str, chosen: int, other: int) -> NDArray[np.float64]:
        """Return what each word adds to the log-odds of one label (a code) against another, (W,).

        A character n-gram counts for its word, a pair of words for both equally, a context feature for the words that
        it consists of.
        """
        classifier = self._log_odds.model.classifiers[head]
        columns, words, values = self._ngram_shares
        weights = classifier.weights[:, columns].astype(np.float64)
        parts = values * ((weights[chosen] - weights[other]) / classifier.temperature)
        sums = np.asarray(np.bincount(words, parts, len(self.spans)), float)
        return sums + self._context_sums(head, chosen, other)

    @cached_property
    def _ngram_shares(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Column, word and value of each n-gram in each word; all places of an n-gram share its value equally."""
        ngrams, found = self._log_odds.ngrams[self.row], list(self._find_ngrams())
        times = Counter(ngram for ngram, _ in found)
        shares = [(ngram, word, 1 / times[ngram] / len(words)) for ngram, words in found for word in words]
        numbers, words, parts = zip(*shares, strict=True) if shares else ((), (), ())
        order = np.array(numbers, np.int64)
        return ngrams.columns[order], np.array(words, np.int64), ngrams.values[order] * np.array(parts, np.float64)

    def _find_ngrams(self) -> Iterator[tuple[int, list[int]]]:
        """Yield each place of a known n-gram: its number among those of the text, and the words it stands in."""
        model, tokens = self._log_odds.model, _TOKEN.findall(self._text.lower())
        columns, before = self._log_odds.ngrams[self.row].columns.tolist(), 0
        for kind, cut in zip(KINDS, (_word_ngrams, _char_ngrams), strict=True):
            terms = model.features.terms[kind].vocabulary
            numbers = {
                terms[column - before]: number
                for number, column in enumerate(columns)
                if before <= column < before + len(terms)
            }
            yield from ((numbers[ngram], words) for ngram, words in cut(tokens, model.settings) if ngram in numbers)
            before += len(terms)

    def _context_sums(self, head: str, chosen: int, other: int) -> NDArray[np.float64]:
        attitude_model = self._log_odds.model.attitude_model
        if attitude_model is None or head not in self._log_odds.occurrences:
            return np.zeros(len(self.spans))
        found = self._log_odds.occurrences[head].of_text(self.row)
        return self.of_occurrences(found, self._log_odds.logit_weights(head, chosen, other))

    def of_occurrences(self, found: Occurrences, label_weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what each word adds to a weighted sum of a target's logits, (W,)."""
        attitude_model = self._log_odds.model.attitude_model
        assert attitude_model is not None
        weights = found.weigh(attitude_model, label_weights).tolist()
        words: list[int] = []
        shares: list[float] = []
        for pattern, place, weight in zip(found.patterns.tolist(), found.places.tolist(), weights, strict=True):
            tokens = [token for token in _tokens_of(pattern, place) if 0 <= token < len(self._words_of_tokens)]
            covered = [word for token in tokens for word in self._words_of_tokens[token]]
            words += covered
            shares += [weight / max(1, len(covered))] * len(covered)
        return np.asarray(np.bincount(np.array(words, np.int64), shares, len(self.spans)), float)

    @cached_property
    def _words_of_tokens(self) -> list[range]:
        """Words that each token of the attitude model stands in."""
        attitude_model = self._log_odds.model.attitude_model
        if attitude_model is None:
            return []
        raw, offsets = encode_utf8([self._text])
        workspace = allocate_token_workspace(offsets)
        lexicon = attitude_model.lexicon.compiled(attitude_model.targets)
        n = read_tokens(raw, offsets[0], offsets[1], lexicon, workspace)
        begins, ends = np.array(self.spans, np.int64).reshape(-1, 2).T
        firsts = np.searchsorted(ends, workspace.tokens[:n, BEGIN] - 1, side="right")
        lasts = np.searchsorted(begins, workspace.tokens[:n, END] - 1, side="left")
        return [range(first, last) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]


def _word_ngrams(tokens: Sequence[str], settings: Settings) -> Iterator[tuple[str, list[int]]]:
    """Yield the word n-grams of whitespace tokens, with the numbers of the tokens that each stands in."""
    words = [(word, number) for number, token in enumerate(tokens) for word in _WORD.findall(token)]
    shortest, longest = settings.word_ngrams
    for first in range(len(words)):
        for last in range(first + shortest, min(first + longest, len(words)) + 1):
            ngram = words[first:last]
            yield " ".join(word for word, _ in ngram), [number for _, number in ngram]


def _char_ngrams(tokens: Sequence[str], settings: Settings) -> Iterator[tuple[str, list[int]]]:
    """Yield the character n-grams of whitespace tokens; one that is shorter than the shortest is one n-gram."""
    shortest, longest = settings.char_ngrams
    for number, token in enumerate(tokens):
        padded = f" {token} "
        size = min(shortest, len(padded))
        for first in range(len(padded) - size + 1):
            for last in range(first + size, min(first + longest, len(padded)) + 1):
                yield padded[first:last], [number]


def _tokens_of(pattern: int, place: int) -> list[int]:
    """Return the tokens that a context feature at a place consists of; some may lie beyond the ends of the text."""
    if place < 0:
        return []
    return [place, *(place + offset for offset in _OFFSETS[pattern])] if pattern < contexts.AROUND else [place]
