"""Records of delimited text, read one by one, so that every bad one is reported with its place and its bytes."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from stance.errors import TableError
from stance.strings import is_blank, plural
from stance.tables.formats import rejects
from stance.tables.formats.lines import Lines, RowLines, RowTooLong
from stance.tables.formats.rejects import MAX_RAW_BYTES, OnReject, Reject
from stance.tables.formats.rewindable import READ_ERRORS, RewindableStream
from stance.tables.formats.sizes import CELL_BYTES, MAX_BATCH_BYTES, check_width

DEFAULT_GUESS = "cp1252"  # what spreadsheets in western Europe and the Americas write when not asked for UTF-8
GUESSES = ("cp1252", "cp1251", "cp1256", "gb18030", "cp932")
MIN_BYTES_TO_GUESS = 5  # fewer bytes beyond ASCII say nothing about an encoding
OTHER_DELIMITERS = ";\t|"
NUL = "holds a NUL byte; the file is damaged or not a text file"
UNCLOSED = (
    "opens a double quote that is never closed, so the rest of the file is one row; "
    "close it, or double it if it is part of the text"
)


class RecordReader:
    """Reads records with the `csv` module, every cell as the text it is; the codec writes no byte order mark."""

    def __init__(self, stream: RewindableStream, source: str, encoding: str, delimiter: str, reject: OnReject) -> None:
        csv.field_size_limit(sys.maxsize)
        self.source = source
        self.line = 0  # number of lines read
        self.offset = stream.position  # number of bytes read
        self._stream = stream
        self._encoding = encoding
        self._delimiter = delimiter
        self._on_reject = reject
        self._guess: str | None = None
        self._open()

    def _open(self) -> None:
        self.offset = self._stream.position
        self._lines = Lines(self._stream, self._encoding)
        self._row_lines = RowLines(self._lines, self._encoding)
        self._reader = csv.reader(self._row_lines, delimiter=self._delimiter, strict=True)

    def header(self) -> list[str]:
        """Read the first record that is not blank, and no more; TableError if it cannot be the header."""
        names: list[str] = []
        while not names:
            record = self._read()
            if record is None:
                raise TableError(self.source, ["empty; expected a header line and comments"])
            names, fault = record
            if fault:
                raise TableError(self.source, [f"line {self.line + 1} {fault}"])
            self._advance()
        self._lines.put_back()
        check_width(self.source, len(names))
        names = name_unnamed(names)
        duplicates = sorted(name for name, times in Counter(names).items() if times > 1)
        if duplicates:
            faults = [f"duplicate column {name!r} in the header; rename one" for name in duplicates]
            raise TableError(self.source, faults)
        return names

    def tables(self, columns: Sequence[str], rows: int, until: int | None = None) -> Iterator[pa.Table]:
        """Read tables of at most `rows` rows, every column as strings; no record that starts at `until` or later.

        TableError if the stream is damaged or has another delimiter.
        """
        self._open()
        batch: list[list[str]] = []
        size = 0
        for record in self._good_records(columns, until):
            batch.append(record)
            size += self._row_lines.size + CELL_BYTES * len(columns)
            if len(batch) == rows or size > MAX_BATCH_BYTES:
                yield _table(batch, columns)
                batch, size = [], 0
        self._lines.put_back()
        if batch:
            yield _table(batch, columns)

    def _good_records(self, columns: Sequence[str], until: int | None) -> Iterator[list[str]]:
        while (until is None or self.offset < until) and (read := self._read()) is not None:
            record, fault = read
            if not fault and not record and len(columns) == 1:
                record = [""]
            if not fault and record and len(record) != len(columns):
                fault = self._width_fault(len(record), columns)
            if fault:
                self._reject(fault)
            elif record:
                yield record
            self._advance()

    def _read(self) -> tuple[list[str], str] | None:
        """Read a record: its cells, none for a blank line, and what is wrong with it; None at the end."""
        try:
            record = next(self._reader, None)
        except csv.Error as error:
            return [], _quote_fault(str(error))
        except RowTooLong:
            return [], self._length_fault() if self._row_lines.skip() else UNCLOSED
        except READ_ERRORS as error:
            raise TableError(self.source, [f"cut off or damaged after line {self.line} ({error})"]) from None
        if record is None:
            return None
        if self._row_lines.has_nul:
            return [], NUL
        if not all(map(_is_encodable, record)):
            return [], self._encoding_fault()
        return record, ""

    def _advance(self) -> None:
        """Count the record that was read."""
        self.offset += self._row_lines.size
        self.line += self._row_lines.count
        self._row_lines.begin()

    def _reject(self, fault: str) -> None:
        raw = b"".join(self._row_lines.raw)[:MAX_RAW_BYTES]
        self._on_reject(Reject(self.source, self.line + 1, self.offset, self._row_lines.size, fault, raw))

    def _length_fault(self) -> str:
        return (
            f"begins a row of {self._row_lines.size:,} bytes; the limit is {rejects.MAX_ROW_BYTES:,}; "
            "look for a double quote that is not closed"
        )

    def _width_fault(self, cells: int, columns: Sequence[str]) -> str:
        hint = delimiter_hint(columns)
        if hint is not None:
            raise TableError(self.source, [hint])
        return (
            f"has {plural(cells, 'cell')}, the header has {len(columns):,}; "
            f"put a cell that holds {self._delimiter!r} in double quotes"
        )

    def _encoding_fault(self) -> str:
        if self._encoding != "utf-8":
            return f"is not {self._encoding}; try another --encoding"
        if self._guess is None:  # from the first such row and those after it, since one row says little
            lines = [*self._row_lines.raw, *self._lines.following()]
            self._guess = _guess_encoding(b"".join(line for line in lines if not line.isascii()))
        return f"is not UTF-8; it looks like {self._guess}: add --encoding {self._guess}"


def delimiter_hint(columns: Sequence[str]) -> str | None:
    """Return advice if the only column looks like several with another delimiter between them.

    >>> delimiter_hint(["id;text"]), delimiter_hint(["id", "text"])
    ("the delimiter looks like ';': add --delimiter ';'", None)
    """
    delimiter = next((mark for mark in OTHER_DELIMITERS if len(columns) == 1 and mark in columns[0]), None)
    if delimiter is None:
        return None
    value = "tab" if delimiter == "\t" else repr(delimiter)
    return f"the delimiter looks like {delimiter!r}: add --delimiter {value}"


def name_unnamed(names: list[str]) -> list[str]:
    """Name the columns without a name by their place, where there are two or more: exports of spreadsheets have such.

    >>> name_unnamed(["text", "", " "]), name_unnamed(["text", ""])
    (['text', 'unnamed_2', 'unnamed_3'], ['text', ''])
    """
    unnamed = [at for at, name in enumerate(names) if is_blank(name)]
    if len(unnamed) < 2:
        return names
    named, taken = list(names), set(names)
    for at in unnamed:
        name = f"unnamed_{at + 1}"
        while name in taken:
            name += "_"
        named[at] = name
    return named


def _table(batch: list[list[str]], columns: Sequence[str]) -> pa.Table:
    arrays = [pa.array(cells, pa.string()) for cells in zip(*batch, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _quote_fault(reason: str) -> str:
    if "end of data" in reason:
        return UNCLOSED
    return f'has a stray double quote ({reason}); write "" for a quote inside a quoted cell'


def _is_encodable(cell: str) -> bool:
    if cell.isascii():
        return True
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _guess_encoding(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    if sum(byte >= 0x80 for byte in raw) < MIN_BYTES_TO_GUESS:
        return DEFAULT_GUESS
    best = from_bytes(raw, cp_isolation=list(GUESSES)).best()
    return best.encoding if best else DEFAULT_GUESS
