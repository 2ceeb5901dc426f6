"""VADER's compound score as nltk computes it, without its table of every word with every punctuation mark."""

from __future__ import annotations

import string
from collections.abc import Sequence
from types import SimpleNamespace

from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from stance.features.lexicon import Lexicon

DELETE_PUNCTUATION = str.maketrans("", "", string.punctuation)
STRIPPED_MARKS = frozenset(VaderConstants.PUNC_LIST)  # what nltk strips from one end of a word; `:)` stays an emoticon


def compound_scores(texts: Sequence[str], lexicon: Lexicon) -> list[float]:
    """Score N texts from -1 to 1 by VADER's rules (Hutto and Gilbert 2014), with the word list of a lexicon.

    >>> compound_scores(["What a great day!", "A day."], Lexicon.bundled())
    [0.6588, 0.0]
    """
    analyzer = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)  # its __init__ wants a download
    analyzer.lexicon, analyzer.constants = dict(lexicon.tones), VaderConstants()
    return [_compound(analyzer, text) for text in texts]


def _compound(analyzer: SentimentIntensityAnalyzer, text: str) -> float:
    words = [_strip_punctuation(token) for token in text.split() if len(token) > 1]
    lowered = [word.lower() for word in words]
    if analyzer.lexicon.keys().isdisjoint(lowered):
        return 0.0
    parsed = SimpleNamespace(words_and_emoticons=words, is_cap_diff=0 < sum(map(str.isupper, words)) < len(words))
    valences: list[float] = [0] * len(words)
    first: dict[str, int] = {}
    for place, low in enumerate(lowered):
        if low in analyzer.lexicon:
            start = first.setdefault(words[place], place)  # nltk scores a repeated word where it occurs first
            if not _is_booster(analyzer, lowered, start):
                [valences[place]] = analyzer.sentiment_valence(0, parsed, words[place], start, [])
    return float(analyzer.score_valence(analyzer._but_check(words, valences), text)["compound"])


def _is_booster(analyzer: SentimentIntensityAnalyzer, lowered: Sequence[str], place: int) -> bool:
    return lowered[place] in analyzer.constants.BOOSTER_DICT or lowered[place : place + 2] == ["kind", "of"]


def _strip_punctuation(token: str) -> str:
    """Return the word in a token with one of `STRIPPED_MARKS` before or after it; else the token itself."""
    if token.isalnum():
        return token
    word = token.translate(DELETE_PUNCTUATION)
    if len(word) < 2 or len(word) == len(token):
        return token
    marks = token.removeprefix(word) if token.startswith(word) else token.removesuffix(word)
    return word if marks in STRIPPED_MARKS else token
