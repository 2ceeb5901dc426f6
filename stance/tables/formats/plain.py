"""Plain text: a comment a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.tables.formats import rejects
from stance.tables.formats.codec import detect_codec
from stance.tables.formats.lines import Lines
from stance.tables.formats.records import NUL
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewindable import READ_ERRORS, RewindableStream
from stance.tables.formats.sizes import rebatch

LINES_AT_ONCE = 1000


class PlainReader:
    """Reads a text file as a table of one column, each line as a row: also a blank one, so that row n is line n.

    `reject` is called with each line that cannot be read.
    """

    first_row = 1
    has_order, has_gaps = True, False
    null_columns: Sequence[str] = ()

    def __init__(
        self,
        stream: BinaryIO,
        source: str,
        column: str = "text",
        encoding: str = "utf-8",
        reject: OnReject = raise_reject,
    ) -> None:
        self.source = source
        self.columns = [column]
        self.rows_read = 0
        self._on_reject = reject
        self._stream = RewindableStream(stream)
        self._codec = detect_codec(self._stream, source, encoding)
        self._offset = self._stream.position

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged."""
        yield from rebatch(self._tables(), rows)

    def _tables(self) -> Iterator[pa.Table]:
        texts: list[str] = []
        size = 0
        for text in self._texts():
            texts.append(text)
            size += len(text)
            if len(texts) == LINES_AT_ONCE or size > rejects.MAX_ROW_BYTES:
                yield self._table(texts)
                texts, size = [], 0
        if texts:
            yield self._table(texts)

    def _table(self, texts: list[str]) -> pa.Table:
        return pa.Table.from_arrays([pa.array(texts, pa.string())], names=self.columns)

    def _texts(self) -> Iterator[str]:
        lines = Lines(self._stream, self._codec)
        try:
            while raw := lines.take():
                length, more = len(raw), raw
                while len(more) > rejects.MAX_ROW_BYTES and not lines.has_end(more) and (more := lines.take()):
                    length += len(more)
                self.rows_read += 1
                text = self._read(raw, length)
                if text is not None:
                    yield text
                self._offset += length
        except READ_ERRORS as error:
            raise TableError(self.source, [f"cut off or damaged after line {self.rows_read} ({error})"]) from None

    def _read(self, raw: bytes, length: int) -> str | None:
        if length > rejects.MAX_ROW_BYTES:
            fault = f"has {length:,} bytes; the limit is {rejects.MAX_ROW_BYTES:,}"
        else:
            try:
                text = raw.decode(self._codec)
                text.encode()
                if "\0" not in text:
                    return text.removesuffix("\n").removesuffix("\r")
                fault = NUL
            except UnicodeError:
                fault = f"is not {self._codec.upper()}; name the encoding with --encoding"
        start = raw[: rejects.MAX_RAW_BYTES]
        self._on_reject(Reject(self.source, self.rows_read, self._offset, length, fault, start))
        return None
