"""What is visible, blank, numeric or safe to print in a string; words of messages."""

from __future__ import annotations

import re
from collections.abc import Sequence

JOINERS = "\u200c\u200d"  # within words of Hindi, Persian and Urdu, and within emoji; a terminal obeys neither
INVISIBLE_CODES = (
    *range(0x200B, 0x2010),  # zero-width space, joiners, marks of direction
    *range(0x202A, 0x202F),  # embeddings and overrides of direction
    *range(0x2060, 0x2065),  # word joiner, invisible operators
    *(0xAD, 0xFE0E, 0xFE0F, 0xFEFF),  # soft hyphen, variation selectors, byte order mark
)
_BLANK = re.compile(rf"[\s{''.join(map(chr, INVISIBLE_CODES))}]*")
_NUMBER = re.compile(  # each quantifier is possessive: with backtracking, a long row of blanks takes forever
    r"\s*+[-+]?+[.,]?+\d[\d.,]*+(e[-+]?+\d++)?+\s*+%?+\s*+", re.IGNORECASE
)


def printable(text: str) -> str:
    r"""Escape what a terminal would obey or hide, as `repr` does, so that no data can act on a screen.

    >>> printable("so \x1b[31mred\n")
    'so \\x1b[31mred\\n'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in JOINERS else repr(char)[1:-1] for char in text)


def listed(names: Sequence[str]) -> str:
    """Join names for a message.

    >>> listed(["id", "body"]), listed([])
    ('id, body', '(none)')
    """
    return ", ".join(names) if names else "(none)"


def plural(count: int, noun: str) -> str:
    """Join a count and its noun for a message.

    >>> plural(1, "cell"), plural(2000, "cell")
    ('1 cell', '2,000 cells')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def is_blank(text: str) -> bool:
    r"""Return whether a text shows nothing: empty, white space, or invisible characters only.

    >>> is_blank(" \u200b\t"), is_blank("?")
    (True, False)
    """
    return _BLANK.fullmatch(text) is not None


def is_number(text: str) -> bool:
    """Return whether a text is written like one number.

    >>> is_number("1,200.5"), is_number("2 many"), is_number("-3e5")
    (True, False, True)
    """
    return _NUMBER.fullmatch(text) is not None
