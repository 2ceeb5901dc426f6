"""Tables in and out: what goes in comes out, and nothing half-written keeps a name."""

from __future__ import annotations

import csv
import datetime
import io
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stance.errors import OptionError, TableError
from stance.tables.columns import column_strings
from stance.tables.files import create_table, open_table, read_table
from stance.tables.formats.cells import PROPORTION
from stance.tables.formats.delimited import DelimitedWriter
from stance.tables.options import TableOptions
from stance.tables.paths import check_not_same_file, extension_of

TEXTS = [
    "plain",
    'a "quote", twice',
    "two\nlines",
    "",
    "=1+1",
    " spaced ",
    "мир 和平 امن 🙂",
    "back\\slash",
    "cr\rhere",
]
EXTENSIONS = [".csv", ".csv.gz", ".tsv", ".jsonl", ".jsonl.gz", ".parquet"]


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_what_is_written_is_read_again(ending: str, tmp_path: Path) -> None:
    table = pa.table({"text": TEXTS, "likes": ["7"] * len(TEXTS)})
    path = str(tmp_path / f"a{ending}")
    with create_table(path) as writer:
        writer.write(table.slice(0, 3))
        writer.write(table.slice(3))
    assert read_table(path)[0].to_pydict() == table.to_pydict()


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


def test_csv_shows_numbers_dates_and_nulls(tmp_path: Path) -> None:
    table = pa.table({"n": [1, None], "p": [0.25, 1e-06], "day": [datetime.date(2026, 1, 2), None], "b": [True, False]})
    path = tmp_path / "a.csv"
    with create_table(str(path)) as writer:
        writer.write(table)
    assert path.read_text() == "n,p,day,b\n1,0.25,2026-01-02,true\n,0.000001,,false\n"


def proportions(values: list[float | None]) -> pa.Table:
    return pa.table([pa.array(values, pa.float64())], pa.schema([pa.field("p", pa.float64(), metadata=PROPORTION)]))


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1), st.integers(0, 3))
@example([0, 1, 10**6, 999_999, None], 0)
def test_proportions_are_shown_with_six_decimals(millionths: list[int | None], first: int) -> None:
    stream = io.BytesIO()
    table = proportions([None if each is None else round(each / 10**6, 6) for each in millionths]).slice(first)
    DelimitedWriter(stream, table.schema).write(table)
    lines = ["" if each is None else f"{each / 10**6:.6f}" for each in millionths[first:]]
    assert stream.getvalue().decode().split("\n") == ["p", *lines, ""]


def test_numbers_that_are_called_proportions_and_are_none_stay_as_they_are() -> None:
    for other in (1.5, -0.25, 0.1234567, 1e300):
        stream = io.BytesIO()
        DelimitedWriter(stream, proportions([]).schema).write(proportions([0.5, other, None]))
        assert [float(line) for line in stream.getvalue().split()[1:]] == [0.5, other]


def test_a_long_part_is_written_whole(monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_failed_job_leaves_the_old_result(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="halfway"), create_table(str(path)) as writer:
        writer.write(pa.table({"text": ["new"]}))
        raise RuntimeError("halfway")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_zipped_output_has_no_time_in_it(tmp_path: Path) -> None:
    for name in ("a.csv.gz", "b.csv.gz"):
        with create_table(str(tmp_path / name)) as writer:
            writer.write(pa.table({"text": ["same"]}))
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


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


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        read_table(str(tmp_path / "a.csv"))
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(TableError, match="a folder; expected a file"):
        read_table(str(tmp_path / "b.csv"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_no_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch(mode=0o000)
    with pytest.raises(TableError, match="cannot be read"):
        read_table(str(path))


def test_output_into_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="cannot be written"), create_table(str(tmp_path / "none" / "a.csv")):
        pass


def test_same_file_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    (tmp_path / "b.csv").symlink_to(path)
    with pytest.raises(OptionError, match="is also an input"):
        check_not_same_file([str(path)], str(tmp_path / "b.csv"))
    check_not_same_file([str(path)], str(tmp_path / "c.csv"))
    check_not_same_file([str(tmp_path / "none.csv")], str(path))


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.parquet.gz", "csv"])
def test_unknown_ending(name: str) -> None:
    with pytest.raises(OptionError, match="unknown table format"):
        extension_of(name)


def test_parts_are_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "x\n" * 25)
    with open_table(str(path)) as reader:
        assert [part.num_rows for part in reader.batches(10)] == [10, 10, 5]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    table = pa.table({"text": ["a"], "when": [datetime.datetime(2026, 1, 2, 3)], "tags": [["x", "y"]]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    with create_table(str(tmp_path / "b.parquet")) as writer:
        writer.write(read_table(str(tmp_path / "a.parquet"))[0])
    assert pyarrow.parquet.read_table(tmp_path / "b.parquet").schema == table.schema


def test_json_lines_of_mixed_types_become_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "a", "x": 1}\n{"text": "b", "x": "one"}\n{"text": "c", "x": {"y": 1}}\n')
    assert read_table(str(path))[0]["x"].to_pylist() == ["1", "one", '{"y": 1}']


def test_json_lines_do_not_change_a_value_in_a_later_part(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    later = ['{"text": "b", "likes": 3.5}', '{"text": "b", "likes": 2, "meta": {"a": 1, "deleted": true}}']
    for line in later:
        path.write_text('{"text": "a", "likes": 3, "meta": {"a": 1}}\n' * 2 + line)
        with (
            open_table(str(path)) as reader,
            pytest.raises(TableError, match="of another type than the first 10,000 lines"),
        ):
            list(reader.batches(2))
    path.write_text('{"text": "a", "n": 123456789012345678901234567890}\n{"text": "a", "n": {"b": 1}}')
    assert read_table(str(path))[0]["n"].to_pylist() == ["123456789012345678901234567890", '{"b": 1}']


def test_categories_are_quoted_where_they_must_be(tmp_path: Path) -> None:
    names = pa.array(['Smith, "J"', "two\nlines"]).dictionary_encode()
    pyarrow.parquet.write_table(pa.table({"text": ["a", "b"], "author": names}), tmp_path / "a.parquet")
    with create_table(str(tmp_path / "a.csv")) as writer:
        writer.write(read_table(str(tmp_path / "a.parquet"))[0])
    assert read_table(str(tmp_path / "a.csv"))[0]["author"].to_pylist() == names.to_pylist()


def test_bytes_are_text_only_if_they_are_utf8() -> None:
    assert column_strings(pa.table({"text": [b"they lie"]}), "text") == ["they lie"]
    with pytest.raises(TableError, match="column 'text' holds binary, expected text in UTF-8"):
        column_strings(pa.table({"text": [b"\xff"]}), "text")


def test_a_full_disk_behind_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    with open("/dev/full", "w") as full:
        monkeypatch.setattr("sys.stdout", full)
        with pytest.raises(OptionError, match="standard output cannot be written"), create_table("-") as writer:
            writer.write(pa.table({"text": ["a" * 100_000]}))
        monkeypatch.undo()


def test_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").mkdir()
    with pytest.raises(OptionError, match="a folder; give --output the name of a file"):
        create_table(str(tmp_path / "a.csv")).__enter__()
