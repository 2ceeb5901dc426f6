"""What counts as text: its bytes, its letters and their small forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

WORD, SPACE, HIDDEN = np.uint32(1 << 24), np.uint32(1 << 25), np.uint32(1 << 26)  # beside a code point's 21 bits
CAPITAL, SMALL, PAUSE, STOP, SILENT = (np.uint32(1 << bit) for bit in range(27, 32))  # in `marked_letters` alone
KNOWN = np.uint32(1 << 27)  # in the table of a vocabulary alone
LETTERS = 0x40000  # no code point from here on is a letter, a digit or white space, nor has another small form
IDEOGRAPHS = 0x20000  # from here on there is nothing else, as far as `LETTERS`

_HIDDEN = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xAD, 0xFE0E, 0xFE0F, 0xFEFF)
_INVISIBLE = re.compile(rf"[\s{''.join(map(chr, _HIDDEN))}]*")
_STOPS, _PAUSES, _SILENT = ".!?…\n", ';:,()“”—–[]/|"', "'’`-#@&*~^"
_UNUSUAL = ("\u0130".encode(), "\u03a3".encode())  # dotted I: two letters; sigma: another at the end of a word
_NUMBER = re.compile(  # each part takes all it can and gives nothing back, else a long row of blanks takes forever
    r"\s*+[-+]?+[.,]?+\d[\d.,]*+(e[-+]?+\d++)?+\s*+%?+\s*+", re.IGNORECASE
)


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


def utf8(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Put texts into one buffer of UTF-8.

    Parameters
    ----------
    texts : sequence of str
        N texts.

    Returns
    -------
    raw : ndarray of shape (B,)
        Their bytes, one text after the other; a lone surrogate takes three.
    offsets : ndarray of shape (N + 1,)
        Where each begins, and the end.

    Examples
    --------
    >>> raw, offsets = utf8(["no", "", "é"])
    >>> raw.tolist(), offsets.tolist()
    ([110, 111, 195, 169], [0, 2, 2, 4])
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return np.frombuffer(b"".join(encoded), np.uint8), _bounds(encoded)


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Put texts into one buffer of code points, as they are.

    Parameters
    ----------
    texts : sequence of str
        N texts.

    Returns
    -------
    codes : ndarray of shape (C,)
    offsets : ndarray of shape (N + 1,)
        Where each begins, and the end.

    Examples
    --------
    >>> codes, offsets = code_points(["no", "", "é"])
    >>> codes.tolist(), offsets.tolist()
    ([110, 111, 233], [0, 2, 2, 3])
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes, _bounds(texts)


def arrow_utf8(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Take the buffer of Arrow's strings, without a copy.

    Parameters
    ----------
    texts : pyarrow.Array
        N strings, none of them null.

    Returns
    -------
    raw, offsets : ndarray
        As `utf8` gives them.

    Examples
    --------
    >>> raw, offsets = arrow_utf8(pa.array(["so", "no", "ok"])[1:])
    >>> offsets.tolist(), bytes(raw)
    ([0, 2, 4], b'nook')
    """
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, raw = texts.buffers()
    bounds = np.frombuffer(offsets, width, len(texts) + 1, texts.offset * np.dtype(width).itemsize).astype(np.int64)
    return np.frombuffer(raw or b"", np.uint8)[bounds[0] : bounds[-1]], bounds - bounds[0]


def lowered(raw: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Write the letters small whose small form cannot be looked up: it is two letters, or depends on the neighbours.

    Parameters
    ----------
    raw, offsets : ndarray
        As `utf8` gives them.

    Returns
    -------
    raw, offsets : ndarray
        The same where there is no such letter, else all of it in small letters.

    Examples
    --------
    >>> bytes(lowered(*utf8(["ΑΣ so"]))[0]).decode()
    'ας so'
    """
    whole = raw.tobytes()
    if not any(letter in whole for letter in _UNUSUAL):
        return raw, offsets
    bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    return utf8([whole[low:high].decode("utf-8", "surrogatepass").lower() for low, high in bounds])


@cache
def letters() -> NDArray[np.uint32]:
    r"""Tell for every code point its small form, and of that whether it is part of a word (`\w`), a space, invisible.

    Returns
    -------
    ndarray of shape (262144,)
        Small form, plus the bits `WORD`, `SPACE` and `HIDDEN`; all white space is one blank. Code points beyond are
        none of these in any version of Unicode.

    Examples
    --------
    >>> [hex(letters()[ord(char)]) for char in "Ab\t!"]
    ['0x1000061', '0x1000062', '0x6000020', '0x21']
    """
    every = np.arange(LETTERS, dtype=np.uint32)
    small = every.tobytes().decode("utf-32-le", "surrogatepass").replace("\u0130", "i").lower()
    table = np.frombuffer(small.encode("utf-32-le", "surrogatepass"), np.uint32).copy()
    chars = table.view("<U1")
    word, space = np.strings.isalnum(chars) | (table == ord("_")), np.strings.isspace(chars)
    table[space] = ord(" ")
    table[word] |= WORD
    table[space] |= SPACE
    table[space] |= HIDDEN
    table[list(_HIDDEN)] |= HIDDEN
    return table


@cache
def marked_letters() -> NDArray[np.uint32]:
    r"""Tell more of every code point: whether it is a capital or a small letter, parts clauses or sentences, is silent.

    Returns
    -------
    ndarray of shape (262144,)
        As of `letters`, plus the bits `CAPITAL`, `SMALL`, `PAUSE`, `STOP` (a pause that ends a sentence, such as the
        end of a line) and `SILENT` (a sign that says nothing by itself).

    Examples
    --------
    >>> [bool(marked_letters()[ord(char)] & CAPITAL) for char in "Aa!"]
    [True, False, False]
    """
    table = letters().copy()
    chars = np.arange(LETTERS, dtype=np.uint32).view("<U1")
    table[np.strings.isupper(chars) | np.strings.istitle(chars)] |= CAPITAL
    table[np.strings.islower(chars)] |= SMALL
    table[[ord(char) for char in _STOPS + _PAUSES]] |= PAUSE
    table[[ord(char) for char in _STOPS]] |= STOP
    table[[ord(char) for char in _SILENT]] |= SILENT
    signs = np.flatnonzero(table[:IDEOGRAPHS] & WORD == 0).tolist()
    marks = [code for code in signs if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me", "Cf")]
    table[marks] |= SILENT
    return table


def _bounds(parts: Sequence[str] | Sequence[bytes]) -> NDArray[np.int64]:
    bounds = np.zeros(len(parts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=bounds[1:])
    return bounds
