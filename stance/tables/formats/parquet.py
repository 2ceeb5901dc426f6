"""Parquet, through pyarrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet

from stance.errors import TableError

ROW_GROUP_ROWS = 50_000  # rows of a group, whatever the batches, so that the bytes are the same


class ParquetReader:
    """Reads a Parquet file with its types, from a stream that can seek; TableError if it is no table."""

    first_row = 1

    def __init__(self, stream: BinaryIO, source: str) -> None:
        self.source = source
        self.rows_read = 0
        try:
            self._file = pyarrow.parquet.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise TableError(source, [f"not a whole Parquet file ({_first_line(error)})"]) from None
        self.columns = list(self._file.schema_arrow.names)
        duplicates = sorted(name for name, times in Counter(self.columns).items() if times > 1)
        if duplicates:
            raise TableError(source, [f"duplicate column {name!r}; rename one" for name in duplicates])

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged."""
        try:
            for batch in self._file.iter_batches(batch_size=rows):
                self.rows_read += len(batch)
                batch.validate(full=True)  # bytes that are not UTF-8 would go through the model and into the result
                yield pa.Table.from_batches([batch])
        except (pa.ArrowException, OSError) as error:
            raise TableError(self.source, [f"damaged ({_first_line(error)})"]) from None


class ParquetWriter:
    """Writes batches as Parquet, in row groups of one size."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._writer = pyarrow.parquet.ParquetWriter(stream, schema)
        self._waiting: list[pa.Table] = []
        self._n_waiting = 0

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        self._waiting.append(batch)
        self._n_waiting += len(batch)
        if self._n_waiting >= ROW_GROUP_ROWS:
            self._write_groups(self._n_waiting - self._n_waiting % ROW_GROUP_ROWS)

    def close(self) -> None:
        """Write the last rows and the footer; the stream stays open."""
        self._write_groups(self._n_waiting)
        self._writer.close()

    def _write_groups(self, rows: int) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        for first in range(0, rows, ROW_GROUP_ROWS):
            self._writer.write_table(table.slice(first, min(ROW_GROUP_ROWS, rows - first)).combine_chunks())
        self._waiting, self._n_waiting = [table.slice(rows)], len(table) - rows


def count_rows(path: Path) -> int:
    """Return the number of rows by the footer of a file."""
    return int(pyarrow.parquet.read_metadata(path).num_rows)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
