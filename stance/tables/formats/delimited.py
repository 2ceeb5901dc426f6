"""CSV and other delimited text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats.blocks import BLOCK_BYTES, BlockReader
from stance.tables.formats.cells import format_lines, string_array, string_bytes
from stance.tables.formats.codec import detect_codec
from stance.tables.formats.records import RecordReader
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewindable import RewindableStream
from stance.tables.formats.sizes import rebatch
from stance.tables.spreadsheet import BOM

SEPARATOR_LINE = re.compile(r'"?sep=([^"\r\n])"?(\r\n|\r|\n)', re.IGNORECASE)  # as Excel reads and writes it
MAX_SEPARATOR_BYTES = 40  # of such a line, in the widest encoding
LINES_PER_WRITE = 10_000  # joined at a time: all lines of a long table would not fit the 32-bit offsets of a column


class DelimitedReader:
    """Reads a delimited file, every cell as the text it is; well-formed blocks at once, other records one by one.

    `reject` is called with each row that cannot be read; `block` is the number of bytes to read at a time, 0 for single
    records from the start. TableError if there is no header, a name stands in it twice, or the encoding is wrong.
    """

    first_row = 2  # as a spreadsheet counts, which shows the header in row 1
    has_order, has_gaps = True, False
    null_columns: Sequence[str] = ()  # an empty cell is text

    def __init__(
        self,
        stream: BinaryIO,
        source: str,
        encoding: str = "utf-8",
        delimiter: str | None = None,
        reject: OnReject = raise_reject,
        block: int = BLOCK_BYTES,
    ) -> None:
        self.rows_read = 0  # blank lines are not rows
        self._stream = RewindableStream(stream)
        codec = detect_codec(self._stream, source, encoding)
        separator = self._take_separator_line(codec)
        delimiter = delimiter or separator or ","
        self._records = RecordReader(self._stream, source, codec, delimiter, self._counted(reject))
        self._records.line = int(separator is not None)
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

    def _take_separator_line(self, codec: str) -> str | None:
        """Drop a first line such as `sep=;`, and return the delimiter that it names."""
        start = bytes(self._stream.take(MAX_SEPARATOR_BYTES))
        line = SEPARATOR_LINE.match(start.decode(codec, "replace"))
        size = len(line[0].encode(codec)) if line else 0
        self._stream.put_back(start[size:])
        return line[1] if line else None


class DelimitedWriter:
    """Writes batches as delimited UTF-8, with quotes only where a cell needs them.

    TableError if a column holds lists, records or bytes that are no text, which a cell cannot show. A NUL, which no
    reader of CSV takes, becomes U+FFFD.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema, delimiter: str = ",", needs_header: bool = True) -> None:
        nested = [field.name for field in schema if pa.types.is_nested(field.type)]
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
