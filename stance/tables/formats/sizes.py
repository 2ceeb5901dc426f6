"""How large rows are, so that batches are cut by bytes as well as by rows: memory follows what is in flight."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stance.errors import TableError

MAX_BATCH_BYTES = 1 << 24  # ten times what 10,000 comments take; a dozen batches are in flight at a time
MAX_COLUMNS = 1 << 14  # what a spreadsheet can show; each takes a kilobyte in every batch
CELL_BYTES = 8  # of a number, or of what a string needs beside its text


def check_width(source: str, n_columns: int) -> None:
    """Raise TableError for more columns than a table can have."""
    if n_columns > MAX_COLUMNS:
        raise TableError(source, [f"{n_columns:,} columns; the limit is {MAX_COLUMNS:,}; leave some out"])


def row_sizes(table: pa.Table) -> NDArray[np.int64]:
    """Measure N rows in bytes, by what is in them and not by how it is stored; (N,).

    >>> row_sizes(pa.table({"n": [1, 2], "text": ["so", "be it"]})).tolist()
    [18, 21]
    """
    sizes = np.full(len(table), CELL_BYTES * table.num_columns, np.int64)
    for column in table.columns:
        first = 0
        for chunk in column.chunks:
            sizes[first : first + len(chunk)] += value_sizes(chunk)
            first += len(chunk)
    return sizes


def value_sizes(values: pa.Array) -> NDArray[np.int64]:
    """Measure N values in bytes, beside those that each of them takes; (N,).

    >>> value_sizes(pa.array([["so", "be"], None, ["it"]])).tolist()
    [20, 0, 10]
    """
    kind, no_more = values.type, np.zeros(len(values), np.int64)
    if pa.types.is_dictionary(kind):
        return _coded_sizes(values)
    if pa.types.is_struct(kind):
        return np.asarray(sum((value_sizes(each) + CELL_BYTES for each in values.flatten()), no_more), np.int64)
    if pa.types.is_map(kind):
        return value_sizes(values.cast(pa.list_(pa.struct([kind.key_field, kind.item_field]))))
    if _is_list(kind):
        return _list_sizes(values)
    if _has_offsets(kind):
        return np.asarray(np.diff(_offsets(values)), np.int64)
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return value_sizes(values.cast(pa.large_binary()))
    return no_more


def total_size(table: pa.Table) -> int:
    """Measure a table in bytes."""
    return int(row_sizes(table).sum())


def prefix(sizes: NDArray[np.int64], first: int, rows: int, limit: int = 0) -> int:
    """Return how many rows from `first` on fit in a batch of `rows` rows and `limit` bytes, one at least.

    >>> prefix(np.array([4, 4, 4, 90]), 0, 10, 10), prefix(np.array([4, 4, 4, 90]), 3, 10, 10)
    (2, 1)
    """
    total = np.cumsum(sizes[first : first + rows])
    return max(1, int(np.searchsorted(total, limit or MAX_BATCH_BYTES, "right")))


class Rebatcher:
    """Joins and cuts tables into batches, each of as many rows as fit; each column in one chunk."""

    def __init__(self, rows: int, limit: int = 0) -> None:
        self._rows = rows
        self._limit = limit or MAX_BATCH_BYTES
        self._waiting: list[pa.Table] = []
        self._sizes = np.empty(0, np.int64)  # of the rows that wait

    def add(self, table: pa.Table) -> Iterator[pa.Table]:
        """Add a table; yield the batches that are full."""
        self._waiting.append(table)
        self._sizes = np.concatenate([self._sizes, row_sizes(table)])
        if not self._is_full(0):
            return
        whole, first = pa.concat_tables(self._waiting), 0
        while self._is_full(first):
            size = prefix(self._sizes, first, self._rows, self._limit)
            yield whole.slice(first, size).combine_chunks()
            first += size
        self._waiting, self._sizes = [whole.slice(first)], self._sizes[first:]

    def rest(self) -> Iterator[pa.Table]:
        """Yield the rows that are left, if any."""
        if len(self._sizes):
            yield pa.concat_tables(self._waiting).combine_chunks()
        self._waiting, self._sizes = [], np.empty(0, np.int64)

    def _is_full(self, first: int) -> bool:
        return len(self._sizes) - first >= self._rows or int(self._sizes[first:].sum()) > self._limit


def rebatch(tables: Iterator[pa.Table], rows: int) -> Iterator[pa.Table]:
    """Join and cut tables into batches of `rows` rows, fewer where they are large and in the last one.

    >>> [len(batch) for batch in rebatch(iter([pa.table({"n": [1, 2, 3]}), pa.table({"n": [4]})]), 2)]
    [2, 2]
    """
    batches = Rebatcher(rows)
    for table in tables:
        yield from batches.add(table)
    yield from batches.rest()


def _coded_sizes(values: pa.DictionaryArray) -> NDArray[np.int64]:
    codes, known = _filled(values.indices), np.append(value_sizes(values.dictionary), 0)
    n_known = max(1, len(values.dictionary))  # codes of nulls are 0
    if len(codes) and not 0 <= codes.min() <= codes.max() < n_known:
        raise pa.ArrowInvalid("a code that is not in its dictionary")
    return _of_valid(values, known[codes])


def _list_sizes(values: pa.Array) -> NDArray[np.int64]:
    items = values.flatten()
    sums = np.concatenate([[0], np.cumsum(value_sizes(items) + CELL_BYTES)])
    ends = np.cumsum(_filled(values.value_lengths()))
    return np.asarray(np.diff(sums[np.concatenate([[0], ends])]), np.int64)


def _filled(numbers: pa.Array) -> NDArray[np.int64]:
    filled = numbers.cast(pa.int64()).fill_null(0) if numbers.null_count else numbers.cast(pa.int64())
    return np.asarray(filled.to_numpy(zero_copy_only=False), np.int64)


def _of_valid(values: pa.Array, sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    if not values.null_count:
        return sizes
    return np.where(values.is_valid().to_numpy(zero_copy_only=False), sizes, 0)


def _offsets(values: pa.Array) -> NDArray[np.int64]:
    width = np.int64 if pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type) else np.int32
    if not len(values):
        return np.zeros(1, np.int64)
    numbers = np.frombuffer(values.buffers()[1], width)
    return np.asarray(numbers[values.offset : values.offset + len(values) + 1], np.int64)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _has_offsets(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(
        types.is_string(kind) or types.is_binary(kind) or types.is_large_string(kind) or types.is_large_binary(kind)
    )
