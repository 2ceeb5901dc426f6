"""Columns of JSON values: which type keeps every value as it is, and the values as an array of it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from stance.tables.formats.cells import JSON, NUMBER

TYPE_ERRORS = (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError)
MAX_EXACT_INTEGER = 2**53  # that a double holds as it is
MIN_SPARSE_CELLS = 1 << 21  # cells of rows times keys up to which nobody minds that most are empty
MAX_CELLS_PER_VALUE = 64
MISSPELLED_INFINITY = {math.inf: "1e999", -math.inf: "-1e999"}  # numbers of valid JSON that are above any double


class JsonColumn:
    """How the values of a key are kept.

    Numbers of which some have a point, and values that are neither text nor of one type, are kept as JSON text under a
    mark, so that they are written as they were read: 3 beside 2.5 stays 3.

    >>> column = JsonColumn.of("n", [3, 2.5])
    >>> column.array([4, None]).to_pylist(), column.field.metadata
    (['4', None], {b'shown': b'number'})
    """

    def __init__(self, field: pa.Field, is_null: bool = False) -> None:
        self.field = field
        self.is_null = is_null  # whether there was no value to tell a type by
        self._mark = field.metadata or {}

    @classmethod
    def of(cls, name: str, values: Sequence[Any]) -> JsonColumn:
        """Find the type that keeps all values."""
        present = [value for value in values if value is not None]
        if not present or any(isinstance(value, str) for value in present):
            return cls(pa.field(name, pa.string()), is_null=not present)
        if all(map(_is_number, present)) and any(isinstance(value, float) for value in present):
            is_safe = all(map(_is_exact, present))
            return cls(pa.field(name, pa.string(), metadata=NUMBER if is_safe else None))
        kind = None if is_sparse(present) else _arrow_type(values)
        return cls(pa.field(name, pa.string(), metadata=JSON) if kind is None else pa.field(name, kind))

    def array(self, values: Sequence[Any]) -> pa.Array:
        """Build an array of N values; one of `TYPE_ERRORS` if a value does not fit."""
        kind = self.field.type
        if pa.types.is_string(kind):
            encode = {b"number": _number, b"json": _not_text}.get(self._mark.get(b"shown", b""), as_text)
            return pa.array([None if value is None else encode(value) for value in values], kind)
        array = pa.array(values, kind)
        if array.to_pylist() != values:
            raise pa.ArrowInvalid("a value would change")
        return array


def is_sparse(records: Sequence[Any]) -> bool:
    """Return whether rows times keys, at any depth, are far more than there are values.

    >>> is_sparse([{"a": 1}, {"a": 2}]), is_sparse([{f"key {n}": n} for n in range(2000)])
    (False, True)
    """
    paths: set[tuple[Any, ...]] = set()
    n_values = 0
    for record in records:
        for path in _paths(record, ()):
            n_values += 1
            paths.add(path)
    return is_sparse_table(len(records), len(paths), n_values)


def is_sparse_table(n_rows: int, n_keys: int, n_values: int) -> bool:
    """Return whether rows times keys are far more than there are values."""
    return n_rows * n_keys > max(MIN_SPARSE_CELLS, MAX_CELLS_PER_VALUE * n_values)


def as_text(value: Any) -> str:
    """Return a string as it is, any other value as JSON."""
    if isinstance(value, float) and value in MISSPELLED_INFINITY:
        return MISSPELLED_INFINITY[value]
    return value if isinstance(value, str) else dump(value)


def dump(value: Any) -> str:
    """Write a value as valid JSON: a number that is none, or above any double, as null.

    >>> dump({"a": [math.nan, 1.5, "é"]})
    '{"a": [null, 1.5, "é"]}'
    """
    try:
        return ENCODER.encode(value)
    except UnicodeDecodeError:
        raise
    except ValueError:
        return ENCODER.encode(_finite(value))


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    return [_finite(each) for each in value] if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _arrow_type(values: Sequence[Any]) -> pa.DataType | None:
    """Return the type that keeps the values, and those that may come later; None if there is none."""
    try:
        array = pa.array(values)
    except TYPE_ERRORS:
        return None
    is_open = pa.types.is_nested(array.type) and any(map(_is_unsure, _leaves(array.type)))
    return None if is_open or array.to_pylist() != values else array.type


def _leaves(kind: pa.DataType) -> Iterator[pa.DataType]:
    if not pa.types.is_nested(kind):
        yield kind
    for at in range(kind.num_fields):
        yield from _leaves(kind.field(at).type)


def _is_unsure(kind: pa.DataType) -> bool:
    return bool(pa.types.is_null(kind) or pa.types.is_floating(kind))  # text may come later, or numbers without a point


ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=_plain)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_exact(value: float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) <= MAX_EXACT_INTEGER


def _number(value: Any) -> str:
    if not _is_number(value) or not _is_exact(value):
        raise pa.ArrowInvalid("not a number that a double holds")
    return repr(value)


def _not_text(value: Any) -> str:
    if isinstance(value, str):
        raise pa.ArrowInvalid("text among other values")
    return as_text(value)


def _paths(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield (*path, key)
            yield from _paths(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _paths(each, path)
