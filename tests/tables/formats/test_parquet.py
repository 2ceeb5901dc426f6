"""Parquet: types are kept, faults are found."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from stance.errors import TableError
from stance.tables.files import create_table, open_table, read_table
from stance.tables.formats import parquet
from stance.tables.formats.rejects import Reject, rejects_table
from stance.tables.formats.sizes import MAX_BATCH_BYTES, total_size
from tests.conftest import Cli


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


def not_utf8(*cells: bytes, large: bool = False) -> pa.Array:
    """Build strings that are not checked."""
    column = pa.array(cells, pa.large_binary() if large else pa.binary())
    return pa.Array.from_buffers(pa.large_string() if large else pa.string(), len(cells), column.buffers())


COLUMNS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "text": lambda column: column,
    "dictionary": lambda column: pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, 1], pa.int32()), column.slice(0, 3)),
    "list": lambda column: pa.ListArray.from_arrays(pa.array([0, 1, 2, 3, 4], pa.int32()), column),
    "record": lambda column: pa.StructArray.from_arrays([column], ["a"]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_that_are_not_utf8_are_rejected(name: str, tmp_path: Path) -> None:
    column = COLUMNS[name](not_utf8(b"so", b"h\xe9", b"be", b"h\xe9"))
    table = pa.table({"text": ["1", "2", "3", "4"], "x": column})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    rejects: list[Reject] = []
    with open_table(str(tmp_path / "a.parquet"), reject=rejects.append) as reader:
        [batch] = reader.batches(10)
    assert (batch["text"].to_pylist(), reader.rows_read) == (["1", "3"], 4)
    assert batch["x"].type == column.type
    assert [bad.message for bad in rejects] == [
        f"row {row} is damaged: its 'x' is not text in UTF-8; write it as such" for row in (2, 4)
    ]
    cells = rejects_table(rejects).to_pylist()[0]
    assert (cells["line"], cells["offset"]) == ("2", "")
    assert cells["raw"].startswith("2") and (name != "text" or cells["raw"] == r"2\th\xe9")


def test_all_rows_but_the_bad_ones_are_scored(tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    text = not_utf8(b"good work", b"\xff", b"they lie", large=True)
    pyarrow.parquet.write_table(pa.table({"text": text}), tmp_path / "a.parquet")
    arguments = ("predict", tmp_path / "a.parquet", "--model", model_folder, "-o", tmp_path / "out.csv")
    code, _, errors = cli(*arguments)
    assert (code, "row 2 is damaged: its 'text' is not text in UTF-8" in errors) == (2, True)
    code, _, errors = cli(*arguments, "--rejects", tmp_path / "bad.csv")
    assert (code, "3 rows in = 2 rows out + 1 row in" in errors) == (0, True)


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_text_of_bytes_is_scored(ending: str, tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    table = pa.table({"id": [1, 2], "text": [b"gut", "они".encode()], "by": [None, b"ann"]})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    out = tmp_path / f"out{ending}"
    assert cli("predict", tmp_path / "a.parquet", "--model", model_folder, "-o", out)[0] == 0
    written = read_table(str(out)).table
    texts = written["text"].to_pylist()
    assert [cell.decode() if isinstance(cell, bytes) else cell for cell in texts] == ["gut", "они"]
    assert (written["text"].type == pa.binary()) == (ending == ".parquet")


def test_text_of_bytes_that_is_not_utf8_is_rejected(tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    pyarrow.parquet.write_table(pa.table({"text": [b"good work", b"h\xe9", b"they lie"]}), tmp_path / "a.parquet")
    arguments = ("predict", tmp_path / "a.parquet", "--model", model_folder, "-o", tmp_path / "out.csv")
    assert cli(*arguments)[0] == 2
    code, _, errors = cli(*arguments, "--rejects", tmp_path / "bad.csv")
    assert (code, "3 rows in = 2 rows out + 1 row in" in errors) == (0, True)


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    """Write a table of three row groups."""
    path = tmp_path / "a.parquet"
    table = pa.table({"id": range(30_000), "text": ["so be it"] * 30_000})
    pyarrow.parquet.write_table(table, path, row_group_size=10_000, compression="none")
    return path


def varint(number: int) -> bytes:
    """Encode a number as the footer has it."""
    number, encoded = number << 1, b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def footer_with(path: Path, old: int, new: int, times: int) -> None:
    raw = path.read_bytes()
    size = int.from_bytes(raw[-8:-4], "little")
    body, footer = raw[: -8 - size], raw[-8 - size : -8]
    footer = re.sub(re.escape(b"\x16" + varint(old)), b"\x16" + varint(new), footer, count=times)
    path.write_bytes(body + footer + len(footer).to_bytes(4, "little") + b"PAR1")


@pytest.mark.parametrize(
    ("old", "new", "times"), [(30_000, 20_000, 1), (30_000, 40_000, 1), (10_000, 5_000, 1), (10_000, 5_000, 100)]
)
def test_a_footer_whose_counts_are_wrong_is_damage(
    old: int, new: int, times: int, groups: Path, tmp_path: Path, model_folder: Path, cli: Cli
) -> None:
    footer_with(groups, old, new, times)
    with pytest.raises(TableError, match="damaged: by its footer"):
        read_table(str(groups))
    out = tmp_path / "out.csv"
    assert cli("predict", groups, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")[0] == 2
    assert not out.exists()


def test_row_groups_that_hide_rows_are_damage(groups: Path) -> None:
    body, footer = groups.read_bytes()[:-8], groups.read_bytes()
    size = int.from_bytes(footer[-8:-4], "little")
    body, footer = body[:-size], body[-size:]
    total, rows = b"\x16" + varint(30_000), b"\x16" + varint(10_000)
    footer = footer.replace(total, b"\x16" + varint(25_000), 1)
    at = footer.rindex(rows)  # of the last group, behind its columns
    footer = footer[:at] + b"\x16" + varint(5_000) + footer[at + len(rows) :]
    groups.write_bytes(body + footer + len(footer).to_bytes(4, "little") + b"PAR1")
    assert pyarrow.parquet.read_metadata(groups).num_rows == 25_000
    with pytest.raises(
        TableError, match="damaged: by its footer a row group has 5,000 rows, but a column holds 10,000"
    ):
        read_table(str(groups))


def test_columns_of_every_type_are_read_as_they_are(tmp_path: Path) -> None:
    text = pa.array(["a", "b", None])
    table = pa.table(
        {
            "text": text,
            "coded": text.dictionary_encode(),
            "a.b": text.cast(pa.string_view()),
            "a": pa.array([b"x", b"y", None], pa.binary_view()),
            "views": pa.array([["q"], None, []], pa.list_view(pa.string())),
            "map": pa.array([[("a", "b")], None, []], pa.map_(pa.string(), pa.string())),
            "fixed": pa.array([["q"], None, ["r"]], pa.list_(pa.string(), 1)),
            "deep": pa.array([[{"a": ["x"]}], None, [{"a": None}]]),
            "when": pa.array([1, None, 1_000_000_001], pa.int64()).cast(pa.timestamp("ns")),
            "took": pa.array([1, None, 1_000_000_001], pa.int64()).cast(pa.duration("ns")),
            "null": pa.nulls(3),
        }
    )
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    read = read_table(str(tmp_path / "a.parquet")).table
    assert read.schema.types == table.schema.types
    assert read.equals(table)
    with create_table(str(tmp_path / "b.parquet")) as writer:
        writer.write(read)
    assert pyarrow.parquet.read_table(tmp_path / "b.parquet").equals(table)


def test_rows_that_cannot_be_read_are_missed(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = pyarrow.parquet.ParquetFile

    class Losing(reader):  # type: ignore[misc, valid-type]  # as a damaged page would
        def iter_batches(self, **given: object) -> object:
            return list(super().iter_batches(**given))[:-1]

    monkeypatch.setattr("pyarrow.parquet.ParquetFile", Losing)
    with pytest.raises(TableError, match="by its footer the file has 30,000 rows, but 20,000 could be read"):
        read_table(str(groups))


def test_a_small_file_of_long_cells_is_read_in_batches_that_fit(tmp_path: Path) -> None:
    kinds = {"text": pa.string(), "large": pa.large_string(), "bytes": pa.binary(), "coded": None}
    for name, kind in kinds.items():
        text = pa.array(["so be it " * 40_000] * 1000, kind) if kind else pa.array(["so " * 120_000] * 1000)
        column = text if kind else text.dictionary_encode()
        path = tmp_path / f"{name}.parquet"
        pyarrow.parquet.write_table(pa.table({"text": column, "n": range(1000)}), path)
        assert path.stat().st_size < 60_000
        rows = 0
        with open_table(str(path)) as reader:
            for batch in reader.batches(10_000):
                assert total_size(batch) <= MAX_BATCH_BYTES
                assert batch.schema.field("text").type == column.type
                rows += len(batch)
        assert rows == 1000


def test_cells_that_are_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.rejects.MAX_ROW_BYTES", 1000)
    rejects: list[Reject] = []
    pyarrow.parquet.write_table(pa.table({"text": ["so", "x" * 5000, "so", "it"] * 5}), tmp_path / "a.parquet")
    with open_table(str(tmp_path / "a.parquet"), reject=rejects.append) as reader:
        assert sum(map(len, reader.batches(10))) == 15
    assert [bad.line for bad in rejects] == [2, 6, 10, 14, 18]
    assert "has 5,008 bytes; the limit is 1,000" in rejects[0].message
    pyarrow.parquet.write_table(pa.table({"text": ["x" * 5000]}), tmp_path / "b.parquet")
    with pytest.raises(TableError, match="its rows have more than 1,000 bytes each"):
        read_table(str(tmp_path / "b.parquet"))


def test_what_a_stranger_says_of_a_column_is_not_obeyed(tmp_path: Path, model_folder: Path, cli: Cli) -> None:
    fields = [pa.field("text", pa.string(), metadata={"shown": "json"})]
    fields += [
        pa.field(name, kind, metadata={"shown": "proportion"}) for name, kind in (("n", pa.int8()), ("m", pa.string()))
    ]
    schema = pa.schema([*fields, pa.field("k", pa.string(), metadata={"shown": "number"})])
    table = pa.table({"text": ["{so"], "n": [1], "m": ["x"], "k": ["y"]}, schema=schema)
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet")
    for ending in (".csv", ".jsonl", ".parquet"):
        out = tmp_path / f"out{ending}"
        assert cli("predict", tmp_path / "a.parquet", "--model", model_folder, "-o", out)[0] == 0
        [row] = read_table(str(out)).table.select(["text", "n", "m", "k"]).to_pylist()
        assert list(map(str, row.values())) == ["{so", "1", "x", "y"]


def test_groups_of_long_rows_are_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "MAX_GROUP_BYTES", 1000)
    for rows in (1, 7):  # whatever the batches
        with create_table(str(tmp_path / f"{rows}.parquet")) as writer:
            for first in range(0, 42, rows):
                writer.write(pa.table({"text": ["x" * 192] * rows, "n": range(first, first + rows)}))
    footer = pyarrow.parquet.read_metadata(tmp_path / "1.parquet")
    assert [footer.row_group(at).num_rows for at in range(footer.num_row_groups)] == [4] * 10 + [2]
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "7.parquet").read_bytes()


def test_a_damaged_file_is_read_whole_or_is_a_fault(tmp_path: Path) -> None:
    table = pa.table({"id": range(300), "text": ["so", "они", "x" * 50] * 100, "l": [["a", "b"], None, []] * 100})
    pyarrow.parquet.write_table(table, tmp_path / "a.parquet", row_group_size=100)
    assert read_table(str(tmp_path / "a.parquet")).table.equals(table)
    raw, random, whole = (tmp_path / "a.parquet").read_bytes(), np.random.default_rng(0), 0
    for _ in range(1500):
        damaged = bytearray(raw)
        for at in random.integers(0, len(raw), random.choice([1, 2, 5])):
            damaged[at] = random.integers(256)
        rejects: list[Reject] = []
        try:
            reader = parquet.ParquetReader(io.BytesIO(bytes(damaged)), "a.parquet", rejects.append, "text")
            rows = sum(map(len, reader.batches(70)))
        except TableError:
            continue
        assert rows + len(rejects) == reader.rows_read == 300
        whole += 1
    assert whole > 10
