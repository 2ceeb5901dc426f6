"""CSV and other delimited text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats.blocks import BLOCK_BYTES, UTF8_BOM, BlockReader, rebatch
from stance.tables.formats.cells import format_lines, string_array, string_bytes
from stance.tables.formats.records import RecordReader
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewindable import RewindableStream
from stance.tables.spreadsheet import BOM

UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
CODECS = {  # for each codec the one to read on with, by the byte order mark at the start of a file, if there is one
    "utf-8": {UTF8_BOM: "utf-8", b"": "utf-8"},
    "utf-8-sig": {UTF8_BOM: "utf-8", b"": "utf-8"},
    "utf-16": {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"},
    "utf-32": {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"},
}
MAX_BOM_BYTES = 4
LINES_PER_WRITE = 10_000  # joined at a time: all lines of a long table would not fit the 32-bit offsets of a column


class DelimitedReader:
    """Reads a delimited file, every cell as the text it is; well-formed blocks at once, other records one by one.

    `reject` is called with each row that cannot be read; `block` is the number of bytes to read at a time, 0 for single
    records from the start. TableError if there is no header, a name stands in it twice, or the encoding is wrong.
    """

    first_row = 2  # as a spreadsheet counts, which shows the header in row 1

    def __init__(
        self,
        stream: BinaryIO,
        source: str,
        encoding: str = "utf-8",
        delimiter: str = ",",
        reject: OnReject = raise_reject,
        block: int = BLOCK_BYTES,
    ) -> None:
        self.rows_read = 0  # blank lines are not rows
        self._stream = RewindableStream(stream)
        codec = self._detect_codec(source, codecs.lookup(encoding).name)
        self._records = RecordReader(self._stream, source, codec, delimiter, self._counted(reject))
        has_blocks = block and codec == "utf-8" and delimiter.isascii()
        self._blocks = BlockReader(self._stream, delimiter, block) if has_blocks else None
        self.columns = self._records.header()

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged."""
        yield from rebatch(self._tables(rows), rows)

    def _tables(self, rows: int) -> Iterator[pa.Table]:
        for table in self._read(rows):
            self.rows_read += len(table)
            yield table

    def _read(self, rows: int) -> Iterator[pa.Table]:
        blocks, records = self._blocks, self._records
        if blocks is None:
            yield from records.tables(self.columns, rows)
            return
        while True:
            lines_before = blocks.lines
            yield from blocks.tables(self.columns)
            records.line += blocks.lines - lines_before
            if self._stream.ended:
                return
            yield from records.tables(self.columns, rows, blocks.doubtful_until)

    def _counted(self, reject: OnReject) -> OnReject:
        def count_and_reject(bad: Reject) -> None:
            self.rows_read += 1
            reject(bad)

        return count_and_reject

    def _detect_codec(self, source: str, name: str) -> str:
        """Drop a byte order mark, and return the codec that reads what comes after it."""
        start = self._stream.take(MAX_BOM_BYTES)
        by_mark = CODECS.get(name, {})
        mark = next((mark for mark in by_mark if mark and start.startswith(mark)), b"")
        if name == "utf-8" and not mark and start.startswith(UTF16_BOMS):
            raise TableError(source, ["not UTF-8 but UTF-16, by its first two bytes; add --encoding utf-16"])
        self._stream.put_back(start[len(mark) :])
        if by_mark and not mark and b"" not in by_mark:
            fault = f"no byte order mark at its start, so it is not {name}"
            raise TableError(source, [f"{fault}; try --encoding {name}-le or {name}-be"])
        return by_mark.get(mark, name)


class DelimitedWriter:
    """Writes batches as delimited UTF-8, with quotes only where a cell needs them.

    TableError if a column holds lists, records or bytes, which a cell cannot show.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema, delimiter: str = ",", needs_header: bool = True) -> None:
        nested = [field.name for field in schema if pa.types.is_nested(field.type) or _is_binary(field.type)]
        if nested:
            raise TableError("output", [f"column {name!r} is nested or holds bytes; write .parquet" for name in nested])
        self._stream = stream
        self._delimiter = delimiter
        if needs_header:
            self._write_header(list(schema.names))

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        for some in batch.to_batches(max_chunksize=LINES_PER_WRITE):
            self._stream.write(string_bytes(format_lines(some, self._delimiter)).data)

    def close(self) -> None:
        """Do nothing: every batch is written at once."""

    def _write_header(self, names: list[str]) -> None:
        if names and names[0].startswith(BOM):  # before the quotes of a name, if it needs them
            self._stream.write(BOM.encode())
            names[0] = names[0].removeprefix(BOM)
        self.write(pa.Table.from_arrays([string_array([name]) for name in names], names=names))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
