"""Cells that a spreadsheet would run as formulas: made harmless, and given back as they were.

OWASP's advice on CSV injection: an apostrophe before `=`, `+`, `-`, `@`, tab or carriage return at the start of a cell.
Cells that begin so behind apostrophes of their own get one more, so that the way back is the same for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from stance.tables.protocols import TableReader

BOM = "\ufeff"  # byte order mark, by which Excel knows UTF-8
FORMULA = r"^('*[=+\-@\t\r])"
ESCAPED_FORMULA = r"^'('*[=+\-@\t\r])"


class UnescapedReader:
    """Reads a table that was made harmless, as it was before.

    Parameters
    ----------
    reader : Reader
    """

    def __init__(self, reader: TableReader) -> None:
        self._reader = reader
        self.columns = [re.sub(ESCAPED_FORMULA, r"\1", name) for name in reader.columns]
        self.first_row = reader.first_row

    @property
    def rows_read(self) -> int:
        """Number of rows met so far."""
        return self._reader.rows_read

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Give the table in parts.

        Parameters
        ----------
        rows : int

        Yields
        ------
        pyarrow.Table
        """
        for batch in self._reader.batches(rows):
            yield _changed(batch, ESCAPED_FORMULA, r"\1")


def escape_formulas(table: pa.Table) -> pa.Table:
    r"""Make the cells and the header harmless, and mark the first name.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pyarrow.Table

    Examples
    --------
    >>> table = escape_formulas(pa.table({"id": ["=1+1", "'-x", "x-y"]}))
    >>> table.column_names, table.column(0).to_pylist()
    (['\ufeffid'], ["'=1+1", "''-x", 'x-y'])
    """
    safe = _changed(table, FORMULA, r"'\1")
    return safe.rename_columns([BOM + name if not at else name for at, name in enumerate(safe.column_names)])


def _changed(table: pa.Table, pattern: str, replacement: str) -> pa.Table:
    columns = [
        pc.replace_substring_regex(column, pattern, replacement) if _is_text(column.type) else column
        for column in table.columns
    ]
    fields = [field.with_name(re.sub(pattern, replacement, field.name)) for field in table.schema]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields, table.schema.metadata))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
