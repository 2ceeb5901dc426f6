"""Tables of one schema: columns in one order and of one type, where no value changes by it."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from stance.strings import listed
from stance.tables.formats.cells import SHOWN


class OtherTypes(ValueError):
    """Columns are of other types, and cannot be cast without a change."""


def with_fields(schema: pa.Schema, fields: Mapping[str, pa.Field]) -> pa.Schema:
    """Return a schema with other fields under some of its names."""
    return pa.schema([fields.get(field.name, field) for field in schema], schema.metadata)


def conform(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Order and cast the columns of a table; a missing one is null. OtherTypes if a value would change.

    >>> schema = pa.schema([("n", pa.int64()), ("text", pa.string())])
    >>> conform(pa.table({"text": ["so"], "n": pa.nulls(1)}), schema).to_pylist()
    [{'n': None, 'text': 'so'}]
    """
    if table.schema.equals(schema):
        return table
    faults, columns = [], []
    for field in schema:
        found = table.schema.field(field.name) if field.name in table.column_names else pa.field(field.name, pa.null())
        column = table[field.name] if field.name in table.column_names else pa.chunked_array([pa.nulls(len(table))])
        cast = _cast(column, found, field)
        columns.append(cast)
        if cast is None:
            faults.append(f"{field.name}: {found.type}, not {field.type}")
    if faults:
        raise OtherTypes(listed(faults))
    return pa.Table.from_arrays(columns, schema=schema)


def _cast(column: pa.ChunkedArray, found: pa.Field, wanted: pa.Field) -> pa.ChunkedArray | None:
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), wanted.type)])
    if _mark(found) != _mark(wanted):
        return None
    if found.type == wanted.type:
        return column
    is_alike = any(is_kind(found.type) and is_kind(wanted.type) for is_kind in (_is_text, pa.types.is_integer))
    try:
        return column.cast(wanted.type) if is_alike else None
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # an integer that is too large
        return None


def _mark(field: pa.Field) -> bytes | None:
    return (field.metadata or {}).get(SHOWN)


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
