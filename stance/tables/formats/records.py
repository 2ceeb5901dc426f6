"""Records of delimited text, read one by one, so that every bad one is named with its place and its bytes."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats import rejects
from stance.tables.formats.lines import Lines, RowLines, RowTooLong
from stance.tables.formats.rejects import MAX_RAW_BYTES, OnReject, Reject
from stance.tables.formats.rewound import READ_ERRORS, RewindableStream

DEFAULT_GUESS = "cp1252"  # what spreadsheets in western Europe and the Americas write when not asked for UTF-8
MIN_BYTES_TO_GUESS = 5  # fewer bytes beyond ASCII say nothing about an encoding
NUL = "holds a NUL byte; the file is damaged or not a text file"
UNCLOSED = (
    "opens a double quote that is never closed, so all that follows is one row; "
    "close it, or double it if it is part of the text"
)


class Records:
    """Reads records with the `csv` module, every cell as the text it is.

    Parameters
    ----------
    stream : Rewound
        Where the bytes come from.
    source : str
        Name for messages.
    encoding : str
        Name of a Python codec that writes no byte order mark.
    delimiter : str
        One character.
    reject : callable
        Told of each record that cannot be read.

    Attributes
    ----------
    line : int
        Number of lines read.
    offset : int
        Number of bytes read.
    """

    def __init__(self, stream: RewindableStream, source: str, encoding: str, delimiter: str, reject: OnReject) -> None:
        csv.field_size_limit(sys.maxsize)
        self.source = source
        self.line = 0
        self.offset = stream.position
        self._stream = stream
        self._encoding = encoding
        self._delimiter = delimiter
        self._reject = reject
        self._guess: str | None = None
        self._open()

    def _open(self) -> None:
        self.offset = self._stream.position
        self._lines = Lines(self._stream, self._encoding)
        self._row_lines = RowLines(self._lines, self._encoding)
        self._reader = csv.reader(self._row_lines, delimiter=self._delimiter, strict=True)

    def header(self) -> list[str]:
        """Read the first record that is not blank, and no more.

        Returns
        -------
        list of str

        Raises
        ------
        TableError
            If there is none, it cannot be read, or a name stands in it twice.
        """
        names: list[str] = []
        while not names:
            found = self._next()
            if found is None:
                raise TableError(self.source, ["empty; expected a header line and comments"])
            names, fault = found
            if fault:
                raise TableError(self.source, [f"line {self.line + 1} {fault}"])
            self._pass()
        self._lines.put_back()
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            raise TableError(self.source, [f"column {name!r} stands twice in the header; rename one" for name in twice])
        return names

    def tables(self, columns: Sequence[str], rows: int, until: int | None = None) -> Iterator[pa.Table]:
        """Give the records in tables of at most `rows` rows.

        Parameters
        ----------
        columns : sequence of str
            The header.
        rows : int
        until : int, optional
            Offset behind which no further record is read.

        Yields
        ------
        pyarrow.Table
            All columns are strings.

        Raises
        ------
        TableError
            If the stream is damaged, or its delimiter is another one.
        """
        self._open()
        batch: list[list[str]] = []
        for record in self._good(columns, until):
            batch.append(record)
            if len(batch) == rows:
                yield _table(batch, columns)
                batch = []
        self._lines.put_back()
        if batch:
            yield _table(batch, columns)

    def _good(self, columns: Sequence[str], until: int | None) -> Iterator[list[str]]:
        while (until is None or self.offset < until) and (found := self._next()) is not None:
            record, fault = found
            if not fault and not record and len(columns) == 1:
                record = [""]
            if not fault and record and len(record) != len(columns):
                fault = self._width_fault(len(record), columns)
            if fault:
                self._reject(self._rejected(fault))
            elif record:
                yield record
            self._pass()

    def _next(self) -> tuple[list[str], str] | None:
        """Read a record: its cells, none for a blank line, and what is wrong with it."""
        try:
            record = next(self._reader, None)
        except csv.Error as error:
            return [], _quote_fault(str(error))
        except RowTooLong:
            return [], self._long_fault() if self._row_lines.skip() else UNCLOSED
        except READ_ERRORS as error:
            raise TableError(self.source, [f"cut off or damaged after line {self.line} ({error})"]) from None
        if record is None:
            return None
        if self._row_lines.has_nul:
            return [], NUL
        if not all(map(_is_text, record)):
            return [], self._encoding_fault()
        return record, ""

    def _pass(self) -> None:
        """Go on behind the record that was read."""
        self.offset += self._row_lines.size
        self.line += self._row_lines.count
        self._row_lines.begin()

    def _rejected(self, fault: str) -> Reject:
        raw = b"".join(self._row_lines.raw)[:MAX_RAW_BYTES]
        return Reject(self.source, self.line + 1, self.offset, self._row_lines.size, fault, raw)

    def _long_fault(self) -> str:
        return (
            f"begins a row of {self._row_lines.size:,} bytes; expected no more than {rejects.MAX_ROW_BYTES:,}; "
            "look for a double quote that is not closed"
        )

    def _width_fault(self, cells: int, columns: Sequence[str]) -> str:
        mark = next((mark for mark in ";\t|" if len(columns) == 1 and mark in columns[0]), None)
        if mark is not None:
            shown = "tab" if mark == "\t" else repr(mark)
            raise TableError(self.source, [f"its cells seem to be parted by {mark!r}: add --delimiter {shown}"])
        return (
            f"has {cells} cells, the header has {len(columns)}; "
            f"put a cell that holds {self._delimiter!r} in double quotes"
        )

    def _encoding_fault(self) -> str:
        if self._encoding != "utf-8":
            return f"is not {self._encoding}; try another --encoding"
        if self._guess is None:  # from the first such row and those after it, since one row says little
            lines = [*self._row_lines.raw, *self._lines.following()]
            self._guess = _likely_encoding(b"".join(line for line in lines if not line.isascii()))
        return f"is not UTF-8; it looks like {self._guess}: add --encoding {self._guess}"


def _table(batch: list[list[str]], columns: Sequence[str]) -> pa.Table:
    arrays = [pa.array(cells, pa.string()) for cells in zip(*batch, strict=True)]
    return pa.Table.from_arrays(arrays, names=list(columns))


def _quote_fault(reason: str) -> str:
    if "end of data" in reason:
        return UNCLOSED
    return f'has a stray double quote ({reason}); write "" for a quote inside a quoted cell'


def _is_text(cell: str) -> bool:
    if cell.isascii():
        return True
    try:
        cell.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _likely_encoding(raw: bytes) -> str:
    from charset_normalizer import from_bytes

    if sum(byte >= 0x80 for byte in raw) < MIN_BYTES_TO_GUESS:
        return DEFAULT_GUESS
    best = from_bytes(raw, cp_isolation=["cp1252", "cp1251", "cp1256", "gb18030", "cp932"]).best()
    return best.encoding if best else DEFAULT_GUESS
