"""Records of delimited text, read one by one, so that every fault is named with its line."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import pyarrow as pa

from stance.errors import TableError
from stance.formats.rewound import DAMAGE

KEPT_FAULTS = 10_000  # enough to mend a file by; a file with more is of another kind
COMMONEST = "cp1252"  # what spreadsheets in western Europe and the Americas write when not asked for UTF-8
FEW_BYTES = 5  # fewer bytes beyond ASCII say nothing about an encoding
UNDECODED = "surrogateescape"  # keeps the bytes of a bad cell, so that its row can be named


class Records:
    """Reads records with the `csv` module, every cell as the text it is.

    Parameters
    ----------
    stream : raw binary file
        Where the bytes come from.
    source : str
        Name for messages.
    encoding : str
        Name of a Python codec.
    delimiter : str
        One character.
    lines : int
        Number of lines before the stream, for messages.
    """

    def __init__(self, stream: io.RawIOBase, source: str, encoding: str, delimiter: str, lines: int = 0) -> None:
        csv.field_size_limit(sys.maxsize)
        self.source = source
        self._faults: list[str] = []
        self._nul = False
        self._delimiter = delimiter
        self._before = lines
        self._lines = io.TextIOWrapper(io.BufferedReader(stream), encoding, errors=UNDECODED, newline="")
        self._reader = csv.reader(self._watched(self._lines), delimiter=delimiter, strict=True)

    def header(self) -> list[str]:
        """Read the first record that is not blank.

        Returns
        -------
        list of str

        Raises
        ------
        TableError
            If there is none, a name stands in it twice, or the encoding is wrong.
        """
        start = self._next_record()
        while start is not None and not start[1]:
            start = self._next_record()
        if self._faults:
            raise TableError(self.source, self._faults)
        if start is None:
            raise TableError(self.source, ["empty; expected a header line and comments"])
        names = start[1]
        self._refuse_undecoded([names])
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            raise TableError(self.source, [f"column {name!r} stands twice in the header; rename one" for name in twice])
        return names

    def tables(self, columns: Sequence[str], rows: int) -> Iterator[pa.Table]:
        """Give the records in tables of at most `rows` rows.

        Parameters
        ----------
        columns : sequence of str
            The header.
        rows : int

        Yields
        ------
        pyarrow.Table
            All columns are strings.

        Raises
        ------
        TableError
            With every fault, once all records are read.
        """
        part: list[list[str]] = []
        for record in self._records(len(columns)):
            part.append(record)
            if len(part) == rows:
                if not self._faults:
                    yield self._table(part, columns)
                part = []
        if self._faults:
            raise TableError(self.source, _other_delimiter(columns) or self._faults)
        if part:
            yield self._table(part, columns)

    def _watched(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            if "\0" in line:
                self._nul = True
            yield line

    def _line(self) -> int:
        return self._before + self._reader.line_num

    def _records(self, width: int) -> Iterator[list[str]]:
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
        line = self._line() + 1
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

    def _fault(self, message: str) -> None:
        if len(self._faults) < KEPT_FAULTS:
            self._faults.append(message)

    def _table(self, part: list[list[str]], columns: Sequence[str]) -> pa.Table:
        try:
            arrays = [pa.array(cells, pa.string()) for cells in zip(*part, strict=True)]
        except UnicodeEncodeError:
            self._refuse_undecoded(part)
            raise
        return pa.Table.from_arrays(arrays, names=list(columns))

    def _refuse_undecoded(self, records: list[list[str]]) -> None:
        bad = [n for n, record in enumerate(records) if not _encodes("".join(record))]
        if not bad:
            return
        raw = "\n".join(" ".join(records[n]) for n in bad).encode("utf-8", UNDECODED)
        guess = _likely_encoding(raw)
        line = self._line() - len(records) + bad[0] + 1
        raise TableError(self.source, [f"not UTF-8 (near line {line}); it looks like {guess}: add --encoding {guess}"])


def _quote_fault(line: int, reason: str) -> str:
    if "end of data" in reason:
        return (
            f"line {line} opens a double quote that is never closed; close it, or double it if it is part of the text"
        )
    return f'line {line} has a stray double quote ({reason}); write "" for a quote inside a quoted cell'


def _other_delimiter(columns: Sequence[str]) -> list[str]:
    """Explain a table whose header is one cell and whose rows are several."""
    mark = next((mark for mark in ";\t|" if len(columns) == 1 and mark in columns[0]), None)
    if mark is None:
        return []
    return [f"its cells seem to be parted by {mark!r}: add --delimiter {'tab' if mark == chr(9) else repr(mark)}"]


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
