"""Find and check the columns of a table: text, ids, others that options name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import TableError
from stance.strings import is_blank, is_number, listed
from stance.tables.formats.records import delimiter_hint

ID, ARTICLE = "id", "article"
TEXT_WORDS = frozenset(["text", "body", "comment", "comments", "content", "message", "review", "tweet", "post"])
OTHER_WORDS = frozenset(["id", "url", "date", "count", "number"])  # as in comment_id: beside a comment, not itself one


def read_texts(table: pa.Table, column: str, source: str) -> list[str]:
    """Read the N comments of a table, a null as ''; TableError if there are none or all are numbers.

    >>> read_texts(pa.table({"text": ["so what", None]}), "text", "a.csv")
    ['so what', '']
    """
    check_text_column(table.column_names, column, source)
    texts = column_strings(table, column)
    check_not_numeric(texts, column, table.column_names, source)
    return texts


def check_text_column(columns: Sequence[str], column: str, source: str) -> None:
    """Raise TableError, guessing which column is meant, if the text column is missing."""
    if column not in columns:
        hint = _text_column_hint(column, columns)
        raise TableError(source, [f"no column {column!r}; the columns are {listed(columns)}; {hint}"])


def check_not_numeric(texts: Sequence[str], column: str, columns: Sequence[str], source: str) -> None:
    """Raise TableError, guessing which column is meant, if a text column holds nothing but numbers."""
    visible = [text for text in texts if not is_blank(text)]
    if visible and all(map(is_number, visible)):
        fault = f"column {column!r} holds numbers only (such as {visible[0].strip()[:20]}), expected comments"
        raise TableError(source, [f"{fault}; {_text_column_hint(column, columns)}"])


def read_column(table: pa.Table, column: str, source: str) -> list[str]:
    """Read the N cells of a column that an option names, a null as ''; TableError if it is missing."""
    if column not in table.column_names:
        raise TableError(source, [f"no column {column!r}; the columns are {listed(table.column_names)}"])
    return column_strings(table, column)


def read_ids(table: pa.Table) -> list[str] | None:
    """Read the N ids of comments; None where the table has no column `id`."""
    return column_strings(table, ID) if ID in table.column_names else None


def column_strings(table: pa.Table, column: str) -> list[str]:
    """Read a column as N strings, a null as ''; TableError if its cells cannot be shown as text."""
    return list(string_column(table, column).to_pylist())


def string_column(table: pa.Table, column: str) -> pa.ChunkedArray:
    """Cast a column to N strings, a null to ''; TableError if its cells cannot be shown as text.

    >>> string_column(pa.table({"text": ["so what", None]}), "text").to_pylist()
    ['so what', '']
    """
    try:
        cells = table[column].cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        fault = f"column {column!r} holds {table[column].type}, expected text in UTF-8"
        raise TableError("the table", [f"{fault}; save the column as text"]) from None
    return pc.fill_null(cells, "") if cells.null_count else cells  # fill_null imports pandas, also if there is no null


def _text_column_hint(column: str, columns: Sequence[str]) -> str:
    hint = delimiter_hint(columns)
    if hint is not None:
        return hint
    others = [name for name in columns if name != column]
    likely = [name for name in others if _names_text(name)] or get_close_matches(column, others, 1)
    if likely:
        return f"did you mean --text-column {likely[0]!r}?"
    return "name the column of comments with --text-column"


def _names_text(column: str) -> bool:
    words = set(re.split(r"[\W_]+", column.lower()))
    return bool(words & TEXT_WORDS) and not words & OTHER_WORDS
