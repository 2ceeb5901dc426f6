"""Columns to the text of their cells and lines, as a CSV shows it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PROPORTION = {b"shown": b"proportion"}  # metadata of a field whose numbers from 0 to 1 are shown with six decimals
MILLION = 1e6
_HIGH = np.frombuffer("".join(f"{n // 100}.{n % 100:02}" for n in range(101)).encode(), np.uint32)
_LOW = np.frombuffer("".join(f"{n:04}" for n in range(10_000)).encode(), np.uint32)


def string_array(texts: Sequence[str]) -> pa.StringArray:
    """Make an array without `pyarrow.array` or `scalar`: those import pandas, which takes a third of a second.

    Parameters
    ----------
    texts : sequence of str
        N texts.

    Returns
    -------
    pyarrow.StringArray

    Examples
    --------
    >>> string_array(["so", "é"]).to_pylist()
    ['so', 'é']
    """
    encoded = [text.encode() for text in texts]
    borders = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(borders), pa.py_buffer(b"".join(encoded)))


EMPTY_STRING, QUOTE, LINE_END = string_array(["", '"', "\n"])


def format_lines(batch: pa.RecordBatch, delimiter: str) -> pa.StringArray:
    r"""Show the rows of a table.

    Parameters
    ----------
    batch : pyarrow.RecordBatch
        N rows.
    delimiter : str
        What stands between cells.

    Returns
    -------
    pyarrow.StringArray
        N lines with their ends.

    Examples
    --------
    >>> format_lines(pa.record_batch({"id": [1], "text": ["so, so"]}), ",").to_pylist()
    ['1,"so, so"\n']
    """
    shown = [format_cells(*each, delimiter) for each in zip(batch.columns, batch.schema, strict=True)]
    shown[-1] = pc.binary_join_element_wise(shown[-1], LINE_END, EMPTY_STRING)
    return pc.binary_join_element_wise(*shown, string_array([delimiter])[0])


def format_cells(column: pa.Array, field: pa.Field, delimiter: str) -> pa.Array:
    """Show a column.

    Parameters
    ----------
    column : pyarrow.Array
        N values.
    field : pyarrow.Field
        Its type and metadata.
    delimiter : str
        What stands between cells, and needs quotes within one.

    Returns
    -------
    pyarrow.StringArray
        N cells, those of nulls empty.

    Examples
    --------
    >>> format_cells(pa.array(["so, so", None]), pa.field("text", pa.string()), ",").to_pylist()
    ['"so, so"', '']
    """
    kind = column.type
    proportions = field.metadata and PROPORTION.items() <= field.metadata.items()
    if proportions and (shown := _proportions(column)) is not None:
        return shown
    text = column.cast(pa.string())
    if text.null_count:  # to look is quicker than to fill none
        text = pc.fill_null(text, EMPTY_STRING)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return text
    return _quoted(text, delimiter)


def string_bytes(text: pa.StringArray) -> NDArray[np.uint8]:
    """Give the bytes of strings, one behind the other.

    Parameters
    ----------
    text : pyarrow.StringArray
        N strings, no null.

    Returns
    -------
    ndarray of shape (B,)
        A view.

    Examples
    --------
    >>> bytes(string_bytes(pa.array(["so", "be", "it"]).slice(1)))
    b'beit'
    """
    _, offsets, values = text.buffers()
    if not len(text) or values is None:
        return np.empty(0, np.uint8)
    borders = np.frombuffer(offsets, np.int32)
    return np.frombuffer(values, np.uint8)[borders[text.offset] : borders[text.offset + len(text)]]


def _quoted(text: pa.StringArray, delimiter: str) -> pa.StringArray:
    special = f'"\r\n{delimiter}'
    values = string_bytes(text)
    if not any((values == byte).any() for byte in special.encode()):
        return text
    quoted = pc.binary_join_element_wise(QUOTE, pc.replace_substring(text, '"', '""'), QUOTE, EMPTY_STRING)
    return pc.if_else(pc.match_substring_regex(text, f"[{re.escape(special)}]"), quoted, text)


def _proportions(column: pa.DoubleArray) -> pa.StringArray | None:
    """Show numbers from 0 to 1 that have no more than six decimals, ten times as fast as any numbers; else None."""
    numbers = np.frombuffer(column.buffers()[1], np.float64)[column.offset : column.offset + len(column)]
    if column.null_count:
        valid = np.frombuffer(column.is_valid().cast(pa.uint8()).buffers()[1], np.uint8, len(column))
        numbers = np.where(valid, numbers, 0.0)
    millionths = np.rint(numbers * MILLION)
    if not ((millionths / MILLION == numbers) & (millionths >= 0) & (millionths <= MILLION)).all():
        return None
    high, low = np.divmod(millionths.astype(np.uint32), np.uint32(10_000))
    shown = np.stack([_HIGH[high], _LOW[low]], axis=1)
    borders = np.arange(0, shown.nbytes + 1, 8, dtype=np.int32)
    text = pa.StringArray.from_buffers(len(column), pa.py_buffer(borders), pa.py_buffer(shown))
    return pc.if_else(column.is_valid(), text, EMPTY_STRING) if column.null_count else text
