"""What counts as text."""

import re

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
