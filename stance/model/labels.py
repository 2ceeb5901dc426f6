"""Labels as names and codes; strings about comments in Arrow's layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Labels(NamedTuple):
    """The labels of N comments under one head.

    >>> Labels(("bad", "good"), np.array([1, -1])).to_list()
    ['good', None]
    """

    names: tuple[str, ...]
    codes: NDArray[np.intp]  # (N,); positions in `names`, -1 for no label

    def to_list(self) -> list[str | None]:
        """Return the name of each label, None for no label."""
        return list(np.array([*self.names, None], dtype=object)[self.codes])


def encode(cells: Sequence[str], names: Sequence[str] | None = None) -> Labels:
    """Encode N cells, empty for no label, by `names`; by default those that occur, sorted.

    >>> names, codes = encode(["b", "", "a"])
    >>> names, codes.tolist()
    (('a', 'b'), [1, -1, 0])
    """
    names = tuple(sorted({cell for cell in cells if cell})) if names is None else tuple(names)
    code_of = {name: code for code, name in enumerate(names)}
    return Labels(names, np.array([code_of.get(cell, -1) for cell in cells], dtype=np.intp))


@dataclass(frozen=True)
class StringColumn:
    """Strings about N comments in Arrow's layout, so that a table can take them without a copy.

    >>> raw, offsets = np.frombuffer(b"lie -0.40", np.uint8), np.array([0, 9, 9], np.int32)
    >>> StringColumn(raw, offsets, np.array([True, False])).to_list()
    ['lie -0.40', None]
    """

    raw: NDArray[np.uint8]  # UTF-8, one string after the other
    offsets: NDArray[np.int32]  # (N + 1,)
    valid: NDArray[np.bool_] | None = None  # (N,); None where all are

    def to_list(self) -> list[str | None]:
        """Return the strings, None where not valid."""
        valid = [True] * (len(self.offsets) - 1) if self.valid is None else self.valid.tolist()
        encoded = [self.raw[low:high].tobytes() for low, high in pairwise(self.offsets.tolist())]
        return [string.decode() if is_valid else None for string, is_valid in zip(encoded, valid, strict=True)]
