"""Escape cells that a spreadsheet would run as formulas, and unescape them.

OWASP on CSV injection: put an apostrophe before `=`, `+`, `-`, `@`, tab or carriage return at the start of a cell.
Cells that have apostrophes of their own before such a character get one more, so that unescaping is the same for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from stance.tables.protocols import TableReader

BOM = "\ufeff"  # byte order mark, by which Excel recognizes UTF-8
FORMULA = r"^('*[=+\-@\t\r])"
ESCAPED_FORMULA = r"^'('*[=+\-@\t\r])"


class UnescapedReader:
    """Reads a table that was escaped for a spreadsheet as it was before."""

    def __init__(self, reader: TableReader) -> None:
        self._reader = reader
        self.columns = [re.sub(ESCAPED_FORMULA, r"\1", name) for name in reader.columns]
        self.first_row = reader.first_row
        self.has_order = reader.has_order
        self.has_gaps = reader.has_gaps

    @property
    def null_columns(self) -> Sequence[str]:
        """Columns of which the batches so far hold nothing but nulls."""
        return self._reader.null_columns

    @property
    def rows_read(self) -> int:
        """Number of rows read so far, good and bad."""
        return self._reader.rows_read

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows."""
        for batch in self._reader.batches(rows):
            yield _replace(batch, ESCAPED_FORMULA, r"\1")


def escape_formulas(table: pa.Table) -> pa.Table:
    r"""Escape cells and header, and put a byte order mark before the first name.

    >>> table = escape_formulas(pa.table({"id": ["=1+1", "'-x", "x-y"]}))
    >>> table.column_names, table.column(0).to_pylist()
    (['\ufeffid'], ["'=1+1", "''-x", 'x-y'])
    """
    escaped = _replace(table, FORMULA, r"'\1")
    return escaped.rename_columns([name if at else BOM + name for at, name in enumerate(escaped.column_names)])


def _replace(table: pa.Table, pattern: str, replacement: str) -> pa.Table:
    columns = [
        pc.replace_substring_regex(column, pattern, replacement) if _is_string(column.type) else column
        for column in table.columns
    ]
    fields = [field.with_name(re.sub(pattern, replacement, field.name)) for field in table.schema]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata))


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
