"""CSV is written as the standard library writes it, and in any encoding that it can be read in."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.errors import OptionError, TableError
from stance.tables.files import create_table, read_table
from stance.tables.formats.delimited import DelimitedWriter
from stance.tables.options import TableOptions


def standard_line(row: tuple[str, str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(row)  # with "\n" it would leave a lone CR without quotes
    return line.getvalue().removesuffix("\r\n") + "\n"


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.lists(st.tuples(cells, cells), min_size=1))
def test_csv_is_written_as_the_standard_library_writes_it(rows: list[tuple[str, str]]) -> None:
    stream = io.BytesIO()
    table = pa.table({"id": [a for a, _ in rows], "text": [b for _, b in rows]})
    DelimitedWriter(stream, table.schema).write(table)
    assert stream.getvalue().decode() == "".join(map(standard_line, [("id", "text"), *rows]))


def test_a_long_batch_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.delimited.LINES_PER_WRITE", 2)
    stream = io.BytesIO()
    table = pa.concat_tables([pa.table({"n": [1, 2, 3]}), pa.table({"n": [4, 5]})])
    DelimitedWriter(stream, table.schema).write(table)
    assert stream.getvalue() == b"n\n1\n2\n3\n4\n5\n"


def test_csv_refuses_nested_columns(tmp_path: Path) -> None:
    with (
        pytest.raises(TableError, match=r"column 'tags' is nested or holds bytes; write \.parquet"),
        create_table(str(tmp_path / "a.csv")) as writer,
    ):
        writer.write(pa.table({"tags": [["a"]]}))
    assert list(tmp_path.iterdir()) == []


def test_encoding_is_taken_as_said(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for encoding in ("cp1252", "utf-16"):
        path.write_bytes("text\ncafé\n".encode(encoding))
        assert read_table(str(path), TableOptions(encoding=encoding))[0]["text"].to_pylist() == ["café"]
    path.write_bytes(b"text\nh\xe9\n")
    with pytest.raises(TableError, match=r"not ascii|not UTF-8"):
        read_table(str(path), TableOptions(encoding="ascii"))
    with pytest.raises(OptionError, match="unknown encoding 'latin-99'"):
        read_table(str(path), TableOptions(encoding="latin-99"))
