"""JSON Lines: one object a line."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa

from stance.errors import TableError
from stance.strings import listed
from stance.tables.formats import rejects
from stance.tables.formats.cells import JSON, NUMBER, is_marked
from stance.tables.formats.codec import detect_codec
from stance.tables.formats.json_columns import TYPE_ERRORS, JsonColumn, dump, is_sparse_table
from stance.tables.formats.lines import Lines
from stance.tables.formats.rejects import OnReject, Reject, raise_reject
from stance.tables.formats.rewindable import READ_ERRORS, RewindableStream
from stance.tables.formats.sizes import CELL_BYTES, MAX_BATCH_BYTES, check_width

MAX_DEPTH = 100  # levels of lists and objects in each other; Python recurses to ten times that


class _Line(NamedTuple):
    number: int
    offset: int
    length: int
    raw: bytes


_Row = tuple[_Line, dict[str, Any]]


class JsonLinesReader:
    """Reads a JSON Lines file; its columns are the keys of the first `SAMPLED_ROWS` lines, missing ones read as null.

    A column of mixed types becomes text: strings as they are, other values as JSON. `known` are the types that columns
    have in tables before this one. `reject` is called with each line that cannot be read. TableError if none can.
    """

    first_row = 1
    has_order, has_gaps = False, True
    SAMPLED_ROWS = 10_000  # one batch; later keys would change columns that are already written

    def __init__(
        self,
        stream: BinaryIO,
        source: str,
        reject: OnReject = raise_reject,
        encoding: str = "utf-8",
        known: Mapping[str, pa.Field] | None = None,
    ) -> None:
        self.source = source
        self.rows_read = 0  # blank lines are not rows
        self._on_reject = reject
        self._types = {name: JsonColumn(field) for name, field in (known or {}).items()}
        back = RewindableStream(stream)
        self._codec = detect_codec(back, source, encoding)
        records = self._records(back)
        keys, self._sample = self._take_sample(records)
        self._rest = chain(self._sample, records)
        self.columns = list(keys)

    @property
    def null_columns(self) -> list[str]:
        """Columns of the first batch that hold nothing but nulls."""
        return [name for name in self.columns if name in self._types and self._types[name].is_null]

    def batches(self, rows: int) -> Iterator[pa.Table]:
        """Read batches of at most `rows` rows; TableError if the file is damaged."""
        for name in self.columns:  # by the first batch, however few of its rows fit in memory
            if name not in self._types:
                self._types[name] = JsonColumn.of(name, [record.get(name) for _, record in self._sample[:rows]])
        schema = pa.schema([self._types[name].field for name in self.columns])
        for batch in self._cut(self._without_late_keys(), rows):
            arrays = self._arrays(batch)
            if arrays:
                yield pa.Table.from_arrays(arrays, schema=schema)

    def _take_sample(self, records: Iterator[_Row]) -> tuple[dict[str, None], list[_Row]]:
        keys: dict[str, None] = {}
        sample: list[_Row] = []
        n_values = size = 0
        for line, record in records:
            keys.update(dict.fromkeys(record))
            sample.append((line, record))
            n_values, size = n_values + len(record), size + line.length
            self._check_keys(len(sample), len(keys), n_values)
            if len(sample) == self.SAMPLED_ROWS or size >= MAX_BATCH_BYTES:
                break
        if not sample:
            faults = {0: "empty", 1: "its only line cannot be read"}
            fault = faults.get(self.rows_read, f"none of its {self.rows_read:,} lines can be read")
            raise TableError(self.source, [f"{fault}; expected one JSON object a line"])
        self._n_sampled = len(sample) if size >= MAX_BATCH_BYTES else self.SAMPLED_ROWS
        return keys, sample

    def _check_keys(self, n_rows: int, n_keys: int, n_values: int) -> None:
        check_width(self.source, n_keys)
        if is_sparse_table(n_rows, n_keys, n_values):
            fault = f"{n_keys:,} different keys in {n_rows:,} lines, each line with few of them"
            advice = "a table has a column for each key: put such keys into an object under one key"
            raise TableError(self.source, [f"{fault}; {advice}"])

    @staticmethod
    def _cut(records: Iterator[_Row], rows: int) -> Iterator[list[_Row]]:
        batch: list[_Row] = []
        size = 0
        for line, record in records:
            row_size = line.length + CELL_BYTES * len(record)
            if batch and (len(batch) == rows or size + row_size > MAX_BATCH_BYTES):
                yield batch
                batch, size = [], 0
            batch.append((line, record))
            size += row_size
        if batch:
            yield batch

    def _records(self, stream: RewindableStream) -> Iterator[_Row]:
        try:
            for line in self._lines(stream):
                if not self._is_blank(line.raw):
                    self.rows_read += 1
                    record = self._parse(line)
                    if record is not None:
                        yield line, record
        except READ_ERRORS as error:
            raise TableError(self.source, [f"cut off or damaged ({error})"]) from None

    def _is_blank(self, raw: bytes) -> bool:
        return not (raw if self._codec == "utf-8" else raw.decode(self._codec, "replace")).strip()

    def _lines(self, stream: RewindableStream) -> Iterator[_Line]:
        number, offset = 0, stream.position
        take = self._taker(stream)
        while raw := take():
            number += 1
            length, more = len(raw), raw
            while len(more) > rejects.MAX_ROW_BYTES and not self._has_end(more):
                more = take()
                length += len(more)
            yield _Line(number, offset, length, raw)
            offset += length

    def _taker(self, stream: RewindableStream) -> Any:
        if "\n".encode(self._codec) != b"\n":
            return Lines(stream, self._codec).take
        reader = io.BufferedReader(stream)
        return lambda: reader.readline(rejects.MAX_ROW_BYTES + 1)

    def _has_end(self, raw: bytes) -> bool:
        return raw.endswith("\n".encode(self._codec))

    def _parse(self, line: _Line) -> dict[str, Any] | None:
        if line.length > rejects.MAX_ROW_BYTES:
            self._reject(line, f"has {line.length:,} bytes; the limit is {rejects.MAX_ROW_BYTES:,}")
            return None
        try:
            text = line.raw.decode(self._codec)
            check_depth(text)
            record = parse(text)
        except DoubledKey as error:
            self._reject(line, f"has the key {str(error)[:MAX_DEPTH]!r} twice; a value would be lost")
            return None
        except (ValueError, RecursionError) as error:
            self._reject(line, f"is not JSON ({error}); expected one object a line")
            return None
        if not isinstance(record, dict):
            self._reject(line, 'is not an object; expected {"text": ...}')
            return None
        if (self._codec != "utf-8" or "\\u" in text) and not _is_encodable(record):
            self._reject(line, "holds half a surrogate pair, which is not text")
            return None
        return record

    def _reject(self, line: _Line, fault: str) -> None:
        raw = line.raw[: rejects.MAX_RAW_BYTES]
        self._on_reject(Reject(self.source, line.number, line.offset, line.length, fault, raw))

    def _without_late_keys(self) -> Iterator[_Row]:
        known = set(self.columns)
        for line, record in self._rest:
            late = record.keys() - known
            if late:
                fault = f"has keys {listed(sorted(late))}, which are in none of the first {self._n_sampled:,} lines"
                self._reject(line, f"{fault}; add them to the first line")
            else:
                yield line, record

    def _arrays(self, batch: list[_Row]) -> list[pa.Array]:
        """Build an array for each column; lines whose values do not fit its type are rejected, maybe all of them."""
        arrays: list[pa.Array] = []
        while batch and len(arrays) < len(self.columns):
            name = self.columns[len(arrays)]
            try:
                arrays.append(self._array(name, batch))
            except TYPE_ERRORS:
                batch, arrays = [row for row in batch if self._fits_or_is_rejected(name, row)], []
        return arrays if batch else []

    def _fits_or_is_rejected(self, name: str, row: _Row) -> bool:
        try:
            self._array(name, [row])
            return True
        except TYPE_ERRORS:
            fault = f"has a {name!r} of another type than the first {self._n_sampled:,} lines"
            self._reject(row[0], f"{fault}; write all of its values as text")
            return False

    def _array(self, name: str, batch: list[_Row]) -> pa.Array:
        return self._types[name].array([record.get(name) for _, record in batch])


class JsonLinesWriter:
    """Writes batches as JSON Lines in UTF-8; a number that is none or infinite as null, bytes as text."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, batch: pa.Table) -> None:
        """Append a batch; TableError if it holds bytes that are not text."""
        columns = [_python_values(batch.column(at), field) for at, field in enumerate(batch.schema)]
        names = batch.column_names
        try:
            lines = [dump(dict(zip(names, values, strict=True))) for values in zip(*columns, strict=True)]
        except UnicodeDecodeError:
            raise TableError("output", ["a column holds bytes that are not UTF-8; write .parquet"]) from None
        self._stream.write("".join(f"{line}\n" for line in lines).encode("utf-8"))

    def close(self) -> None:
        """Do nothing: every batch is written at once."""


def check_depth(text: str) -> None:
    """Raise ValueError if lists and objects lie in each other too deeply.

    >>> check_depth('{"a": "[[[["}')
    >>> check_depth("[" * 1000)
    Traceback (most recent call last):
        ...
    ValueError: more than 100 levels
    """
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth, is_quoted, is_escaped = 0, False, False
    for char in text:
        if is_quoted:
            is_quoted = is_escaped or char != '"'
            is_escaped = char == "\\" and not is_escaped
        elif char in '"[{]}':
            is_quoted = char == '"'
            depth += (char in "[{") - (char in "]}")
            if depth > MAX_DEPTH:
                raise ValueError(f"more than {MAX_DEPTH} levels")


class DoubledKey(ValueError):
    """A key stands twice in an object."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        raise DoubledKey(Counter(key for key, _ in pairs).most_common(1)[0][0])
    return unique


def _no_number(name: str) -> None:
    """Read NaN, Infinity and -Infinity, which some programs write though JSON has none of them, as null."""


DECODER = json.JSONDecoder(parse_constant=_no_number)
CAREFUL_DECODER = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_constant=_no_number)


def parse(text: str) -> Any:
    """Parse a line of JSON; ValueError if it is none, or a key is doubled.

    >>> parse('{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    stance.tables.formats.jsonlines.DoubledKey: a
    """
    value = DECODER.decode(text)
    if isinstance(value, dict) and text.count(":") == len(value):  # as many colons as keys: none is doubled
        return value
    return CAREFUL_DECODER.decode(text)


def _python_values(column: pa.ChunkedArray, field: pa.Field) -> list[Any]:
    if is_marked(field, NUMBER):
        return [None if text is None else _number(text) for text in column.to_pylist()]
    if is_marked(field, JSON):
        return [None if text is None else DECODER.decode(text) for text in column.to_pylist()]
    exact = _exact_type(column.type)
    return list((column if exact == column.type else column.cast(exact)).to_pylist())


def _number(text: str) -> float:
    return int(text) if text.removeprefix("-").isdigit() else float(text)


def _exact_type(kind: pa.DataType) -> pa.DataType:
    """Return a type whose values Python has: text for times in nanoseconds, which it would cut."""
    types = pa.types
    if (types.is_timestamp(kind) or types.is_time(kind) or types.is_duration(kind)) and kind.unit == "ns":
        return pa.string()
    if types.is_list(kind):
        return pa.list_(kind.value_field.with_type(_exact_type(kind.value_type)))
    if types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(_exact_type(kind.value_type)))
    if types.is_struct(kind):
        return pa.struct([field.with_type(_exact_type(field.type)) for field in kind])
    if types.is_map(kind):
        return pa.map_(_exact_type(kind.key_type), _exact_type(kind.item_type))
    return kind


def _is_encodable(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        return False
    return True
