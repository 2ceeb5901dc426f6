"""Training examples of attitude: each comment once for every target that it names, as a matrix of features."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from stance.features.characters import encode_utf8
from stance.features.kernels import contexts
from stance.features.kernels.mentions import CompiledLexicon, allocate_token_workspace, read_tokens
from stance.features.lexicon import Lexicon
from stance.features.mentions import feature_name


@dataclass(frozen=True)
class TargetExamples:
    """M examples: texts, each as seen from a target that it names."""

    texts: NDArray[np.int64]  # (M,)
    targets: NDArray[np.int64]  # (M,)
    # (M, V + len(CONTEXT_NUMBERS)): TF-IDF of the features, each family at unit length; then the numbers, times `scale`
    matrix: csr_matrix
    names: tuple[str, ...]  # of the V features
    hashes: NDArray[np.uint64]  # (V,)
    idf: NDArray[np.float32]  # (V,)
    scale: float


def build_target_examples(
    texts: Sequence[str], lexicon: Lexicon, targets: Sequence[str], min_df: int, scale: float
) -> TargetExamples:
    """Build an example of each text for every target that it names, of the features in at least `min_df` examples.

    >>> texts = ["China lies", "we trust Russia, not China"]
    >>> seen = build_target_examples(texts, Lexicon.bundled(), ["china", "russia"], 1, 0.5)
    >>> seen.texts.tolist(), seen.targets.tolist(), "T lies" in seen.names
    ([0, 1, 1], [0, 0, 1], True)
    """
    raw, offsets = encode_utf8(texts)
    words = lexicon.compiled(targets)
    found: contexts.Examples = contexts.extract_examples(raw, offsets, words, np.arange(len(targets)))
    examples = np.repeat(np.arange(len(found.ends)), np.diff(found.ends, prepend=0))
    hashes, first, columns = np.unique(found.hashes, return_index=True, return_inverse=True)
    counts = csr_matrix((np.ones(len(columns)), (examples, columns)), shape=(len(found.ends), len(hashes)))
    frequencies = np.bincount(counts.indices, minlength=len(hashes))
    kept = np.flatnonzero(frequencies >= min_df)
    families = np.maximum(found.patterns[first[kept]] - contexts.AROUND + 1, 0)
    kept = kept[np.argsort(families, kind="stable")]
    idf = (np.log((1 + len(found.ends)) / (1 + frequencies[kept])) + 1).astype(np.float32)
    weighed = counts[:, kept]
    weighed.data = 1 + np.log(weighed.data)
    weighed = weighed.multiply(idf).tocsr()
    bounds = np.searchsorted(np.sort(families), np.arange(contexts.FAMILIES + 1))
    blocks = [_unit_rows(weighed[:, low:high]) for low, high in itertools.pairwise(bounds)]
    names = _names(raw, offsets, words, found, examples, first[kept])
    matrix = hstack([*blocks, csr_matrix(found.numbers * scale)]).tocsr()
    return TargetExamples(found.texts, found.targets, matrix, names, hashes[kept], idf, scale)


def _unit_rows(block: csr_matrix) -> csr_matrix:
    lengths = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
    scaled = block.copy()
    scaled.data /= np.repeat(np.where(lengths > 0, lengths, 1), np.diff(block.indptr))
    return scaled


def _names(
    raw: NDArray[np.uint8],
    offsets: NDArray[np.int64],
    words: CompiledLexicon,
    found: contexts.Examples,
    examples: NDArray[np.int64],
    wanted: NDArray[np.int64],
) -> tuple[str, ...]:
    workspace, names, before, n = allocate_token_workspace(offsets), [""] * len(wanted), -1, 0
    for order in np.argsort(examples[wanted], kind="stable"):
        spot = wanted[order]
        text, target = found.texts[examples[spot]], found.targets[examples[spot]]
        if text != before:
            n, before = read_tokens(raw, offsets[text], offsets[text + 1], words, workspace), text
        names[order] = feature_name(
            workspace.codes, workspace.tokens, n, target, found.patterns[spot], found.places[spot]
        )
    return tuple(names)
