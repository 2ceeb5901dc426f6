"""Batches of one or more tables, and what a run depends on."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import TableError
from stance.tables.options import TableOptions
from stance.tables.privacy import Privacy
from stance.workflow.batch.reader import Batch, BatchReader


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 2)
    (tmp_path / "a.csv").write_text("id,text\n1,so\n2\n3,no\n4,why\n")
    (tmp_path / "b.csv").write_text("id,text\n5,yes\n6\n")
    return [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]


def open_reader(paths: list[str], privacy: Privacy = Privacy()) -> BatchReader:  # noqa: B008  it is immutable
    return BatchReader(paths, TableOptions(), privacy, keeps_rejects=True)


def rows_of(batches: list[Batch]) -> list[tuple[list[str], list[int]]]:
    return [(batch.texts.to_pylist(), [bad.line for bad in batch.rejects]) for batch in batches]


def test_every_row_is_in_a_batch(tables: list[str]) -> None:
    reader = open_reader(tables)
    expected = [(["so", "no"], [3]), (["why"], []), (["yes"], [3])]
    assert rows_of(list(reader.batches())) == expected
    assert reader.rows_read == 6
    assert rows_of(list(open_reader(tables).batches(skip=1))) == expected[1:]


def test_a_table_of_bad_rows_gives_an_empty_batch(tables: list[str]) -> None:
    Path(tables[0]).write_text("id,text\n1\n2\n")
    assert rows_of(list(open_reader(tables[:1]).batches())) == [([], [2, 3])]


def test_texts_are_read_before_columns_are_dropped(tables: list[str]) -> None:
    [batch, *_] = open_reader(tables, Privacy(dropped=["text"])).batches()
    assert (batch.table.column_names, batch.texts.to_pylist()) == (["id"], ["so", "no"])


def test_other_columns_and_types_are_refused(tables: list[str], tmp_path: Path) -> None:
    Path(tables[1]).write_text("text,id\nyes,5\n")
    with pytest.raises(TableError, match=r"the columns are text, id, those of .*a\.csv are id, text; score it"):
        list(open_reader(tables).batches())
    pyarrow.parquet.write_table(pa.table({"id": [7], "text": ["so"]}), tmp_path / "c.parquet")
    with pytest.raises(TableError, match="the columns have other types than those of"):
        list(open_reader([tables[0], str(tmp_path / "c.parquet")]).batches())


def test_facts_are_those_of_the_files(tables: list[str]) -> None:
    facts = open_reader(tables).facts()
    assert facts is not None
    assert facts[f"the size of {tables[0]}"] == Path(tables[0]).stat().st_size
    Path(tables[0]).write_text("id,text\n1,so\n2\n3,no\n4,WHY\n")
    changed = open_reader(tables).facts()
    assert changed is not None
    names = [name for name in facts if facts[name] != changed[name]]
    assert names == [f"the time of {tables[0]}", f"the content of {tables[0]}"]
    assert open_reader(["-"]).facts() is None
