"""JSON Lines: one object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa

from stance.errors import TableError
from stance.strings import listed
from stance.tables.formats import rejects
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewindable import READ_ERRORS

TYPE_ERRORS = (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError)


@dataclass(frozen=True)
class _Line:
    number: int
    offset: int
    length: int
    raw: bytes


class JsonLinesReader:
    """Reads a JSON Lines file; its columns are the keys of the first `SAMPLED_ROWS` lines, missing ones read as null.

    A column of mixed types becomes JSON text. `reject` is called with each line that cannot be read. TableError if
    none can.
    """

    first_row = 1
    SAMPLED_ROWS = 10_000  # one batch; later keys would change columns that are already written

    def __init__(self, stream: BinaryIO, source: str, reject: OnReject = raise_reject) -> None:
        self.source = source
        self.rows_read = 0  # blank lines are not rows
        self._on_reject = reject
        self._types: dict[str, pa.DataType] = {}
        self._as_text: set[str] = set()
        records = self._records(stream)
        sample = list(islice(records, self.SAMPLED_ROWS))
        if not sample:
            fault = f"none of its {self.rows_read:,} lines can be read" if self.rows_read else "empty"
            raise TableError(source, [f"{fault}; expected one JSON object a line"])
        self._rest = chain(sample, records)
        self.columns = list(dict.fromkeys(key for _, record in sample for key in record))

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged."""
        records = self._without_late_keys()
        while batch := list(islice(records, rows)):
            batch = self._without_other_types(batch)
            if batch:
                arrays = [self._array(name, [record.get(name) for _, record in batch]) for name in self.columns]
                yield pa.Table.from_arrays(arrays, names=self.columns)

    def _records(self, stream: BinaryIO) -> Iterator[tuple[_Line, dict[str, Any]]]:
        try:
            for line in self._lines(stream):
                if line.raw.strip():
                    self.rows_read += 1
                    record = self._parse(line)
                    if record is not None:
                        yield line, record
        except READ_ERRORS as error:
            raise TableError(self.source, [f"cut off or damaged ({error})"]) from None

    def _lines(self, stream: BinaryIO) -> Iterator[_Line]:
        number, offset = 0, 0
        while raw := stream.readline(rejects.MAX_ROW_BYTES + 1):
            number += 1
            length, more = len(raw), raw
            while len(more) > rejects.MAX_ROW_BYTES and not more.endswith(b"\n"):
                more = stream.readline(rejects.MAX_ROW_BYTES + 1)
                length += len(more)
            yield _Line(number, offset, length, raw)
            offset += length

    def _parse(self, line: _Line) -> dict[str, Any] | None:
        if line.length > rejects.MAX_ROW_BYTES:
            self._reject(line, f"has {line.length:,} bytes; the limit is {rejects.MAX_ROW_BYTES:,}")
            return None
        try:
            record = json.loads(line.raw.decode("utf-8-sig" if line.number == 1 else "utf-8"))
        except (ValueError, RecursionError) as error:
            self._reject(line, f"is not JSON ({error}); expected one object a line")
            return None
        if not isinstance(record, dict):
            self._reject(line, 'is not an object; expected {"text": ...}')
            return None
        if b"\\u" in line.raw and not _is_encodable(record):
            self._reject(line, "holds half a surrogate pair, which is not text")
            return None
        return record

    def _reject(self, line: _Line, fault: str) -> None:
        raw = line.raw[: rejects.MAX_RAW_BYTES]
        self._on_reject(Reject(self.source, line.number, line.offset, line.length, fault, raw))

    def _without_late_keys(self) -> Iterator[tuple[_Line, dict[str, Any]]]:
        known = set(self.columns)
        for line, record in self._rest:
            late = record.keys() - known
            if late:
                fault = f"has keys {listed(sorted(late))}, which are in none of the first {self.SAMPLED_ROWS:,} lines"
                self._reject(line, f"{fault}; add them to the first line")
            else:
                yield line, record

    def _without_other_types(self, batch: list[tuple[_Line, dict[str, Any]]]) -> list[tuple[_Line, dict[str, Any]]]:
        """Reject the lines whose values are of another type than those of the first batch."""
        if not self._types:
            return batch
        for name in self.columns:
            if not self._fits(name, [record.get(name) for _, record in batch]):
                batch = [each for each in batch if self._fits_or_is_rejected(name, *each)]
        return batch

    def _fits_or_is_rejected(self, name: str, line: _Line, record: dict[str, Any]) -> bool:
        if self._fits(name, [record.get(name)]):
            return True
        fault = f"has a {name!r} of another type than the first {self.SAMPLED_ROWS:,} lines"
        self._reject(line, f"{fault}; write all of its values as text")
        return False

    def _fits(self, name: str, values: list[Any]) -> bool:
        try:
            self._typed_array(name, values)
        except TYPE_ERRORS:
            return False
        return True

    def _array(self, name: str, values: list[Any]) -> pa.Array:
        try:
            array = self._typed_array(name, values)
        except TYPE_ERRORS:
            self._as_text.add(name)
            array = self._typed_array(name, values)
        if pa.types.is_null(array.type):
            self._as_text.add(name)  # whatever comes later
            array = array.cast(pa.string())
        self._types.setdefault(name, array.type)
        return array

    def _typed_array(self, name: str, values: list[Any]) -> pa.Array:
        if name in self._as_text:
            values = [None if value is None else _as_text(value) for value in values]
        array = pa.array(values, self._types.get(name))
        if array.to_pylist() != values:
            raise pa.ArrowInvalid("a value would change")
        return array


class JsonLinesWriter:
    """Writes batches as JSON Lines in UTF-8."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, batch: pa.Table) -> None:
        """Append a batch."""
        lines = [json.dumps(record, ensure_ascii=False, default=str) for record in batch.to_pylist()]
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8"))

    def close(self) -> None:
        """Do nothing: every batch is written at once."""


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        return False
    return True
