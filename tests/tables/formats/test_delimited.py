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
from stance.tables.files import create_table, open_table, read_table
from stance.tables.formats.delimited import DelimitedWriter
from stance.tables.formats.rejects import Reject
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


@pytest.mark.parametrize("name", ["a\0b", "\0", "so\0,\0"])
def test_what_is_written_can_be_read_again_even_a_nul(name: str, tmp_path: Path) -> None:
    path = str(tmp_path / "a.csv")
    with create_table(path) as writer:
        writer.write(pa.table({"text": [name, "so"], name: ["1", None]}))
    table = read_table(path).table
    shown = name.replace("\0", "\ufffd")
    assert table.to_pydict() == {"text": [shown, "so"], shown: ["1", ""]}


def test_csv_shows_bytes_that_are_text(tmp_path: Path) -> None:
    cells = {kind: pa.array([b"lie", None]).cast(kind) for kind in (pa.binary(), pa.large_binary(), pa.binary_view())}
    columns = {str(kind): column for kind, column in cells.items()} | {"fixed": pa.array([b"lie", None], pa.binary(3))}
    with create_table(str(tmp_path / "a.csv")) as writer:
        writer.write(pa.table(columns))
    assert [set(row.values()) for row in read_table(str(tmp_path / "a.csv")).table.to_pylist()] == [{"lie"}, {""}]
    with (
        pytest.raises(TableError, match=r"column 'id' is nested or holds bytes; write \.parquet"),
        create_table(str(tmp_path / "b.csv")) as writer,
    ):
        writer.write(pa.table({"id": [b"\xff\xfe"]}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("first", ["sep=;\r\n", "SEP=;\n", '"sep=;"\n', "sep=;\r"])
def test_the_separator_line_of_excel(first: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{first}id;text\n1;so, so\n2;no;no\n".encode(encoding))
    rejects: list[Reject] = []
    with open_table(str(path), TableOptions(encoding=encoding), rejects.append) as reader:
        assert [batch.to_pydict() for batch in reader.batches(9)] == [{"id": ["1"], "text": ["so, so"]}]
    content = path.read_bytes()
    assert [(bad.line, content[bad.offset : bad.offset + bad.length]) for bad in rejects] == [(4, rejects[0].raw)]


def test_other_separator_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=\t\nid\ttext\n1\tso\n")
    assert read_table(str(path)).table.to_pydict() == {"id": ["1"], "text": ["so"]}
    path.write_text("sep=,\nid,text\n1,so\n")
    assert read_table(str(path), TableOptions(delimiter=",")).table.to_pydict() == {"id": ["1"], "text": ["so"]}
    path.write_text("sep=,text\n1,so\n")
    assert read_table(str(path)).table.to_pydict() == {"sep=": ["1"], "text": ["so"]}


def test_unnamed_columns_of_a_spreadsheet_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text,, ,unnamed_2,\nso,1,2,3,4\n")
    table = read_table(str(path)).table
    assert table.column_names == ["text", "unnamed_2_", "unnamed_3", "unnamed_2", "unnamed_5"]
    assert table.to_pylist()[0]["unnamed_5"] == "4"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text" + "," * 20_000 + "\n")
    with pytest.raises(TableError, match="20,001 columns; the limit is 16,384"):
        read_table(str(path))
