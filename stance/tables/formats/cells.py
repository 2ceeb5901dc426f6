"""Columns to the text of their cells and lines, as a CSV shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from stance.errors import TableError

SHOWN = b"shown"  # metadata of a field: how its values are written
PROPORTION = {SHOWN: b"proportion"}  # numbers from 0 to 1, with six decimals
NUMBER, JSON = {SHOWN: b"number"}, {SHOWN: b"json"}  # text that is the JSON of numbers, of any values but text
NUL, NO_CHARACTER = "\0", "\ufffd"  # what a CSV cannot hold, and what Unicode puts in its place
MILLION = 1e6
_HIGH = np.frombuffer("".join(f"{n // 100}.{n % 100:02}" for n in range(101)).encode(), np.uint32)  # 0.00 to 1.00
_LOW = np.frombuffer("".join(f"{n:04}" for n in range(10_000)).encode(), np.uint32)  # the third to sixth decimal


def string_array(texts: Sequence[str]) -> pa.StringArray:
    """Build an array of N texts; `pyarrow.array` and `scalar` would import pandas, which takes a third of a second.

    >>> string_array(["so", "é"]).to_pylist()
    ['so', 'é']
    """
    encoded = [text.encode() for text in texts]
    borders = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(borders), pa.py_buffer(b"".join(encoded)))


def is_marked(field: pa.Field, mark: Mapping[bytes, bytes]) -> bool:
    """Return whether the metadata of a field has a mark."""
    return bool(field.metadata) and mark.items() <= field.metadata.items()


EMPTY_STRING, QUOTE, LINE_END = string_array(["", '"', "\n"])


def format_lines(batch: pa.RecordBatch, delimiter: str) -> pa.StringArray:
    r"""Format N rows as lines with their ends.

    >>> format_lines(pa.record_batch({"id": [1], "text": ["so, so"]}), ",").to_pylist()
    ['1,"so, so"\n']
    """
    cells = [format_cells(*each, delimiter) for each in zip(batch.columns, batch.schema, strict=True)]
    cells[-1] = pc.binary_join_element_wise(cells[-1], LINE_END, EMPTY_STRING)
    return pc.binary_join_element_wise(*cells, string_array([delimiter])[0])


def format_cells(column: pa.Array, field: pa.Field, delimiter: str) -> pa.Array:
    """Format N values as cells, quoted where they need it; a null is empty. TableError for bytes that are no text.

    >>> format_cells(pa.array(["so, so", None]), pa.field("text", pa.string()), ",").to_pylist()
    ['"so, so"', '']
    """
    kind = column.type
    if is_marked(field, PROPORTION) and (formatted := _format_proportions(column)) is not None:
        return formatted
    text = _as_text(column, field.name)
    if text.null_count:  # checking is quicker than filling none
        text = pc.fill_null(text, EMPTY_STRING)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return text
    return _quote(text, delimiter)


def string_bytes(text: pa.StringArray) -> NDArray[np.uint8]:
    """Return a view of the bytes of N strings without nulls, one behind the other.

    >>> bytes(string_bytes(pa.array(["so", "be", "it"]).slice(1)))
    b'beit'
    """
    _, offsets, values = text.buffers()
    if not len(text) or values is None:
        return np.empty(0, np.uint8)
    borders = np.frombuffer(offsets, np.int32)
    return np.frombuffer(values, np.uint8)[borders[text.offset] : borders[text.offset + len(text)]]


def _as_text(column: pa.Array, name: str) -> pa.StringArray:
    if pa.types.is_fixed_size_binary(column.type):
        column = column.cast(pa.binary())
    try:
        return column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise TableError("output", [f"column {name!r} is nested or holds bytes; write .parquet"]) from None


def _quote(text: pa.StringArray, delimiter: str) -> pa.StringArray:
    special = f'"\r\n{delimiter}'
    values = string_bytes(text)
    if not values.all():
        text = pc.replace_substring(text, NUL, NO_CHARACTER)
        values = string_bytes(text)
    if not any((values == byte).any() for byte in special.encode()):
        return text
    quoted = pc.binary_join_element_wise(QUOTE, pc.replace_substring(text, '"', '""'), QUOTE, EMPTY_STRING)
    return pc.if_else(pc.match_substring_regex(text, f"[{re.escape(special)}]"), quoted, text)


def _format_proportions(column: pa.DoubleArray) -> pa.StringArray | None:
    """Format N numbers from 0 to 1 with at most six decimals, ten times as fast as others; None if some are others."""
    numbers = np.frombuffer(column.buffers()[1], np.float64)[column.offset : column.offset + len(column)]
    if column.null_count:
        valid = np.frombuffer(column.is_valid().cast(pa.uint8()).buffers()[1], np.uint8, len(column))
        numbers = np.where(valid, numbers, 0.0)
    millionths = np.rint(numbers * MILLION)
    if not ((millionths / MILLION == numbers) & (millionths >= 0) & (millionths <= MILLION)).all():
        return None
    high, low = np.divmod(millionths.astype(np.uint32), np.uint32(10_000))
    characters = np.stack([_HIGH[high], _LOW[low]], axis=1)  # (N, 2), four characters in each
    borders = np.arange(0, characters.nbytes + 1, 8, dtype=np.int32)
    text = pa.StringArray.from_buffers(len(column), pa.py_buffer(borders), pa.py_buffer(characters))
    return pc.if_else(column.is_valid(), text, EMPTY_STRING) if column.null_count else text
