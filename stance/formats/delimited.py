"""CSV and its kin: cells of text between delimiters."""

from __future__ import annotations

import csv
import io
import re
import sys
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.compute as pc

from stance.errors import TableError

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
KEPT_FAULTS = 10_000  # enough to mend a file by; a file with more is of another kind
DAMAGE = (EOFError, OSError, zlib.error)  # what a cut-off or broken file raises, zipped or not
COMMONEST = "cp1252"  # what spreadsheets in western Europe and the Americas write when not asked for UTF-8
FEW_BYTES = 5  # fewer bytes beyond ASCII say nothing about an encoding
UNDECODED = "surrogateescape"  # keeps the bytes of a bad cell, so that its row can be named


class DelimitedReader:
    """Reads a delimited file part by part, every cell as the text it is.

    Parameters
    ----------
    stream : binary file
        Where the bytes come from.
    source : str
        Name for messages.
    encoding : str
        Name of a Python codec; a byte order mark of UTF-8 is dropped.
    delimiter : str
        One character.

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

    def __init__(self, stream: BinaryIO, source: str, encoding: str = "utf-8", delimiter: str = ",") -> None:
        csv.field_size_limit(sys.maxsize)
        self.source = source
        self._faults: list[str] = []
        self._nul = False
        self._utf8 = encoding.lower().replace("_", "-") in {"utf-8", "utf8"}
        self._delimiter = delimiter
        buffered = io.BufferedReader(cast(io.RawIOBase, stream))  # GzipFile is a raw stream in all but name
        if self._utf8 and self._first_bytes(buffered) in UTF16_MARKS:
            raise TableError(source, ["not UTF-8 but UTF-16, by its first two bytes; add --encoding utf-16"])
        codec = "utf-8-sig" if self._utf8 else encoding
        self._lines = io.TextIOWrapper(buffered, codec, errors=UNDECODED, newline="")
        self._reader = csv.reader(self._watched(self._lines), delimiter=delimiter, strict=True)
        self.columns = self._header()

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
        part: list[list[str]] = []
        for record in self._records():
            part.append(record)
            if len(part) == rows:
                if not self._faults:
                    yield self._table(part)
                part = []
        if self._faults:
            raise TableError(self.source, self._other_delimiter() or self._faults)
        if part:
            yield self._table(part)

    def _first_bytes(self, buffered: io.BufferedReader[Any]) -> bytes:
        try:
            return buffered.peek(2)[:2]
        except DAMAGE as error:
            raise TableError(self.source, [f"cut off or damaged ({error})"]) from None

    def _watched(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            if "\0" in line:
                self._nul = True
            yield line

    def _header(self) -> list[str]:
        start = self._next_record()
        while start is not None and not start[1]:
            start = self._next_record()
        if self._faults:
            raise TableError(self.source, self._faults)
        if start is None:
            raise TableError(self.source, ["empty; expected a header line and comments"])
        names = start[1]
        self._refuse_undecoded([names])
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise TableError(self.source, [f"column {name!r} stands twice in the header; rename one" for name in twice])
        return names

    def _records(self) -> Iterator[list[str]]:
        width = len(self.columns)
        while (found := self._next_record()) is not None:
            line, record = found
            if not record and width == 1:
                record = [""]
            if record and len(record) != width:
                self._fault(
                    f"line {line} has {len(record)} cells, the header has {width}; "
                    f"put a cell that holds {self._delimiter!r} in double quotes"
                )
            elif record:
                yield record

    def _next_record(self) -> tuple[int, list[str]] | None:
        line = self._reader.line_num + 1
        try:
            record = next(self._reader, None)
        except csv.Error as error:
            self._fault(_quote_fault(line, str(error)))
            return line, []
        except UnicodeDecodeError as error:
            message = f"not {error.encoding} near line {line} ({error.reason}); try another --encoding"
            raise TableError(self.source, [message]) from None
        except DAMAGE as error:
            raise TableError(self.source, [f"cut off or damaged after line {line - 1} ({error})"]) from None
        if record is None:
            return None
        if self._nul:
            self._nul = False
            self._fault(f"line {line} holds a NUL byte; the file is damaged or not a text file")
            return line, []
        return line, record

    def _other_delimiter(self) -> list[str]:
        """Explain a table whose header is one cell and whose rows are several."""
        mark = next((mark for mark in ";\t|" if len(self.columns) == 1 and mark in self.columns[0]), None)
        if mark is None:
            return []
        return [f"its cells seem to be parted by {mark!r}: add --delimiter {'tab' if mark == chr(9) else repr(mark)}"]

    def _fault(self, message: str) -> None:
        if len(self._faults) < KEPT_FAULTS:
            self._faults.append(message)

    def _table(self, part: list[list[str]]) -> pa.Table:
        try:
            columns = [pa.array(cells, pa.string()) for cells in zip(*part, strict=True)]
        except UnicodeEncodeError:
            self._refuse_undecoded(part)
            raise
        return pa.Table.from_arrays(columns, names=self.columns)

    def _refuse_undecoded(self, records: list[list[str]]) -> None:
        bad = [n for n, record in enumerate(records) if not _encodes("".join(record))]
        if not bad:
            return
        raw = "\n".join(" ".join(records[n]) for n in bad).encode("utf-8", UNDECODED)
        guess = _likely_encoding(raw)
        line = self._reader.line_num - len(records) + bad[0] + 1
        raise TableError(self.source, [f"not UTF-8 (near line {line}); it looks like {guess}: add --encoding {guess}"])


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
        self._special = f'["\r\n{re.escape(delimiter)}]'
        self.write(pa.table({str(n): [name] for n, name in enumerate(schema.names)}))

    def write(self, part: pa.Table) -> None:
        """Append a part.

        Parameters
        ----------
        part : pyarrow.Table
        """
        cells = [self._cells(column) for column in part.columns]
        lines = pc.binary_join_element_wise(*cells, self._delimiter)
        self._stream.write("".join(f"{line}\n" for line in lines.to_pylist()).encode("utf-8"))

    def close(self) -> None:
        """Do nothing: every part is written at once."""

    def _cells(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        text = pc.fill_null(column.cast(pa.string()), "")
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_boolean(column.type):
            return text
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        return pc.if_else(pc.match_substring_regex(text, self._special), quoted, text)


def _quote_fault(line: int, reason: str) -> str:
    if "end of data" in reason:
        return (
            f"line {line} opens a double quote that is never closed; close it, or double it if it is part of the text"
        )
    return f'line {line} has a stray double quote ({reason}); write "" for a quote inside a quoted cell'


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _likely_encoding(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    if sum(byte >= 0x80 for byte in raw) < FEW_BYTES:
        return COMMONEST
    best = from_bytes(raw, cp_isolation=["cp1252", "cp1251", "cp1256", "gb18030", "cp932"]).best()
    return best.encoding if best else COMMONEST
