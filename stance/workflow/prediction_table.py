"""Predictions as columns of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from stance.errors import TableError
from stance.model.labels import Labels, StringColumn
from stance.model.predictions import CodedColumn, Predictions
from stance.strings import listed
from stance.tables.formats.cells import PROPORTION, string_array


def append_predictions(batch: pa.Table, predictions: Predictions, probabilities: bool) -> pa.Table:
    """Append predictions to the N rows of a batch as columns; TableError if a name is taken twice over."""
    columns = predictions.coded_columns(batch.column_names, probabilities)
    taken = [name for name in columns if name in batch.column_names]
    if taken:
        raise TableError("the table", [f"columns {listed(taken)} are needed for the result; rename them"])
    made = [_column(values) for values in columns.values()]
    fields = [
        pa.field(name, column.type, metadata=PROPORTION if pa.types.is_floating(column.type) else None)
        for name, column in zip(columns, made, strict=True)
    ]
    both = pa.schema([*batch.schema, *fields], batch.schema.metadata)
    return pa.Table.from_arrays([*batch.columns, *made], schema=both)


def _column(values: CodedColumn) -> pa.Array:
    if isinstance(values, Labels):
        return string_array(values.names).take(_array(pa.int64(), values.codes >= 0, values.codes))
    if isinstance(values, StringColumn):
        valid = np.ones(len(values.offsets) - 1, np.bool_) if values.valid is None else values.valid
        return _array(pa.string(), valid, values.offsets, values.raw)
    return _array(pa.float64(), ~np.isnan(values), values)


def _array(kind: pa.DataType, valid: NDArray[np.bool_], *values: NDArray[Any]) -> pa.Array:
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(valid), [bits, *map(pa.py_buffer, values)])
