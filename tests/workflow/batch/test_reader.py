"""Batches of one or more tables, and what a run depends on."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import TableError
from stance.tables.options import TableOptions
from stance.tables.privacy import Privacy
from stance.workflow.batch.reader import Batch, BatchReader
from tests.conftest import Cli


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


def written(tmp_path: Path, *contents: list[str]) -> list[str]:
    """Write files of JSON Lines; return their paths."""
    paths = [tmp_path / f"{number}.jsonl" for number in range(len(contents))]
    for path, lines in zip(paths, contents, strict=True):
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return list(map(str, paths))


JSON_FILES = {
    "keys in another order": (['{"text": "so", "n": 1}'], ['{"n": 2, "text": "so"}']),
    "a column of nulls": (['{"text": "so", "n": 1}'], ['{"text": "so", "n": null}']),
    "a column of nulls first": (['{"text": "so", "n": null}'], ['{"text": "so", "n": 1}']),
    "a column of nulls twice": (['{"text": "so", "n": null}'],) * 2 + (['{"text": "so", "n": [1]}'],),
    "only nulls": (['{"text": "so", "n": null}'],) * 2,
    "a key that is missing": (['{"text": "so", "n": {"a": 1}}'], ['{"text": "so"}']),
    "a text column of nulls": (['{"text": null, "n": 1}'], ['{"text": "so", "n": 1}']),
    "floats, then integers": (['{"text": "so", "n": 1.5}'], ['{"text": "so", "n": 1}']),
    "texts, then numbers": (['{"text": "so", "n": "1"}'], ['{"text": "so", "n": "x"}']),
    "empty lists": (['{"text": "so", "n": []}'], ['{"text": "so", "n": ["a"]}']),
}


@pytest.mark.parametrize("name", JSON_FILES)
def test_files_of_json_are_one_table(name: str, tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    paths, out = written(tmp_path, *JSON_FILES[name]), tmp_path / "out.jsonl"
    code, _, errors = cli("predict", *paths, "--model", model_folder, "-o", out)
    assert (code, errors.count("\n")) == (0, 1)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    expected = [json.loads(line) for lines in JSON_FILES[name] for line in lines]
    assert [(row["text"], row["n"]) for row in rows] == [(row["text"], row.get("n")) for row in expected]


def test_other_keys_and_types_of_json_are_refused(tmp_path: Path) -> None:
    paths = written(tmp_path, ['{"text": "so"}'], ['{"text": "so", "m": 1}'])
    with pytest.raises(TableError, match="the columns are text, m, those of"):
        list(open_reader(paths).batches())
    paths = written(tmp_path, ['{"text": "so", "n": 1}'], ['{"text": "so", "n": 2}', '{"text": "so", "n": "x"}'])
    assert rows_of(list(open_reader(paths).batches())) == [(["so"], []), (["so"], [2])]
    paths = written(tmp_path, ['{"text": "so", "n": 1}'], ['{"n": 2}'])
    with pytest.raises(TableError, match="no column 'text'"):
        list(open_reader(paths).batches())


PARQUET_FILES = {
    "a column of nulls": (pa.table({"text": ["so"], "n": [1]}), pa.table({"text": ["so"], "n": pa.nulls(1)})),
    "a column of nulls first": (pa.table({"text": ["so"], "n": pa.nulls(1)}), pa.table({"text": ["so"], "n": [1.5]})),
    "other order": (pa.table({"text": ["so"], "n": [1]}), pa.table({"n": [2], "text": ["so"]})),
    "other strings": (
        pa.table({"text": ["so"], "n": ["a"]}),
        pa.table({"text": pa.array(["so"], pa.large_string()), "n": pa.array(["b"]).dictionary_encode()}),
    ),
    "other integers": (pa.table({"text": ["so"], "n": [1]}), pa.table({"text": ["so"], "n": pa.array([2], pa.int8())})),
    "nulls of a type": (
        pa.table({"text": ["so"], "n": [1]}), pa.table({"text": ["so"], "n": pa.nulls(1, pa.float64())}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARQUET_FILES)
def test_files_of_parquet_are_one_table(name: str, tmp_path: Path) -> None:
    paths = []
    for number, table in enumerate(PARQUET_FILES[name]):
        paths.append(str(tmp_path / f"{number}.parquet"))
        pyarrow.parquet.write_table(table, paths[-1])
    batches = [batch.table for batch in open_reader(paths).batches()]
    assert len({batch.schema for batch in batches}) == 1
    rows = [(row["text"], row["n"]) for table in PARQUET_FILES[name] for row in table.to_pylist()]
    assert [(row["text"], row["n"]) for batch in batches for row in batch.to_pylist()] == rows


def test_values_that_would_change_are_refused(tmp_path: Path) -> None:
    for number, values in enumerate([pa.array([1], pa.int8()), pa.array([1000])]):
        pyarrow.parquet.write_table(pa.table({"text": ["so"], "n": values}), tmp_path / f"{number}.parquet")
    with pytest.raises(TableError, match=r"other types than those of .*0\.parquet \(n: int64, not int8\); score it"):
        list(open_reader([str(tmp_path / f"{number}.parquet") for number in range(2)]).batches())


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet", ".txt"])
def test_batches_are_cut_by_bytes_too(ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", 100)
    for name in ("sizes", "records", "jsonlines", "parquet"):
        monkeypatch.setattr(f"stance.tables.formats.{name}.MAX_BATCH_BYTES", 1000)
    path, texts = tmp_path / f"a{ending}", ["x" * 300] * 10 + ["y"] * 10 + ["z" * 2000]
    if ending == ".parquet":
        pyarrow.parquet.write_table(pa.table({"text": texts}), path)
    elif ending == ".jsonl":
        path.write_text("".join(f'{{"text": "{text}"}}\n' for text in texts))
    else:
        path.write_text("".join(f"{text}\n" for text in (["text"] if ending == ".csv" else []) + texts))
    found = [text for text, _ in rows_of(list(open_reader([str(path)]).batches()))]
    assert [text for batch in found for text in batch] == texts
    assert all(len(batch) == 1 or sum(map(len, batch)) <= 1000 for batch in found)
    assert len(found) < len(texts) / 2
