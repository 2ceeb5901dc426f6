"""stance/strings.py."""

from __future__ import annotations

import re
from collections.abc import Sequence

JOINERS = "\u200c\u200d"  # within words of Hindi, Persian and Urdu, and within emoji; a terminal obeys neither


def printable(text: str) -> str:
    r"""Write what a terminal would obey or hide by its number, as `repr` does, so that no data can act on a screen.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In one line.

    Examples
    --------
    >>> printable("so \x1b[31mred\n")
    'so \\x1b[31mred\\n'
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char in JOINERS else repr(char)[1:-1] for char in text)


def listed(names: Sequence[str]) -> str:
    """Join names for a message.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["id", "body"])
    'id, body'
    >>> listed([])
    '(none)'
    """
    return ", ".join(names) if names else "(none)"


_HIDDEN = (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xAD, 0xFE0E, 0xFE0F, 0xFEFF)
_INVISIBLE = re.compile(rf"[\s{''.join(map(chr, _HIDDEN))}]*")
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
