"""CSV and its kin: cells of text between delimiters."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.formats.blocks import BLOCK, BYTE_ORDER_MARK, Blocks, regrouped
from stance.formats.cells import bytes_of, lines, strings
from stance.formats.records import Records
from stance.formats.rewound import Rewound

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
LINES = 10_000  # joined at a time: those of a long table would not fit the offsets of a column


class DelimitedReader:
    """Reads a delimited file part by part, every cell as the text it is.

    Blocks are read as long as they are by the book, and single records from there on: both give the same cells.

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
    block : int
        Number of bytes to read at a time; 0 for single records from the start.

    Attributes
    ----------
    columns : list of str
        The header.
    first_row : int
        Number of the first data row, as a spreadsheet shows it.

    Raises
    ------
    TableError
        If there is no header, a name stands in it twice, or the encoding is wrong.
    """

    first_row = 2

    def __init__(
        self, stream: BinaryIO, source: str, encoding: str = "utf-8", delimiter: str = ",", block: int = BLOCK
    ) -> None:
        self._stream = Rewound(stream)
        self._form = (source, encoding, delimiter)
        self._blocks: Blocks | None = None
        header = b""
        if encoding.lower().replace("_", "-") in {"utf-8", "utf8"}:
            self._drop_mark(source)
            if block and delimiter.isascii():
                self._blocks = Blocks(self._stream, delimiter, block)
                header = self._blocks.header()
        self._records = Records(Rewound(io.BytesIO(header)) if header else self._stream, *self._form)
        self.columns = self._records.header()

    def parts(self, rows: int) -> Iterator[pa.Table]:
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
            With every fault of the file, once all of it is read.
        """
        yield from regrouped(self._tables(rows), rows)

    def _tables(self, rows: int) -> Iterator[pa.Table]:
        if self._blocks is not None and self._blocks.lines:
            yield from self._blocks.tables(self.columns)
            self._records = Records(self._stream, *self._form, lines=self._blocks.lines)
        yield from self._records.tables(self.columns, rows)

    def _drop_mark(self, source: str) -> None:
        start = self._stream.take(len(BYTE_ORDER_MARK))
        if start.startswith(UTF16_MARKS):
            raise TableError(source, ["not UTF-8 but UTF-16, by its first two bytes; add --encoding utf-16"])
        self._stream.put_back(start.removeprefix(BYTE_ORDER_MARK))


class DelimitedWriter:
    """Writes parts of a table as CSV in UTF-8, with quotes only where a cell needs them.

    Parameters
    ----------
    stream : binary file
    schema : pyarrow.Schema
        Columns of every part.
    delimiter : str

    Raises
    ------
    TableError
        If a column holds lists, records or bytes, which a cell cannot show.
    """

    def __init__(self, stream: BinaryIO, schema: pa.Schema, delimiter: str = ",") -> None:
        nested = [field.name for field in schema if pa.types.is_nested(field.type) or _is_binary(field.type)]
        if nested:
            raise TableError("output", [f"column {name!r} is nested or holds bytes; write .parquet" for name in nested])
        self._stream = stream
        self._delimiter = delimiter
        self.write(pa.Table.from_arrays([strings([name]) for name in schema.names], names=schema.names))

    def write(self, part: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        for batch in part.to_batches(max_chunksize=LINES):
            self._stream.write(bytes_of(lines(batch, self._delimiter)).data)

    def close(self) -> None:
        """Do nothing: every part is written at once."""


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))
