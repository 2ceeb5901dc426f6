"""Faults of a label column: mistyped labels, labels that are one but for their spelling, columns that hold none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from stance.strings import listed, plural

MAX_LABELS = 50  # a column with more values is not a label column, unless it is named as one
MIN_ROWS_TO_JUDGE = 10  # rows; from here on, a column in which values hardly repeat (dates, names) is not one either
MAX_SHOWN_ROWS = 3  # of those with the same fault
MIN_LIKENESS = 0.7  # of a mistyped label and the one that is meant, 0 to 1 (difflib)
# between letters, or a letter and a digit: the sign of "-1" and the point of "1.5" tell labels apart
_SEPARATOR = r"[\s_./:\u2010-\u2015\u2212-]"
_LETTER = r"[^\W\d_]"
_SEPARATORS = re.compile(
    rf"(?<={_LETTER}){_SEPARATOR}+(?={_LETTER})|(?<={_LETTER}){_SEPARATOR}(?=\d)|(?<=\d){_SEPARATOR}+(?={_LETTER})"
)
_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic; vowel signs of other scripts are letters


def label_faults(
    head: str, cells: Sequence[str], first_row: int, allowed: Sequence[str] | None, is_named: bool
) -> list[str]:
    """Find the faults of a label column of N cells, which may be empty; `is_named`: the user says that it is one."""
    if allowed is not None:
        return _mistyped(head, cells, first_row, allowed)
    counts = Counter(filter(None, cells))
    rows = sum(counts.values())
    repeats = len(counts) < rows if is_named else 2 * len(counts) <= rows
    if (len(counts) > MAX_LABELS and not is_named) or (rows >= MIN_ROWS_TO_JUDGE and not repeats):
        fault = f"column {head!r} has {len(counts):,} different values, so it is not a label column"
        return [f"{fault}; name the label columns with --heads"]
    return lookalikes(head, counts)


def unknown_spellings(head: str, cells: Sequence[str], first_row: int, known: Sequence[str]) -> list[str]:
    """Find labels that a model knows in another spelling."""
    meant = {normalize_label(label): label for label in known}
    return [
        f"{_rows(rows, first_row)}: {head} is {label!r}; did you mean {meant[normalize_label(label)]!r}, as the model?"
        for label, rows in _rows_of(cells, set(known)).items()
        if normalize_label(label) in meant
    ]


def lookalikes(head: str, counts: Mapping[str, int], what: str = "labels") -> list[str]:
    """Find labels, of which `counts` gives the rows, that are one but for their spelling.

    >>> [fault] = lookalikes("mood", {"Good": 5, "good": 1})
    >>> fault[:55]
    "mood: the labels 'Good' (5 rows) and 'good' (1 row) dif"
    """
    spellings: dict[str, list[str]] = {}
    for label in sorted(counts):
        spellings.setdefault(normalize_label(label), []).append(label)
    faults = []
    for alike in [alike for alike in spellings.values() if len(alike) > 1]:
        shown = " and ".join(f"{each!r} ({plural(counts[each], 'row')})" for each in alike)
        fault = f"{head}: the {what} {shown} differ only in case, accents, width or separators"
        faults.append(f"{fault}; did you mean {max(alike, key=lambda each: counts[each])!r}? write them alike")
    return faults


def normalize_label(label: str) -> str:
    """Reduce a label to what does not depend on case, accents, width, separators and invisible characters.

    >>> [normalize_label(label) for label in ("Pro-US", "pro us", "ｐｒｏ＿us", "próus", "-1", "1.5")]
    ['prous', 'prous', 'prous', 'prous', '-1', '1.5']
    """
    folded = unicodedata.normalize("NFKC", label).casefold()
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", folded))
    seen = "".join(char for char in bare if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace())
    return unicodedata.normalize("NFC", _SEPARATORS.sub("", seen.strip().strip("_")))


def _mistyped(head: str, cells: Sequence[str], first_row: int, allowed: Sequence[str]) -> list[str]:
    plain = {normalize_label(label): label for label in allowed}
    faults = []
    for label, rows in _rows_of(cells, set(allowed)).items():
        close = get_close_matches(normalize_label(label), plain, n=1, cutoff=MIN_LIKENESS)
        meant = f"did you mean {plain[close[0]]!r}? " if close else ""
        faults.append(
            f"{_rows(rows, first_row)}: {head} is {label!r}; {meant}allowed: {listed(allowed)} "
            "(rename the column for labels of your own)"
        )
    return faults


def _rows_of(cells: Sequence[str], known: set[str]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(cells):
        if cell and cell not in known:
            rows.setdefault(cell, []).append(row)
    return rows


def _rows(rows: Sequence[int], first_row: int) -> str:
    """Name rows of the file by number, the first few of many.

    >>> _rows([0], 2), _rows([0, 3], 2), _rows(range(50), 2)
    ('row 2', 'rows 2, 5', 'rows 2, 3, 4 and 47 more')
    """
    shown = ", ".join(str(row + first_row) for row in rows[:MAX_SHOWN_ROWS])
    more = f" and {len(rows) - MAX_SHOWN_ROWS:,} more" if len(rows) > MAX_SHOWN_ROWS else ""
    return f"row{'s' if len(rows) > 1 else ''} {shown}{more}"
