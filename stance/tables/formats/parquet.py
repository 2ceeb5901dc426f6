"""Parquet, through pyarrow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet
from numpy.typing import NDArray

from stance.errors import TableError
from stance.strings import listed
from stance.tables.formats import rejects
from stance.tables.formats.cells import JSON, NUMBER, SHOWN, is_marked
from stance.tables.formats.rejects import NO_OFFSET, OnReject, Reject, raise_reject
from stance.tables.formats.sizes import CELL_BYTES, MAX_BATCH_BYTES, Rebatcher, check_width, prefix, rebatch, row_sizes

ROW_GROUP_ROWS = 50_000  # rows of a group, whatever the batches, so that the bytes are the same
MAX_GROUP_BYTES = 1 << 26  # of the rows of a group, all of which are in memory until it is written
BYTES = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
NESTED_ROWS_AT_ONCE = 256  # since strings in lists are spelled out before their size is known
PARQUET_ERRORS = (pa.ArrowException, OSError, UnicodeDecodeError)  # the last for names of columns


class ParquetReader:
    """Reads a Parquet file with its types, from a stream that can seek; TableError if it is no table.

    Strings are read as codes of a dictionary where they are stored so, and are only spelled out in batches that fit in
    memory. `reject` is called with each row that holds a string that is not UTF-8, or that is too long.
    """

    first_row = 1
    has_order = has_gaps = False

    def __init__(
        self, stream: BinaryIO, source: str, reject: OnReject = raise_reject, text_column: str | None = None
    ) -> None:
        self.source = source
        self._text_column = text_column  # must be text even if the file calls it bytes
        self.rows_read = 0
        self._on_reject = reject
        try:
            file = pyarrow.parquet.ParquetFile(stream)
            schema = file.schema_arrow
            leaves = [file.schema.column(at) for at in range(len(file.schema))]
            strings = [leaf.path for leaf in leaves if leaf.physical_type == "BYTE_ARRAY" and leaf.path in schema.names]
            self._file = pyarrow.parquet.ParquetFile(stream, metadata=file.metadata, read_dictionary=strings)
        except PARQUET_ERRORS as error:
            raise TableError(source, [f"not a whole Parquet file ({_first_line(error)})"]) from None
        self.columns = list(schema.names)
        duplicates = sorted(name for name, times in Counter(self.columns).items() if times > 1)
        if duplicates:
            raise TableError(source, [f"duplicate column {name!r}; rename one" for name in duplicates])
        check_width(source, len(leaves))
        self._schema = pa.schema([_unmarked(field) for field in schema], schema.metadata)
        self._flat = [at for at, leaf in enumerate(leaves) if not leaf.max_repetition_level]
        self._n_leaves = len(leaves)
        self._is_nested = any(pa.types.is_nested(field.type) for field in schema)
        self._check_counts()

    @property
    def null_columns(self) -> Sequence[str]:
        """Columns of which it is only known that all values are null."""
        return [field.name for field in self._schema if pa.types.is_null(field.type)]

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged, or holds fewer rows than it says."""
        try:
            yield from rebatch(self._tables(rows), rows)
        except PARQUET_ERRORS as error:
            raise TableError(self.source, [f"damaged ({_first_line(error)})"]) from None
        self._check_read()

    def _tables(self, rows: int) -> Iterator[pa.Table]:
        for batch in self._record_batches(rows):
            table = pa.Table.from_batches([batch])
            sizes, first = row_sizes(table), 0
            while first < len(table):
                size = prefix(sizes, first, rows)
                yield from self._good_rows(_rows_of(table, first, size), sizes[first : first + size])
                first += size

    def _record_batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        rows = max(1, min(rows, MAX_BATCH_BYTES // (CELL_BYTES * max(1, self._n_leaves))))
        if not self._is_nested:
            yield from self._file.iter_batches(batch_size=rows)
            return
        for number in range(self._file.metadata.num_row_groups):
            yield from self._file.iter_batches(self._nested_rows_at_once(number, rows), row_groups=[number])

    def _nested_rows_at_once(self, number: int, rows: int) -> int:
        """Return how many rows of a group are read at a time, by the number of values in their lists."""
        for _ in self._file.iter_batches(1, row_groups=[number]):
            break  # where the footer is damaged this is an error; asking for a column would end the process
        group = self._file.metadata.row_group(number)
        values = sum(group.column(at).num_values for at in range(group.num_columns))
        fitting = MAX_BATCH_BYTES // CELL_BYTES * group.num_rows // max(1, values)
        return max(1, min(rows, int(fitting), NESTED_ROWS_AT_ONCE))

    def _check_counts(self) -> None:
        """Raise TableError unless the numbers of rows in the footer agree, and rows are not too long on the average."""
        footer, counted = self._file.metadata, 0
        for group in map(footer.row_group, range(footer.num_row_groups)):
            counted += group.num_rows
            if group.total_byte_size > rejects.MAX_ROW_BYTES * max(1, group.num_rows):
                fault = f"its rows have more than {rejects.MAX_ROW_BYTES:,} bytes each, which is the limit"
                raise TableError(self.source, [f"{fault}; leave long columns out"])
        if counted != footer.num_rows:
            raise self._lost_rows(footer.num_rows, f"its row groups hold {counted:,}")

    def _check_read(self) -> None:
        """Raise TableError unless all rows were read that the footer has; by then pyarrow has found it to be sound."""
        footer = self._file.metadata
        if self.rows_read != footer.num_rows:
            raise self._lost_rows(footer.num_rows, f"{self.rows_read:,} could be read")
        for group in map(footer.row_group, range(footer.num_row_groups) if self._flat else ()):
            values = group.column(self._flat[0]).num_values
            if values != group.num_rows:
                raise self._lost_rows(group.num_rows, f"a column holds {values:,}", "a row group")

    def _lost_rows(self, promised: int, found: str, what: str = "the file") -> TableError:
        fault = f"damaged: by its footer {what} has {promised:,} rows, but {found}"
        return TableError(self.source, [f"{fault}; write the file again"])

    def _good_rows(self, table: pa.Table, sizes: NDArray[np.int64]) -> Iterator[pa.Table]:
        """Spell out strings, and reject the rows in which one is not UTF-8."""
        faults = {int(at): f"has {sizes[at]:,} bytes" for at in np.flatnonzero(sizes > rejects.MAX_ROW_BYTES)}
        faults = {at: f"{fault}; the limit is {rejects.MAX_ROW_BYTES:,}" for at, fault in faults.items()}
        if not faults:
            table = self._spelled_out(table)
            for name in self.columns:
                for row in bad_rows(table[name], name == self._text_column):
                    faults.setdefault(row, f"is damaged: its {name!r} is not text in UTF-8; write it as such")
        first = self.rows_read + 1
        for row in sorted(faults):
            raw = b"" if sizes[row] > rejects.MAX_ROW_BYTES else _raw(table, row)
            self._on_reject(Reject(self.source, first + row, NO_OFFSET, int(sizes[row]), faults[row], raw, "row"))
        self.rows_read += len(table)
        if not faults:
            yield table
        elif len(faults) < len(table):
            good = [row for row in range(len(table)) if row not in faults]
            yield self._spelled_out(table.take(pa.array(good)))

    def _spelled_out(self, table: pa.Table) -> pa.Table:
        columns = [_spell_out(column, field.type) for column, field in zip(table.columns, self._schema, strict=True)]
        return pa.Table.from_arrays(columns, schema=self._schema)


class ParquetWriter:
    """Writes batches as Parquet, in row groups of one size."""

    def __init__(self, stream: BinaryIO, schema: pa.Schema) -> None:
        self._schema = pa.schema([_stored(field) for field in schema], schema.metadata)
        self._writer = pyarrow.parquet.ParquetWriter(stream, self._schema)
        self._waiting = Rebatcher(ROW_GROUP_ROWS, MAX_GROUP_BYTES)

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        columns = [
            column if column.type == field.type else column.cast(field.type)
            for column, field in zip(batch.columns, self._schema, strict=True)
        ]
        for group in self._waiting.add(pa.Table.from_arrays(columns, schema=self._schema)):
            self._writer.write_table(group)

    def close(self) -> None:
        """Write the last rows and the footer; the stream stays open."""
        for group in self._waiting.rest():
            self._writer.write_table(group)
        self._writer.close()


def count_rows(path: Path) -> int:
    """Return the number of rows by the footer of a file."""
    return int(pyarrow.parquet.read_metadata(path).num_rows)


def bad_rows(column: pa.ChunkedArray, is_text: bool = False) -> list[int]:
    """Return the rows, from 0, in which a string is not UTF-8, at any depth, or bytes if the column `is_text`.

    ArrowInvalid for other damage.

    >>> bad_rows(pa.chunked_array([["so", "be", "it"]]))
    []
    """
    column.validate()
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if is_text and any(is_kind(kind) for is_kind in BYTES):
        unchecked = pc.CastOptions(pa.large_string(), allow_invalid_utf8=True)
        column = column.cast(kind).cast(pa.large_binary()).cast(options=unchecked)
    return _bad_rows(column, 0, len(column))


def _spell_out(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if column.type == kind:
        return column
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        column = column.cast(column.type.value_type)
    return column.cast(kind)


def _rows_of(table: pa.Table, first: int, size: int) -> pa.Table:
    """Slice a table; a slice of a nested column would still have all values behind it, and a cast spell them out."""
    part = table.slice(first, size)
    if size == len(table):
        return part
    rows = pa.array(range(size))
    columns = [column.take(rows) if pa.types.is_nested(column.type) else column for column in part.columns]
    return pa.Table.from_arrays(columns, schema=table.schema)


def _bad_rows(column: pa.ChunkedArray, first: int, size: int) -> list[int]:
    part = column.slice(first, size)
    if pa.types.is_dictionary(part.type):  # as a whole it is only as good as its worst string
        part = part.cast(part.type.value_type)
    elif pa.types.is_nested(part.type) and size < len(column):
        part = part.take(pa.array(range(size)))
    try:
        part.validate(full=True)
        return []
    except pa.ArrowInvalid:
        if size == 1:
            return [first]
    half = size // 2
    return _bad_rows(column, first, half) + _bad_rows(column, first + half, size - half)


def _raw(table: pa.Table, row: int) -> bytes:
    """Return the strings of a row as bytes, those of nested columns left out."""
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    cells = [
        column.slice(row, 1).cast(pa.large_binary()).to_pylist()[0] or b""
        for column in table.columns
        if any(is_kind(column.type) for is_kind in kinds)
    ]
    return b"\t".join(cells)[: rejects.MAX_RAW_BYTES]


def _unmarked(field: pa.Field) -> pa.Field:
    """Forget how a column was shown where it was written: whoever wrote the file can say anything there."""
    kept = {key: value for key, value in (field.metadata or {}).items() if key != SHOWN}
    return field.remove_metadata().with_metadata(kept) if kept else field.remove_metadata()


def _stored(field: pa.Field) -> pa.Field:
    if is_marked(field, NUMBER):
        return pa.field(field.name, pa.float64())
    return pa.field(field.name, field.type) if is_marked(field, JSON) else field


def _first_line(error: Exception) -> str:
    return listed(str(error).split("\n")[:1])
