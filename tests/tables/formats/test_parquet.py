"""Parquet: types are kept, faults are found."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import TableError
from stance.tables.files import create_table, read_table


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"text": ["a"], "when": [datetime.datetime(2026, 1, 2, 3)], "tags": [["x", "y"]]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    with create_table(str(tmp_path / "b.parquet")) as writer:
        writer.write(read_table(str(tmp_path / "a.parquet"))[0])
    assert pyarrow.parquet.read_table(tmp_path / "b.parquet").schema == table.schema


def test_duplicate_columns_are_refused(tmp_path: Path) -> None:
    columns = [pa.array(["a"]), pa.array(["b"])]
    pyarrow.parquet.write_table(pa.Table.from_arrays(columns, names=["text", "text"]), tmp_path / "a.parquet")
    with pytest.raises(TableError, match="duplicate column 'text'; rename one"):
        read_table(str(tmp_path / "a.parquet"))


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    text = pa.StringArray.from_buffers(1, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff"))
    pyarrow.parquet.write_table(pa.table({"text": text}), tmp_path / "a.parquet")
    with pytest.raises(TableError, match="damaged"):
        read_table(str(tmp_path / "a.parquet"))
