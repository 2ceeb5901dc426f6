"""CSV and its kin: cells of text between delimiters."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats.blocks import BLOCK_BYTES, UTF8_BOM, Blocks, rebatch
from stance.tables.formats.cells import format_lines, string_array, string_bytes
from stance.tables.formats.records import Records
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewound import RewindableStream
from stance.tables.spreadsheet import BOM

UTF16_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
BOMS = {  # for each codec what comes after a mark at the start of a file, or after none
    "utf-8": {UTF8_BOM: "utf-8", b"": "utf-8"},
    "utf-8-sig": {UTF8_BOM: "utf-8", b"": "utf-8"},
    "utf-16": {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"},
    "utf-32": {codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be"},
}
MAX_BOM_BYTES = 4  # bytes
LINES_PER_WRITE = 10_000  # joined at a time: those of a long table would not fit the offsets of a column


class DelimitedReader:
    """Reads a delimited file part by part, every cell as the text it is.

    A block that is by the book is read as a whole, any other record by record: both give the same cells.

    Parameters
    ----------
    stream : binary file
        Where the bytes come from; read once.
    source : str
        Name for messages.
    encoding : str
        Name of a Python codec; a byte order mark of UTF-8 is dropped.
    delimiter : str
        One character.
    reject : callable
        Told of each row that cannot be read.
    block : int
        Number of bytes to read at a time; 0 for single records from the start.

    Attributes
    ----------
    columns : list of str
        The header.
    met : int
        Number of rows met so far, good and bad; blank lines are none.
    first_row : int
        Number of the first data row, as a spreadsheet shows it.

    Raises
    ------
    TableError
        If there is no header, a name stands in it twice, or the encoding is wrong.
    """

    first_row = 2

    def __init__(
        self,
        stream: BinaryIO,
        source: str,
        encoding: str = "utf-8",
        delimiter: str = ",",
        reject: OnReject = raise_reject,
        block: int = BLOCK_BYTES,
    ) -> None:
        self.rows_read = 0
        self._stream = RewindableStream(stream)
        codec = self._codec(source, codecs.lookup(encoding).name)
        self._records = Records(self._stream, source, codec, delimiter, self._counted(reject))
        self._blocks = (
            Blocks(self._stream, delimiter, block) if block and codec == "utf-8" and delimiter.isascii() else None
        )
        self.columns = self._records.header()

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Give the table in parts of at most `rows` rows.

        Parameters
        ----------
        rows : int

        Yields
        ------
        pyarrow.Table
            All columns are strings.

        Raises
        ------
        TableError
            If the file is damaged.
        """
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
            before = blocks.lines
            yield from blocks.tables(self.columns)
            records.line += blocks.lines - before
            if self._stream.ended:
                return
            yield from records.tables(self.columns, rows, blocks.doubtful_until)

    def _counted(self, reject: OnReject) -> OnReject:
        def count(bad: Reject) -> None:
            self.rows_read += 1
            reject(bad)

        return count

    def _codec(self, source: str, name: str) -> str:
        """Drop a byte order mark, and name the codec that reads what comes after it."""
        start = self._stream.take(MAX_BOM_BYTES)
        family = BOMS.get(name, {})
        mark = next((mark for mark in family if mark and start.startswith(mark)), b"")
        if name == "utf-8" and not mark and start.startswith(UTF16_BOMS):
            raise TableError(source, ["not UTF-8 but UTF-16, by its first two bytes; add --encoding utf-16"])
        self._stream.put_back(start[len(mark) :])
        if family and not mark and b"" not in family:
            fault = f"no byte order mark at its start, so it is not {name}"
            raise TableError(source, [f"{fault}; try --encoding {name}-le or {name}-be"])
        return family.get(mark, name)


class DelimitedWriter:
    """Writes parts of a table as CSV in UTF-8, with quotes only where a cell needs them.

    Parameters
    ----------
    stream : binary file
    schema : pyarrow.Schema
        Columns of every part.
    delimiter : str
    headed : bool
        Whether to begin with the header.

    Raises
    ------
    TableError
        If a column holds lists, records or bytes, which a cell cannot show.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema, delimiter: str = ",", headed: bool = True) -> None:
        nested = [field.name for field in schema if pa.types.is_nested(field.type) or _is_binary(field.type)]
        if nested:
            raise TableError("output", [f"column {name!r} is nested or holds bytes; write .parquet" for name in nested])
        self._stream = stream
        self._delimiter = delimiter
        if headed:
            names = list(schema.names)
            if names and names[0].startswith(BOM):  # before the quotes of a name, if it needs them
                self._stream.write(BOM.encode())
                names[0] = names[0].removeprefix(BOM)
            self.write(pa.Table.from_arrays([string_array([name]) for name in names], names=schema.names))

    def write(self, batch: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        for some in batch.to_batches(max_chunksize=LINES_PER_WRITE):
            self._stream.write(string_bytes(format_lines(some, self._delimiter)).data)

    def close(self) -> None:
        """Do nothing: every part is written at once."""


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
