"""Tables in and out: what goes in comes out, and nothing half-written keeps a name."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import OptionError, TableError
from stance.tables.columns import column_strings
from stance.tables.files import create_table, open_table, read_table

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


def test_a_failed_run_leaves_the_old_result(tmp_path: Path) -> None:
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


def test_batches_are_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "x\n" * 25)
    with open_table(str(path)) as reader:
        assert [batch.num_rows for batch in reader.batches(10)] == [10, 10, 5]


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
