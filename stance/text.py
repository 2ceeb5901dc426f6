"""What counts as text, and its code points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

WORD, SPACE = np.uint8(1), np.uint8(2)  # bits of a code point's class
CODE_POINTS = 0x110000  # of Unicode, surrogates included

_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff]*")
_NUMBER = re.compile(r"\s*[-+]?[.,]?\d[\d.,]*(e[-+]?\d+)?\s*%?\s*", re.IGNORECASE)


def is_blank(text: str) -> bool:
    r"""Tell whether a text shows nothing: empty, white space, or invisible marks only.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_blank(" \u200b\t"), is_blank("?")
    (True, False)
    """
    return _INVISIBLE.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Tell whether a text is written like one number.

    Parameters
    ----------
    text : str

    Returns
    -------
    bool

    Examples
    --------
    >>> is_number("1,200.5"), is_number("2 many"), is_number("-3e5")
    (True, False, True)
    """
    return _NUMBER.fullmatch(text) is not None


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Put texts into one buffer, as they are.

    Parameters
    ----------
    texts : sequence of str
        N texts.

    Returns
    -------
    codes : ndarray of shape (C,)
        Their code points, one text after the other.
    offsets : ndarray of shape (N + 1,)
        Where each begins, and the end.

    Examples
    --------
    >>> codes, offsets = code_points(["no", "", "é"])
    >>> codes.tolist(), offsets.tolist()
    ([110, 111, 233], [0, 2, 2, 3])
    """
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=offsets[1:])
    return np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32), offsets


@cache
def character_classes() -> NDArray[np.uint8]:
    r"""Tell for every code point whether it is part of a word (`\w`) and whether it is white space (`\s`).

    Returns
    -------
    ndarray of shape (1114112,)
        Bits `WORD` and `SPACE`.
    """
    every = "".join(map(chr, range(CODE_POINTS)))
    classes = np.zeros(CODE_POINTS, dtype=np.uint8)
    for pattern, bit in ((r"\w+", WORD), (r"\s+", SPACE)):
        for found in re.finditer(pattern, every):
            classes[found.start() : found.end()] |= bit
    return classes
