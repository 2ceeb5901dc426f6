"""Read JSON and safetensors that a stranger may have written: everything is checked, nothing is executed."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

MAX_HEADER_BYTES = 1 << 20  # an array takes a hundred bytes of it, and a model has a few arrays for each head
SIZE_BYTES = 8  # of the number that the file begins with: the bytes of the header
MAX_AXES = 2
DTYPES = {"U8": "<u1", "U64": "<u8", "F16": "<f2", "F32": "<f4"}  # that the arrays of a model have


def read_json(raw: bytes | bytearray) -> Any:
    """Read JSON in UTF-8; ValueError for anything else, or a duplicate key.

    >>> read_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    ValueError: duplicate key 'a'
    """
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_unique_keys)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def read_arrays(raw: bytearray) -> dict[str, NDArray[Any]]:
    """Return the arrays of a safetensors file as views of its bytes: size of the header, header, arrays.

    Raises ValueError unless the header is JSON of at most a megabyte, and its arrays are the bytes behind it, one after
    the other, without gap, overlap or rest.

    >>> from safetensors.numpy import save
    >>> read_arrays(bytearray(save({"bias": np.ones(2, np.float32)})))["bias"].tolist()
    [1.0, 1.0]
    """
    first = _header_end(raw[:SIZE_BYTES], len(raw))
    return {
        name: np.frombuffer(raw, dtype, math.prod(shape), first + offsets[0]).reshape(shape)
        for name, dtype, shape, offsets in _check_entries(raw[SIZE_BYTES:first], len(raw))
    }


def read_shapes(file: BinaryIO) -> dict[str, tuple[int, ...]]:
    """Read the shapes of the arrays of a safetensors file, and no more of it than its header; ValueError as above."""
    size = os.fstat(file.fileno()).st_size
    start = file.read(SIZE_BYTES)
    header = file.read(_header_end(start, size) - SIZE_BYTES)
    return {entry.name: entry.shape for entry in _check_entries(header, size)}


class _Entry(NamedTuple):
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    offsets: tuple[int, int]  # bytes from the end of the header


def _header_end(start: bytes | bytearray, file_size: int) -> int:
    size = int.from_bytes(start, "little")
    if size > min(MAX_HEADER_BYTES, file_size - SIZE_BYTES):
        raise ValueError(f"a header of {size:,} bytes")
    return SIZE_BYTES + size


def _check_entries(header: bytes | bytearray, file_size: int) -> list[_Entry]:
    first = at = SIZE_BYTES + len(header)
    entries = _entries(read_json(header), file_size)
    for name, dtype, _, (begin, end) in entries:
        if first + begin != at or first + end > file_size or at % dtype.itemsize:
            raise ValueError(f"wrong offsets of {name!r}")
        at = first + end
    if at != file_size:
        raise ValueError("bytes after the last array")
    return entries


def _entries(header: Any, max_number: int) -> list[_Entry]:
    try:
        entries = [
            _Entry(name, np.dtype(DTYPES[array["dtype"]]), tuple(array["shape"]), tuple(array["data_offsets"]))
            for name, array in header.items()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"header of the arrays: {error!r}") from None
    for name, dtype, shape, offsets in entries:
        if len(offsets) != 2 or len(shape) > MAX_AXES:
            raise ValueError(f"wrong shape of {name!r}")
        if not all(type(number) is int and 0 <= number <= max_number for number in (*shape, *offsets)):
            raise ValueError(f"wrong numbers of {name!r}")
        if math.prod(shape) * dtype.itemsize != offsets[1] - offsets[0]:
            raise ValueError(f"wrong size of {name!r}")
    return sorted(entries, key=lambda entry: (entry.offsets, entry.name))


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        [(key, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise ValueError(f"duplicate key {key!r}")
    return unique
