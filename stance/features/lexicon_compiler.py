"""A lexicon as the kernels read it: words and aliases in hash tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.characters import clause_letter_table, join_utf8
from stance.features.kernels.hashing import SEEDS, step, table_of
from stance.features.kernels.mentions import (
    ADDRESSEE,
    BEGIN,
    CAPITALS,
    FIELDS,
    IS_PAUSE,
    NAMES,
    NEGATOR,
    OPENER,
    SPEAKER,
    WHOLE,
    CompiledLexicon,
    tokenize,
)
from stance.features.kernels.tokens import SPACE, decode

NEGATORS = """
not no never none nobody nothing neither nor nowhere without cannot cant dont doesnt didnt isnt arent wasnt werent
wont wouldnt shouldnt couldnt hasnt havent hadnt aint hardly barely rarely seldom stop nahi nahin na t
""".split()  # noqa: SIM905  "t" is what an apostrophe leaves of "don't"; nahi, nahin, na: Hindi
CLAUSE_OPENERS = """
but because while whereas although though however so then when if yet unless since until cuz coz bcoz who which that
""".split()  # noqa: SIM905
SPEAKERS = ["we", "our", "us", "ours"]
ADDRESSED = ["you", "your", "u", "ur"]
MARKED_WORDS = ((NEGATORS, NEGATOR), (CLAUSE_OPENERS, OPENER), (SPEAKERS, SPEAKER), (ADDRESSED, ADDRESSEE))


def compile_lexicon(
    aliases: Sequence[str], targets: Sequence[int], is_exact: Sequence[bool], tones: Mapping[str, float]
) -> CompiledLexicon:
    """Compile aliases, with the number of each one's target and whether its case counts, and the tones of words.

    An alias without a word is left out; of those that are the same words the first counts. Raises OptionError if no
    alias is left, or two words share a hash.
    """
    phrases = _hash_phrases(aliases)
    _, kept = np.unique(phrases.hashes, return_index=True)
    kept = np.sort(kept[phrases.sizes[kept] > 0])
    if not len(kept):
        raise OptionError("the lexicon has no alias; expected one or more")
    table, bits = _build_table(phrases.hashes[kept])
    marks: dict[int, int] = dict.fromkeys(phrases.first_words[kept].tolist(), int(NAMES))
    for words, mark in MARKED_WORDS:
        for word in _hash_phrases(words).first_words.tolist():
            marks[word] = marks.get(word, 0) | int(mark)
    tone_of = dict(zip(_hash_phrases(list(tones)).first_words.tolist(), tones.values(), strict=True))
    words_known = list(dict.fromkeys([*marks, *tone_of]))
    return CompiledLexicon(
        clause_letter_table(),
        *_build_table(np.array(words_known, np.uint64)),
        np.array([tone_of.get(word, 0.0) for word in words_known]),
        np.array([marks.get(word, 0) for word in words_known], np.uint8),
        table,
        bits,
        np.array(targets, np.int64)[kept],
        np.where(is_exact, phrases.capitals, 0)[kept],
        phrases.capital_places[kept],
        int(phrases.sizes[kept].max()),
    )


class _Phrases(NamedTuple):
    """N phrases; each array has shape (N,)."""

    hashes: NDArray[np.uint64]
    sizes: NDArray[np.int64]  # in words
    first_words: NDArray[np.uint64]  # hashes
    capitals: NDArray[np.int64]  # of the word that has the most: 0 none, 1 at its beginning, 2 all
    capital_places: NDArray[np.int64]  # of that word in the phrase


def _hash_phrases(phrases: Sequence[str]) -> _Phrases:
    raw, _ = join_utf8(["\n".join(phrases)])
    codes = np.empty(len(raw) + 2, np.uint32)
    tokens = np.empty((len(raw) + 2, FIELDS), np.int64)
    length = decode(raw, 0, len(raw), clause_letter_table(), codes)
    tokens = tokens[: tokenize(codes, length, tokens)]
    is_pause = tokens[:, IS_PAUSE] != 0
    phrase = np.cumsum(is_pause & (codes[tokens[:, BEGIN]] & SPACE != 0))[~is_pause]
    words = tokens[~is_pause]
    begins = np.searchsorted(phrase, np.arange(len(phrases)))
    sizes = np.bincount(phrase, minlength=len(phrases))
    word_hashes = np.append(words[:, WHOLE], 0).astype(np.uint64)  # one more, for phrases that have no word
    hashes = np.full(len(phrases), SEEDS[0])
    capitals, places = np.zeros(len(phrases), np.int64), np.zeros(len(phrases), np.int64)
    fold = getattr(step, "py_func", step)  # for arrays NumPy does it
    for k in range(sizes.max(initial=0)):
        rows = np.flatnonzero(sizes > k)
        hashes[rows] = fold(hashes[rows], word_hashes[begins[rows] + k])
        more = words[begins[rows] + k, CAPITALS] > capitals[rows]
        capitals[rows[more]], places[rows[more]] = words[begins[rows[more]] + k, CAPITALS], k
    return _Phrases(hashes, sizes, word_hashes[begins], capitals, places)


def _build_table(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], np.uint64]:
    return table_of(hashes, 4, OptionError("two words of the lexicon share a hash; leave one out"))
