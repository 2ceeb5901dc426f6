"""What a table must hold: the text column, the label columns, and all faults at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import TableError, listed
from stance.text import is_blank, is_number

ID, ARTICLE = "id", "article"
TEXT_WORDS = frozenset(["text", "body", "comment", "comments", "content", "message", "review", "tweet", "post"])
MOST_LABELS = 50  # a column with more values is not a label column
ENOUGH_TO_TELL = 10  # rows; from here on, a column in which values hardly repeat (dates, names) is none either


@dataclass(frozen=True)
class LabelledComments:
    """Comments with labels.

    Parameters
    ----------
    texts : list of str
        N comments.
    labels : dict of str to list of str
        For each head N labels; an empty one means not labelled.
    articles : list of str or None
        N names, where the table has that column.
    """

    texts: list[str]
    labels: dict[str, list[str]]
    articles: list[str] | None


def texts_of(table: pa.Table, column: str, source: str) -> list[str]:
    """Take the comments out of a table.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.
    column : str
        Name of the text column.
    source : str
        Name for messages.

    Returns
    -------
    list of str
        N texts; a null is an empty one.

    Raises
    ------
    TableError
        If there is no such column, or it holds numbers only.

    Examples
    --------
    >>> texts_of(pa.table({"text": ["so what", None]}), "text", "a.csv")
    ['so what', '']
    """
    refuse_missing_text(table.column_names, column, source)
    refuse_numbers(table, column, source)
    return strings(table, column)


def refuse_missing_text(columns: Sequence[str], column: str, source: str) -> None:
    """Refuse a table without its text column, guessing which one is meant.

    Parameters
    ----------
    columns : sequence of str
        Of the table.
    column : str
        Name of the text column.
    source : str
        Name for messages.

    Raises
    ------
    TableError
    """
    if column not in columns:
        hint = _text_hint(column, columns)
        raise TableError(source, [f"no column {column!r}; the columns are {listed(columns)}; {hint}"])


def cells_of(table: pa.Table, column: str, source: str) -> list[str]:
    """Read a column that an option names.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.
    column : str
    source : str
        Name for messages.

    Returns
    -------
    list of str
        N cells, a null as an empty one.

    Raises
    ------
    TableError
        If there is no such column.
    """
    if column not in table.column_names:
        raise TableError(source, [f"no column {column!r}; the columns are {listed(table.column_names)}"])
    return strings(table, column)


def ids_of(table: pa.Table) -> list[str] | None:
    """Read the names of comments.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.

    Returns
    -------
    list of str or None
        None where the table has no column `id`.
    """
    return strings(table, ID) if ID in table.column_names else None


def strings(table: pa.Table, column: str) -> list[str]:
    """Read a column as strings, a null as an empty one.

    Parameters
    ----------
    table : pyarrow.Table
    column : str

    Returns
    -------
    list of str

    Raises
    ------
    TableError
        If its cells are no text and cannot be shown as such.
    """
    return list(text_column(table, column).to_pylist())


def text_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """Take a column as strings, a null as an empty one.

    Parameters
    ----------
    table : pyarrow.Table
    column : str

    Returns
    -------
    pyarrow.ChunkedArray
        Strings.

    Raises
    ------
    TableError
        If its cells are no text and cannot be shown as such.

    Examples
    --------
    >>> text_column(pa.table({"text": ["so what", None]}), "text").to_pylist()
    ['so what', '']
    """
    try:
        cells = table[column].cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        fault = f"column {column!r} holds {table[column].type}, expected text in UTF-8"
        raise TableError("the table", [f"{fault}; write it anew as text"]) from None
    return pc.fill_null(cells, "") if cells.null_count else cells  # to fill none would import pandas all the same


def refuse_numbers(table: pa.Table, column: str, source: str) -> None:
    """Refuse a text column that holds nothing but numbers.

    Parameters
    ----------
    table : pyarrow.Table
    column : str
        Name of the text column.
    source : str
        Name for messages.

    Raises
    ------
    TableError
    """
    shown = [text for text in strings(table, column) if not is_blank(text)]
    if shown and all(map(is_number, shown)):
        fault = f"column {column!r} holds numbers only (such as {shown[0].strip()[:20]}), expected comments"
        raise TableError(source, [f"{fault}; {_text_hint(column, table.column_names)}"])


def label_counts(cells: Sequence[str]) -> dict[str, int]:
    """Count the rows of each label, leaving out those without one.

    Parameters
    ----------
    cells : sequence of str
        N labels, empty where there is none.

    Returns
    -------
    dict of str to int
        In alphabetical order.

    Examples
    --------
    >>> label_counts(["b", "", "a", "b"])
    {'a': 1, 'b': 2}
    """
    return dict(sorted(Counter(filter(None, cells)).items()))


def heads_of(columns: Sequence[str], wanted: Sequence[str], known: Sequence[str], text_column: str) -> list[str]:
    """Choose the label columns to train on.

    Parameters
    ----------
    columns : sequence of str
        Of the table.
    wanted : sequence of str
        Named by the user; may be empty.
    known : sequence of str
        Heads taken if none is named.
    text_column : str

    Returns
    -------
    list of str
        The named ones; else the known ones that are there; else all columns beside id, article and text.

    Examples
    --------
    >>> heads_of(["id", "text", "mood"], [], ["tone"], "text")
    ['mood']
    """
    if wanted:
        return list(dict.fromkeys(wanted))
    others = [name for name in columns if name not in (ID, ARTICLE, text_column)]
    return [head for head in known if head in others] or others


def labelled(
    table: pa.Table,
    source: str,
    heads: Sequence[str],
    text_column: str,
    allowed: Mapping[str, Sequence[str]],
    first_row: int,
) -> LabelledComments:
    """Take comments and labels out of a table, refusing it with all of its faults.

    Parameters
    ----------
    table : pyarrow.Table
        N rows.
    source : str
        Name for messages.
    heads : sequence of str
        Label columns.
    text_column : str
    allowed : mapping of str to sequence of str
        The labels of the heads for which they are fixed.
    first_row : int
        Number of the first row, for messages.

    Returns
    -------
    LabelledComments

    Raises
    ------
    TableError
        If a column is missing, a label is unknown, or a column is no label column.
    """
    missing = [head for head in heads if head not in table.column_names]
    faults = [f"no label column {head!r}; the columns are {listed(table.column_names)}" for head in missing]
    if not heads:
        faults.append(f"no label column beside the text; the columns are {listed(table.column_names)}")
    labels = {head: [cell.strip() for cell in strings(table, head)] for head in heads if head not in missing}
    for head, cells in labels.items():
        faults += _label_faults(head, cells, allowed.get(head), first_row)
    try:
        texts = texts_of(table, text_column, source)
    except TableError as error:
        faults += error.faults
    if faults:
        raise TableError(source, faults)
    articles = strings(table, ARTICLE) if ARTICLE in table.column_names else None
    return LabelledComments(texts, labels, articles)


def _label_faults(head: str, cells: list[str], allowed: Sequence[str] | None, first_row: int) -> list[str]:
    counts = label_counts(cells)
    rows = sum(counts.values())
    if allowed is not None:
        return [
            f"row {row}: {head} is {cell!r}; allowed: {listed(allowed)} (rename the column for labels of your own)"
            for row, cell in enumerate(cells, first_row)
            if cell and cell not in allowed
        ]
    if len(counts) > MOST_LABELS or (rows >= ENOUGH_TO_TELL and 2 * len(counts) > rows):
        found = f"column {head!r} has {len(counts):,} different values, so it is no label column"
        return [f"{found}; name the label columns with --heads"]
    return []


def _text_hint(column: str, columns: Sequence[str]) -> str:
    mark = next((mark for mark in ";\t|" if len(columns) == 1 and mark in columns[0]), None)
    if mark is not None:
        return f"its cells seem to be parted by {mark!r}: add --delimiter {'tab' if mark == chr(9) else repr(mark)}"
    others = [name for name in columns if name != column]
    likely = [name for name in others if _sounds_like_text(name)] or get_close_matches(column, others, 1)
    if likely:
        return f"did you mean --text-column {likely[0]!r}?"
    return "name the column of comments with --text-column"


def _sounds_like_text(column: str) -> bool:
    words = set(re.split(r"[\W_]+", column.lower()))
    return bool(words & TEXT_WORDS) and not words & {"id", "url", "date", "count", "number"}
