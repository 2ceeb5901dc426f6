"""Reads JSON and arrays that a stranger may have written: nothing is believed before it is checked, nothing is run."""

from __future__ import annotations

import errno
import json
import math
import os
import stat
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_HEADER_BYTES = 1 << 20  # bytes; an array takes a hundred of them, and a model has a few arrays for each head
HEADER_SIZE_BYTES = 8  # bytes that say how long the header is
MAX_AXES = 2
DTYPES = {"U8": "<u1", "U64": "<u8", "F16": "<f2", "F32": "<f4"}  # of the arrays that a model has


def read_file(path: Path, most: int, follow: bool = False) -> bytearray:
    """Read a file into memory, if it is one.

    Parameters
    ----------
    path : Path
    most : int
        Number of bytes above which it is refused.
    follow : bool
        Whether it may be a link to a file.

    Returns
    -------
    bytearray

    Raises
    ------
    OSError
        If it is no file, a pipe or a device (which could keep us waiting), a link, or larger; or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= 0 if follow else getattr(os, "O_NOFOLLOW", 0)
    if not follow and path.is_symlink():
        raise OSError(errno.ELOOP, "a link, expected the file itself")
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise OSError(errno.EINVAL, "no ordinary file")
        if about.st_size > most:
            raise OSError(errno.EFBIG, f"{about.st_size:,} bytes, expected {most:,} at most")
        raw = bytearray(about.st_size)
        del raw[file.readinto(raw) :]
    return raw


def read_json(raw: bytes | bytearray) -> Any:
    """Read JSON in UTF-8 in which no key stands twice.

    Parameters
    ----------
    raw : bytes

    Returns
    -------
    object

    Raises
    ------
    ValueError

    Examples
    --------
    >>> read_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    ValueError: key 'a' stands twice
    """
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_once)
    except RecursionError:
        raise ValueError("lists in lists without end") from None


def read_arrays(raw: bytearray) -> dict[str, NDArray[Any]]:
    """Read arrays in safetensors.

    Parameters
    ----------
    raw : bytearray
        Length of the header, header, arrays.

    Returns
    -------
    dict of str to ndarray
        Views of the bytes.

    Raises
    ------
    ValueError
        If the header is not JSON, or is longer than a megabyte, or the arrays that it tells of are not the bytes behind
        it, one after the other, without gap, overlap or rest.

    Examples
    --------
    >>> from safetensors.numpy import save
    >>> read_arrays(bytearray(save({"bias": np.ones(2, np.float32)})))["bias"].tolist()
    [1.0, 1.0]
    """
    size = int.from_bytes(raw[:HEADER_SIZE_BYTES], "little")
    if size > min(MAX_HEADER_BYTES, len(raw) - HEADER_SIZE_BYTES):
        raise ValueError(f"a header of {size:,} bytes")
    begin = HEADER_SIZE_BYTES + size
    spans = _spans(read_json(raw[HEADER_SIZE_BYTES:begin]), len(raw))
    arrays = {}
    for name, kind, shape, (first, last) in spans:
        if (
            HEADER_SIZE_BYTES + size + first != begin
            or HEADER_SIZE_BYTES + size + last > len(raw)
            or begin % kind.itemsize
        ):
            raise ValueError(f"place of {name!r}")
        arrays[name] = np.frombuffer(raw, kind, math.prod(shape), begin).reshape(shape)
        begin = HEADER_SIZE_BYTES + size + last
    if begin != len(raw):
        raise ValueError("bytes behind the last array")
    return arrays


def _spans(header: Any, most: int) -> list[tuple[str, np.dtype[Any], tuple[int, ...], tuple[int, int]]]:
    try:
        found = [
            (name, np.dtype(DTYPES[about["dtype"]]), tuple(about["shape"]), tuple(about["data_offsets"]))
            for name, about in header.items()
        ]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"header of the arrays: {error!r}") from None
    for name, kind, shape, offsets in found:
        if len(offsets) != 2 or len(shape) > MAX_AXES:
            raise ValueError(f"shape of {name!r}")
        if not all(type(number) is int and 0 <= number <= most for number in (*shape, *offsets)):
            raise ValueError(f"numbers of {name!r}")
        if math.prod(shape) * kind.itemsize != offsets[1] - offsets[0]:
            raise ValueError(f"size of {name!r}")
    return sorted(found, key=lambda each: (each[3], each[0]))


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"key {name!r} stands twice")
    return found
