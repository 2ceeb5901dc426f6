"""Files of arrays come back as they were saved, and nothing else comes back."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from stance.model.tensors import read_arrays, read_json
from stance.regular_files import read_file

ARRAYS: dict[str, NDArray[Any]] = {
    "bias": np.arange(3, dtype=np.float32),
    "hashes": np.arange(4, dtype=np.uint64),
    "none": np.empty(0, np.uint8),
}


def test_arrays_come_back() -> None:
    found = read_arrays(bytearray(save(ARRAYS)))
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda raw: raw + b"\0", "bytes after the last array"),
        (lambda raw: raw[:-1], "wrong"),
        (lambda raw: raw[:4], "a header of"),
        (lambda raw: raw.replace(b'"F32"', b'"F64"'), "header of the arrays: KeyError"),
        (lambda raw: raw.replace(b'"shape":[3]', b'"shape":[2]'), "wrong size of 'bias'"),
    ],
)
def test_what_is_no_file_of_arrays(change: Callable[[bytes], bytes], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_arrays(bytearray(change(save(ARRAYS))))


@pytest.mark.parametrize("raw", [b"[" * 100_000, b'{"a": {"b": 1, "b": 1}}', b"\xff", b"{", b""])
def test_what_is_no_json(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"nested too deeply|duplicate key 'b'|codec|JSON|Expecting"):
        read_json(raw)


def test_only_regular_files_of_some_size_are_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"so")
    assert read_file(path, 2) == b"so"
    with pytest.raises(OSError, match="2 bytes, expected 1 at most"):
        read_file(path, 1)
    (tmp_path / "link").symlink_to(path)
    assert read_file(tmp_path / "link", 2, follow_links=True) == b"so"
    with pytest.raises(OSError, match="a link, expected the file itself"):
        read_file(tmp_path / "link", 2)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        read_file(tmp_path / "pipe", 2)
