"""What counts as text: its bytes, its letters and their small forms."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stance.features.kernels import tokens
from stance.features.kernels.tokens import (
    CAPITAL,
    HIDDEN,
    IDEOGRAPHS,
    KNOWN,
    LETTERS,
    PAUSE,
    SILENT,
    SMALL,
    SPACE,
    STOP,
    WORD,
)
from stance.strings import INVISIBLE_CODES

MIN_LETTER_SHARE = 0.001  # in one of a thousand terms: the rarest letter of an alphabet is in more
Texts: TypeAlias = "Sequence[str] | pa.Array"


def encode_lowercased(texts: Texts) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Put N texts into one buffer as `join_utf8` does, in small letters where `letter_table` has none."""
    if isinstance(texts, str):
        raise TypeError("texts is one string, expected a list of them")
    return lowercase_irregular(*encode_utf8(texts))


def mark_frequent_letters(codes: NDArray[np.uint32], terms: int) -> NDArray[np.uint32]:
    """Return `letter_table` with the bit `KNOWN` at the letters that some terms, as code points, often have."""
    table = letter_table().copy()
    counts = np.bincount(codes[codes < len(table)], minlength=len(table))
    table[counts[table & tokens.CODE] > terms * MIN_LETTER_SHARE] |= KNOWN
    return table


def encode_utf8(texts: Texts) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Put N texts into one buffer, as `join_utf8` does, capitals as they are."""
    return join_utf8(texts) if isinstance(texts, Sequence) else arrow_buffers(texts)


_STOPS, _PAUSES, _SILENT = ".!?…\n", ';:,()“”—–[]/|"', "'’`-#@&*~^"
_UNUSUAL = ("\u0130".encode(), "\u03a3".encode())  # dotted I: two letters; sigma: another at the end of a word


def join_utf8(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Put N texts into one buffer of UTF-8; return it, and where each text begins and the last one ends, (N + 1,).

    A lone surrogate takes three bytes.

    >>> raw, offsets = join_utf8(["no", "", "é"])
    >>> raw.tolist(), offsets.tolist()
    ([110, 111, 195, 169], [0, 2, 2, 4])
    """
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    return np.frombuffer(bytearray().join(encoded), np.uint8), _bounds(encoded)


def code_points(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Put N texts into one buffer of code points; return it, and where each begins and the last one ends, (N + 1,).

    >>> codes, offsets = code_points(["no", "", "é"])
    >>> codes.tolist(), offsets.tolist()
    ([110, 111, 233], [0, 2, 2, 3])
    """
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes, _bounds(texts)


def arrow_buffers(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the buffer of N Arrow strings without a copy, as `join_utf8` does; none may be null.

    >>> raw, offsets = arrow_buffers(pa.array(["so", "no", "ok"])[1:])
    >>> offsets.tolist(), bytes(raw)
    ([0, 2, 4], b'nook')
    """
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    _, offsets, raw = texts.buffers()
    bounds = np.frombuffer(offsets, width, len(texts) + 1, texts.offset * np.dtype(width).itemsize).astype(np.int64)
    return np.frombuffer(raw or b"", np.uint8)[bounds[0] : bounds[-1]], bounds - bounds[0]


def lowercase_irregular(
    raw: NDArray[np.uint8], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Make all letters small if one has a small form of two letters, or one that depends on its neighbours.

    >>> bytes(lowercase_irregular(*join_utf8(["ΑΣ so"]))[0]).decode()
    'ας so'
    """
    whole = raw.tobytes()
    if not any(letter in whole for letter in _UNUSUAL):
        return raw, offsets
    bounds = zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)
    return join_utf8([whole[low:high].decode("utf-8", "surrogatepass").lower() for low, high in bounds])


@cache
def letter_table() -> NDArray[np.uint32]:
    r"""Return the small form of every code point with the bits `WORD` (`\w`), `SPACE` and `HIDDEN`; (262144,).

    All white space is one blank. Code points beyond are none of these in any version of Unicode.

    >>> [hex(letter_table()[ord(char)]) for char in "Ab\t!"]
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
    table[list(INVISIBLE_CODES)] |= HIDDEN
    return table


@cache
def clause_letter_table() -> NDArray[np.uint32]:
    """Return `letter_table` with more bits: `CAPITAL`, `SMALL`, `PAUSE`, `STOP`, `SILENT`.

    A stop is a pause that ends a sentence, such as the end of a line; a silent sign means nothing by itself.

    >>> [bool(clause_letter_table()[ord(char)] & CAPITAL) for char in "Aa!"]
    [True, False, False]
    """
    table = letter_table().copy()
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
