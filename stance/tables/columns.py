"""What a table must hold: the text column, the label columns, and all faults at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import TableError
from stance.strings import is_blank, is_number, listed

ID, ARTICLE = "id", "article"
TEXT_WORDS = frozenset(["text", "body", "comment", "comments", "content", "message", "review", "tweet", "post"])


def read_texts(table: pa.Table, column: str, source: str) -> list[str]:
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
    >>> read_texts(pa.table({"text": ["so what", None]}), "text", "a.csv")
    ['so what', '']
    """
    check_text_column(table.column_names, column, source)
    texts = column_strings(table, column)
    check_not_numeric(texts, column, table.column_names, source)
    return texts


def check_text_column(columns: Sequence[str], column: str, source: str) -> None:
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


def read_column(table: pa.Table, column: str, source: str) -> list[str]:
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
    return column_strings(table, column)


def read_ids(table: pa.Table) -> list[str] | None:
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
    return column_strings(table, ID) if ID in table.column_names else None


def column_strings(table: pa.Table, column: str) -> list[str]:
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
    return list(string_column(table, column).to_pylist())


def string_column(table: pa.Table, column: str) -> pa.ChunkedArray:
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
    >>> string_column(pa.table({"text": ["so what", None]}), "text").to_pylist()
    ['so what', '']
    """
    try:
        cells = table[column].cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        fault = f"column {column!r} holds {table[column].type}, expected text in UTF-8"
        raise TableError("the table", [f"{fault}; write it anew as text"]) from None
    return pc.fill_null(cells, "") if cells.null_count else cells  # to fill none would import pandas all the same


def check_not_numeric(texts: Sequence[str], column: str, columns: Sequence[str], source: str) -> None:
    """Raise TableError, guessing which column is meant, if a text column holds nothing but numbers."""
    shown = [text for text in texts if not is_blank(text)]
    if shown and all(map(is_number, shown)):
        fault = f"column {column!r} holds numbers only (such as {shown[0].strip()[:20]}), expected comments"
        raise TableError(source, [f"{fault}; {_text_hint(column, columns)}"])


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
