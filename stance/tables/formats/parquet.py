"""Parquet, through pyarrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet

from stance.errors import TableError

ROW_GROUP_ROWS = 50_000  # of a row group, whatever the parts that the rows come in, so that the bytes are the same


class ParquetReader:
    """Reads a Parquet file part by part, with the types that it has.

    Parameters
    ----------
    stream : binary file
        One that can seek.
    source : str
        Name for messages.

    Attributes
    ----------
    columns : list of str
    met : int
        Number of rows met so far.
    first_row : int

    Raises
    ------
    TableError
        If the file is not Parquet, or a column name stands in it twice.
    """

    first_row = 1

    def __init__(self, stream: BinaryIO, source: str) -> None:
        self.source = source
        self.rows_read = 0
        try:
            self._file = pyarrow.parquet.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise TableError(source, [f"not a whole Parquet file ({_first_line(error)})"]) from None
        self.columns = list(self._file.schema_arrow.names)
        twice = sorted(name for name, times in Counter(self.columns).items() if times > 1)
        if twice:
            raise TableError(source, [f"column {name!r} stands twice; rename one" for name in twice])

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Give the table in parts of at most `rows` rows.

        Parameters
        ----------
        rows : int

        Yields
        ------
        pyarrow.Table

        Raises
        ------
        TableError
            If the file is damaged.
        """
        try:
            for batch in self._file.iter_batches(batch_size=rows):
                self.rows_read += len(batch)
                batch.validate(full=True)  # bytes that are no text would go through the scorer and into the result
                yield pa.Table.from_batches([batch])
        except (pa.ArrowException, OSError) as error:
            raise TableError(self.source, [f"damaged ({_first_line(error)})"]) from None


class ParquetWriter:
    """Writes parts of a table as Parquet.

    Parameters
    ----------
    stream : binary file
    schema : pyarrow.Schema
        Columns of every part.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(stream, schema)
        self._waiting: list[pa.Table] = []
        self._rows = 0

    def write(self, batch: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        self._waiting.append(batch)
        self._rows += len(batch)
        if self._rows >= ROW_GROUP_ROWS:
            self._write_groups(self._rows - self._rows % ROW_GROUP_ROWS)

    def close(self) -> None:
        """Write the last rows and the footer; the stream stays open."""
        self._write_groups(self._rows)
        self._writer.close()

    def _write_groups(self, rows: int) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        for first in range(0, rows, ROW_GROUP_ROWS):
            self._writer.write_table(table.slice(first, min(ROW_GROUP_ROWS, rows - first)).combine_chunks())
        self._waiting, self._rows = [table.slice(rows)], len(table) - rows


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
