"""Learning of a vocabulary, and the features of the texts it was learned from, which are read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.errors import VocabularyError
from stance.features.characters import encode_lowercased, letter_table
from stance.features.kernels import vocabulary
from stance.features.kernels.hashing import ABSENT
from stance.features.kernels.tokens import CODE
from stance.features.parallel import resolve_n_threads, run_in_threads
from stance.features.tfidf import KINDS, CollisionError, Features, SparseArrays, Terms, concatenate_rows, ngram_sizes
from stance.settings import Settings

ALL_BITS = np.uint64(0xFFFFFFFFFFFFFFFF)
BYTES_PER_NGRAM = 4  # of text for each different n-gram, in a few thousand comments
MIN_ENTRIES, MAX_ENTRIES = 1 << 12, 1 << 20  # n-grams that there is room for before the first of them is known
_TOKEN = re.compile(r"\w\w+")


@dataclass(frozen=True)
class LearnedVocabulary:
    """A vocabulary, and the n-grams of the texts that it was learned from."""

    terms: dict[str, Terms]  # for each of `KINDS`
    texts: list[tuple[vocabulary.TextNgrams, NDArray[np.int32]]]  # by part: n-grams, their columns

    def matrix(self, features: Features, threads: int = 1) -> SparseArrays:
        """Compute the features of the texts, as `Features.matrix` returns them; `features` are those of these terms."""

        def part(first: int, last: int) -> SparseArrays:
            made, columns = self.texts[first]
            return _weighed(made, columns, features)

        return concatenate_rows(run_in_threads(part, len(self.texts), threads, each=1))


def learn_vocabulary(
    texts: Sequence[str], settings: Settings, threads: int = 1, mask: np.uint64 = ALL_BITS
) -> LearnedVocabulary:
    """Learn the terms that occur in `settings.min_df` texts, in alphabetical order, and their document frequencies.

    CollisionError if two n-grams share a hash; among a million n-grams there is a chance of 1 in 10**7 for that.
    VocabularyError if there is no such term. `mask` are the bits of the hashes that count: all but in tests.
    """

    def part(first: int, last: int) -> tuple[vocabulary.NgramTable, vocabulary.TextNgrams]:
        raw, offsets = encode_lowercased(texts[first:last])
        room = min(max(MIN_ENTRIES, len(raw) // BYTES_PER_NGRAM), MAX_ENTRIES)
        entries = vocabulary.empty_entries(1 << room.bit_length())
        found: tuple[vocabulary.NgramTable, vocabulary.TextNgrams] = vocabulary.collect_ngrams(
            raw, offsets, letter_table(), vocabulary.NgramScheme(ngram_sizes(settings), mask), entries
        )
        return found

    rows = max(1, len(texts))
    parts = run_in_threads(part, rows, threads, each=-(-rows // resolve_n_threads(threads)))
    found, numbers = parts[0][0], [np.arange(parts[0][0].entries.size)]
    for other, _ in parts[1:]:
        found, moved = vocabulary.merge_ngrams(found, other)
        numbers.append(moved)
    if found.has_collision:
        raise CollisionError("two n-grams of these texts share a hash; leave one text out, and please report it")
    terms, columns = _terms(found, len(texts), settings)
    return LearnedVocabulary(terms, [(made, columns[moved]) for (_, made), moved in zip(parts, numbers, strict=True)])


def _terms(found: vocabulary.NgramTable, texts: int, settings: Settings) -> tuple[dict[str, Terms], NDArray[np.int32]]:
    size = found.entries.size
    cells, places = found.entries.cells[:size], found.entries.places[:size]
    whole = (found.codes & CODE).tobytes().decode("utf-32-le", "surrogatepass")
    terms, columns, before = {}, np.full(size, ABSENT), 0
    frequent = cells[:, vocabulary.FREQUENCY] >= settings.min_df
    for number, kind in enumerate(KINDS):
        kept = np.flatnonzero(frequent & (places[:, 2] == number))
        if not len(kept):
            fault = f"too few comments ({texts}): no word occurs in {settings.min_df} of them"
            raise VocabularyError(f"{fault}; give more")
        names = _names(whole, places[kept], kind)
        rank = sorted(range(len(names)), key=names.__getitem__)
        kept = kept[rank]
        seen = cells[kept, vocabulary.FREQUENCY].astype(np.float64)
        idf = np.log((1 + texts) / (1 + seen)) + 1  # as scikit-learn with smooth_idf
        terms[kind] = Terms(tuple([names[k] for k in rank]), idf.astype(np.float32))
        columns[kept] = np.arange(before, before + len(kept))
        before += len(kept)
    return terms, columns


def _names(whole: str, places: NDArray[np.int64], kind: str) -> list[str]:
    names = [whole[start:end] for start, end in zip(places[:, 0].tolist(), places[:, 1].tolist(), strict=True)]
    if kind != "word":
        return names
    plain = [name.replace(" ", "", 1).isalpha() for name in names]  # one or two words with a blank between: most
    return [name if is_plain else " ".join(_TOKEN.findall(name)) for name, is_plain in zip(names, plain, strict=True)]


def _weighed(made: vocabulary.TextNgrams, columns: NDArray[np.int32], features: Features) -> SparseArrays:
    numbers = np.empty(len(features) + 1, np.int32)  # of the loops, where the frequent ones lie close together
    numbers[features.order] = np.arange(len(features))
    numbers[ABSENT] = ABSENT
    columns = numbers[columns]
    kept, ends, most = vocabulary.list_token_features(made, columns)
    indices, values, lengths = np.empty(most, np.int32), np.empty(most), np.empty(len(made.token_ends), np.int64)
    order = features.order.astype(np.int32)
    filled = vocabulary.write_learned_tfidf(made, kept, ends, columns, features.lookup, order, indices, values, lengths)
    return lengths, indices[:filled], values[:filled]
