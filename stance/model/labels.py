"""stance/model/labels.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray


def encode(cells: Sequence[str], labels: Sequence[str] | None = None) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Turn the labels of a head into numbers.

    Parameters
    ----------
    cells : sequence of str
        N labels, empty where there is none.
    labels : sequence of str, optional
        The labels to number by; by default those that occur, sorted.

    Returns
    -------
    labels : tuple of str
        K labels.
    codes : ndarray of shape (N,)
        Number of each row's label; -1 where it is none of them.

    Examples
    --------
    >>> names, codes = encode(["b", "", "a"])
    >>> names, codes.tolist()
    (('a', 'b'), [1, -1, 0])
    """
    names = tuple(sorted({cell for cell in cells if cell})) if labels is None else tuple(labels)
    numbers = {name: code for code, name in enumerate(names)}
    return names, np.array([numbers.get(cell, -1) for cell in cells], dtype=np.intp)


@dataclass(frozen=True)
class Labels:
    """The labels of N comments.

    Parameters
    ----------
    names : tuple of str
    codes : ndarray of shape (N,)
        Numbers of names, -1 where there is none.

    Examples
    --------
    >>> Labels(("bad", "good"), np.array([1, -1])).to_list()
    ['good', None]
    """

    names: tuple[str, ...]
    codes: NDArray[np.intp]

    def to_list(self) -> list[str | None]:
        """Give the labels themselves.

        Returns
        -------
        list of str or None
        """
        return list(np.array([*self.names, None], dtype=object)[self.codes])


@dataclass(frozen=True)
class StringColumn:
    """Texts about N comments, as Arrow keeps strings.

    Parameters
    ----------
    raw : ndarray of shape (B,)
        Their bytes in UTF-8, one behind the other.
    borders : ndarray of shape (N + 1,)
        Where each begins, and the end.
    given : ndarray of shape (N,), optional
        Whether there is one; by default there is for all.

    Examples
    --------
    >>> raw, borders = np.frombuffer(b"lie -0.40", np.uint8), np.array([0, 9, 9], np.int32)
    >>> StringColumn(raw, borders, np.array([True, False])).to_list()
    ['lie -0.40', None]
    """

    raw: NDArray[np.uint8]
    borders: NDArray[np.int32]
    given: NDArray[np.bool_] | None = None

    def to_list(self) -> list[str | None]:
        """Give the texts themselves.

        Returns
        -------
        list of str or None
        """
        given = [True] * (len(self.borders) - 1) if self.given is None else self.given.tolist()
        cut = [self.raw[low:high].tobytes() for low, high in pairwise(self.borders.tolist())]
        return [text.decode() if there else None for text, there in zip(cut, given, strict=True)]


Coded: TypeAlias = "tuple[tuple[str, ...], NDArray[np.intp]]"
