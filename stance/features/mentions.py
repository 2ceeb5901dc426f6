"""stance/features/mentions.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.characters import clause_letter_table, encode_utf8, join_utf8
from stance.features.kernels import contexts
from stance.features.kernels.hashing import SEEDS, step, table_of
from stance.features.kernels.mentions import (
    ADDRESSEE,
    BEGIN,
    CAPITALS,
    END,
    FIELDS,
    IS_DENIED,
    IS_PAUSE,
    NAMES,
    NEGATOR,
    OPENER,
    SPEAKER,
    TARGET,
    WHOLE,
    CompiledLexicon,
    tokenize,
)
from stance.features.kernels.tokens import CODE, SPACE, decode
from stance.features.lexicon import ADDRESSED, CLAUSE_OPENERS, EXACT, NEGATORS, SPEAKERS, Lexicon


def named_targets(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.bool_]:
    """Tell which targets texts name.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon
    targets : sequence of str
        T names of its targets.

    Returns
    -------
    ndarray of shape (N, T)

    Examples
    --------
    >>> named_targets(["they told us", "the USA and Moscow agree"], Lexicon.bundled(), ["us", "russia"]).tolist()
    [[False, False], [True, True]]
    """
    words = compile_lexicon(lexicon, list(targets))
    return np.asarray(contexts.named_targets(*encode_utf8(texts), words, np.arange(len(targets))))


def tone_features(texts: Sequence[str], lexicon: Lexicon) -> NDArray[np.float64]:
    """Say how texts sound.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon

    Returns
    -------
    ndarray of shape (N, len(contexts.TONES))
    """
    return np.asarray(contexts.tone_numbers(*encode_utf8(texts), compile_lexicon(lexicon, [])))


def target_polarities(texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str]) -> NDArray[np.float64]:
    """Say how well texts speak of targets, by the tone of the words behind their names alone.

    Parameters
    ----------
    texts : sequence of str
        N texts.
    lexicon : Lexicon
    targets : sequence of str
        T names of its targets.

    Returns
    -------
    ndarray of shape (N, T)
        -1 to 1; 0 where a target is not named.

    Examples
    --------
    >>> target_polarities(["Russia is great", "so"], Lexicon.bundled(), ["russia"])[:, 0] > 0
    array([ True, False])
    """
    raw, offsets = encode_utf8(texts)
    found: contexts.Examples = contexts.extract_examples(
        raw, offsets, compile_lexicon(lexicon, list(targets)), np.arange(len(targets))
    )
    good, bad = (contexts.NUMBERS.index(f"own{sign}") for sign in "+-")
    sides = np.zeros((len(texts), len(targets)))
    sides[found.texts, found.targets] = found.numbers[:, good] - found.numbers[:, bad]
    return sides


def feature_name(
    codes: NDArray[np.uint32], tokens: NDArray[np.int64], n: int, target: int, pattern: int, place: int
) -> str:
    """Say in words what a feature is.

    Parameters
    ----------
    codes : ndarray
        The letters of a text.
    tokens : ndarray of shape (n or more, mentions.FIELDS)
    n : int
        Number of its tokens.
    target : int
    pattern, place : int
        As `contexts.describe` writes them.

    Returns
    -------
    str
        `T` is the target, `O` another, `^` and `$` the ends, `_` any word.
    """

    def word(at: int) -> str:
        if not 0 <= at < n:
            return "^" if at < 0 else "$"
        token = tokens[at]
        if token[TARGET] >= 0:
            return "T" if token[TARGET] == target else "O"
        told = (codes[token[BEGIN] : token[END]] & CODE).tobytes().decode("utf-32-le", "surrogatepass")
        if token[IS_PAUSE]:
            return told if told in "!?" else "."
        return f"not-{told}" if token[IS_DENIED] else told

    if pattern >= contexts.AROUND:
        return f"{'clause' if pattern == contexts.IN_CLAUSE else 'own'}: {word(place)}"
    offsets = [offset for offset in contexts.OFFSETS[pattern].tolist() if offset]
    spots = range(min(0, *offsets), max(0, *offsets) + 1)
    return " ".join("T" if not spot else word(place + spot) if spot in offsets else "_" for spot in spots)


def compile_lexicon(lexicon: Lexicon, targets: list[str]) -> CompiledLexicon:
    """Prepare a lexicon for the loops.

    Parameters
    ----------
    lexicon : Lexicon
    targets : list of str
        All whose numbers tokens shall bear, in that order; aliases of others get numbers behind them.

    Returns
    -------
    Words
        An alias without a word is left out.

    Raises
    ------
    OptionError
        If no alias is left, or two words share a hash.
    """
    numbers = {name: k for k, name in enumerate(dict.fromkeys([*targets, *lexicon.targets]))}
    hashes, counts, firsts, capitals, places = _phrases([each.alias for each in lexicon.aliases])
    _, kept = np.unique(hashes, return_index=True)  # of aliases that are the same words the first
    kept = np.sort(kept[counts[kept] > 0])
    if not len(kept):
        raise OptionError("the lexicon has no alias; expected one or more")
    needed = np.where([each.case == EXACT for each in lexicon.aliases], capitals, 0)[kept]
    aliases, alias_bits = _table(hashes[kept])
    marks: dict[int, int] = dict.fromkeys(firsts[kept].tolist(), int(NAMES))
    lists = ((NEGATORS, NEGATOR), (CLAUSE_OPENERS, OPENER), (SPEAKERS, SPEAKER), (ADDRESSED, ADDRESSEE))
    for some, mark in lists:
        for first in _phrases(some)[2].tolist():
            marks[first] = marks.get(first, 0) | int(mark)
    tones = dict(zip(_phrases(list(lexicon.tones))[2].tolist(), lexicon.tones.values(), strict=True))
    every = list(dict.fromkeys([*marks, *tones]))
    table, bits = _table(np.array(every, np.uint64))
    return CompiledLexicon(
        clause_letter_table(),
        table,
        bits,
        np.array([tones.get(each, 0.0) for each in every]),
        np.array([marks.get(each, 0) for each in every], np.uint8),
        aliases,
        alias_bits,
        np.array([numbers[each.target] for each in lexicon.aliases], np.int64)[kept],
        needed.astype(np.int64),
        places[kept],
        int(counts[kept].max()),
    )


def _phrases(phrases: list[str]) -> tuple[NDArray[Any], ...]:
    """Cut phrases into words; give hashes of the whole, numbers of words, hashes of the first ones, capitals, places.

    Capitals and places are those of the word in each phrase that has the most capitals.
    """
    raw, _ = join_utf8(["\n".join(phrases)])
    codes = np.empty(len(raw) + 2, np.uint32)
    tokens = np.empty((len(raw) + 2, FIELDS), np.int64)
    length = decode(raw, 0, len(raw), clause_letter_table(), codes)
    tokens = tokens[: tokenize(codes, length, tokens)]
    is_pause = tokens[:, IS_PAUSE] != 0
    phrase = np.cumsum(is_pause & (codes[tokens[:, BEGIN]] & SPACE != 0))[~is_pause]
    words = tokens[~is_pause]
    begins = np.searchsorted(phrase, np.arange(len(phrases)))
    counts = np.bincount(phrase, minlength=len(phrases))
    wholes, hashes = words[:, WHOLE].astype(np.uint64), np.full(len(phrases), SEEDS[0])
    capitals, places = np.zeros(len(phrases), np.int64), np.zeros(len(phrases), np.int64)
    fold = getattr(step, "py_func", step)  # for arrays NumPy does it
    for k in range(counts.max(initial=0)):
        rows = np.flatnonzero(counts > k)
        hashes[rows] = fold(hashes[rows], wholes[begins[rows] + k])
        more = words[begins[rows] + k, CAPITALS] > capitals[rows]
        capitals[rows[more]], places[rows[more]] = words[begins[rows[more]] + k, CAPITALS], k
    return hashes, counts, wholes[np.minimum(begins, len(words) - 1)], capitals, places


def _table(hashes: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], np.uint64]:
    return table_of(hashes, 4, OptionError("two words of the lexicon share a hash; leave one out"))
