"""A text file is a table of one column, each line a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from stance.errors import OptionError, TableError
from stance.tables.files import create_table, open_table, read_table
from stance.tables.formats.rejects import Reject
from stance.tables.options import TableOptions
from tests.conftest import Cli, rows_of


def test_a_comment_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b'they lie, "they" do\r\n\nid,text\r  spaced \nsep=;')
    table = read_table(str(path)).table
    assert table.to_pydict() == {"text": ['they lie, "they" do', "", "id,text", "  spaced ", "sep=;"]}
    assert read_table(str(path), TableOptions(text_column="body")).table.column_names == ["body"]


def test_bad_lines_are_rejected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.rejects.MAX_ROW_BYTES", 100)
    path, rejects = tmp_path / "a.txt", list[Reject]()
    path.write_bytes(b"so\nh\xe9\n\0\n" + b"x" * 300 + b"\nbe it\n")
    with open_table(str(path), reject=rejects.append) as reader:
        assert [batch["text"].to_pylist() for batch in reader.batches(10)] == [["so", "be it"]]
    assert reader.rows_read == 5
    assert [(bad.line, bad.offset, bad.length) for bad in rejects] == [(2, 3, 3), (3, 6, 2), (4, 8, 301)]
    assert ["UTF-8" in rejects[0].reason, "NUL" in rejects[1].reason, "301 bytes" in rejects[2].reason] == [True] * 3


@pytest.mark.parametrize("name", ["a.txt", "a.txt.gz", "A.TXT"])
def test_no_table_is_written_as_text(name: str, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"labels need more than one column; expected a name ending in \.csv"):
        create_table(str(tmp_path / name)).__enter__()


def test_an_empty_file_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(TableError, match="no rows"):
        read_table(str(tmp_path / "a.txt"))


def test_scored_line_by_line(tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    (tmp_path / "a.txt").write_text("good work\n\nthey lie and lie\n")
    assert cli("predict", tmp_path / "a.txt", "--model", model_folder, "-o", tmp_path / "out.csv")[0] == 0
    rows = rows_of(tmp_path / "out.csv")
    assert [(row["text"], row["status"]) for row in rows] == [
        ("good work", "ok"), ("", "empty"), ("they lie and lie", "ok"),
    ]  # fmt: skip
