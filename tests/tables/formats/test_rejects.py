"""Every row is scored or rejected: none is lost, none comes twice."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stance.tables.files import open_table
from stance.tables.formats.delimited import DelimitedReader
from stance.tables.formats.rejects import Reject, escape_bytes, unescape_bytes
from tests.conftest import Cli

PIECES = [b"a", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xe9", "é".encode(), b"a,b\n", b'"a\nb",c\n', b"\n\n"]
UTF16 = "utf-16-le"


def bad_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(st.binary())
@example(b"\\x41\\n\\")
@example(bytes(range(256)))
def test_escaped_bytes_come_back(raw: bytes) -> None:
    assert unescape_bytes(escape_bytes(raw)) == raw
    assert not any(ord(sign) < 0x20 for sign in escape_bytes(raw))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), st.sampled_from([0, 4, 30, 1 << 20]))
def test_every_byte_is_in_a_row_a_reject_or_a_blank_line(content: bytes, block: int) -> None:
    rejects: list[Reject] = []
    reader = DelimitedReader(io.BytesIO(b"a,b\n" + content), "a.csv", reject=rejects.append, block=block)
    tables = list(reader.batches(1000))
    cells = "".join("".join(cell) for table in tables for cell in table.to_pydict().values() for cell in cell)
    kept = content
    for bad in reversed(rejects):
        first = bad.offset - len(b"a,b\n")
        assert content[first : first + bad.length] == bad.raw
        kept = kept[:first] + kept[first + bad.length :]
    syntax = b',"\r\n'
    assert sorted(kept.translate(None, syntax)) == sorted(cells.encode().translate(None, syntax))


@given(st.lists(st.sampled_from(["a,b\n", "1,2\r\n", "bad\n", '"x\n"y,2\n', "é,b\n"]), max_size=10))
def test_offsets_of_wide_encodings_are_right_too(lines: list[str]) -> None:
    content = "".join(["a,b\n", *lines]).encode(UTF16)
    rejects: list[Reject] = []
    list(DelimitedReader(io.BytesIO(content), "a.csv", UTF16, reject=rejects.append).batches(5))
    assert len(rejects) == sum(line.count("bad") + line.count('"x') for line in lines)
    for bad in rejects:
        assert content[bad.offset : bad.offset + bad.length] == bad.raw


REASONS = {
    "1,2,3": "line 3 has 3 cells, the header has 2",
    "1": "line 3 has 1 cell, the header has 2",
    '1,"a"b': "line 3 has a stray double quote",
    "1,a\0b": "line 3 holds a NUL byte",
    "1,\udce9": "line 3 is not UTF-8; it looks like cp1252: add --encoding cp1252",
}


@pytest.mark.parametrize("row", REASONS)
def test_the_first_bad_row_stops_the_run_and_says_how_to_continue(
    row: str, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    table = tmp_path / "a.csv"
    table.write_bytes(f"id,text\n1,they lie\n{row}\n2,good work\n3,3,3\n".encode(errors="surrogateescape"))
    out = tmp_path / "out.csv"
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", out)
    assert (code, errors.count("\n")) == (2, 1)
    assert f"{table}: {REASONS[row]}" in errors
    assert "add --rejects FILE.csv" in errors
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    code, _, errors = cli("predict", table, "--model", model_folder, "-o", out, "--rejects", tmp_path / "bad.csv")
    assert (code, errors.splitlines()[-1]) == (0, f"4 rows in = 2 rows out + 2 rows in {tmp_path / 'bad.csv'}")
    assert [line["id"] for line in bad_rows(out)] == ["1", "2"]
    first, second = bad_rows(tmp_path / "bad.csv")
    assert list(first) == ["file", "line", "offset", "length", "reason", "raw"]
    assert f"line {first['line']} {first['reason']}".startswith(REASONS[row])
    assert unescape_bytes(first["raw"]) == f"{row}\n".encode(errors="surrogateescape")
    assert (second["line"], second["raw"]) == ("5", "3,3,3\\n")


def test_a_quote_that_is_never_closed_takes_the_rest(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table, out, bad = tmp_path / "a.csv", tmp_path / "out.csv", tmp_path / "bad.csv"
    table.write_text('text\nso\n"they lie\nand lie\n')
    assert cli("predict", table, "--model", model_folder, "-o", out, "--rejects", bad)[0] == 0
    [row] = bad_rows(bad)
    assert (row["line"], row["offset"], row["length"]) == ("3", "8", "18")
    assert "never closed" in row["reason"]


@pytest.mark.parametrize("closed", [True, False])
def test_a_row_that_is_too_long_is_not_kept_in_memory(closed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.rejects.MAX_ROW_BYTES", 1 << 17)
    monkeypatch.setattr("stance.tables.formats.records.MAX_RAW_BYTES", 10)
    content = b'a,b\n1,2\n3,"' + b"x\n" * (1 << 18) + (b'"\n4,5\n' if closed else b"4,5\n")
    rejects: list[Reject] = []
    reader = DelimitedReader(io.BytesIO(content), "a.csv", reject=rejects.append, block=1 << 16)
    table = pa.concat_tables(reader.batches(10))
    [bad] = rejects
    assert table["a"].to_pylist() == (["1", "4"] if closed else ["1"])
    assert (bad.line, bad.offset, bad.raw) == (3, 8, content[8:18])
    assert bad.length == len(content) - 8 - (4 if closed else 0)
    assert ("begins a row of" if closed else "never closed") in bad.reason


def test_all_rows_bad_gives_two_tables_all_the_same(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table, out, bad = tmp_path / "a.csv", tmp_path / "out.csv", tmp_path / "bad.csv"
    table.write_text("id,text\n1\n2\n")
    assert cli("predict", table, "--model", model_folder, "-o", out, "--rejects", bad)[0] == 0
    assert out.read_text().startswith("id,text,mood,")
    assert (len(bad_rows(out)), len(bad_rows(bad))) == (0, 2)


def test_no_row_bad_gives_a_header(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table, bad = tmp_path / "a.csv", tmp_path / "bad.csv"
    table.write_text("id,text\n1,so\n")
    assert cli("predict", table, "--model", model_folder, "-o", tmp_path / "o.csv", "--rejects", bad)[0] == 0
    assert bad.read_text() == "file,line,offset,length,reason,raw\n"


def test_rejects_of_a_later_table_are_named_by_it(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("id,text\n1,so\n2\n")
    bad = tmp_path / "bad.jsonl"
    command = ("predict", tmp_path / "a.csv", tmp_path / "b.csv", "--model", model_folder)
    assert cli(*command, "-o", tmp_path / "out.parquet", "--rejects", bad)[0] == 0
    with open_table(str(bad)) as reader:
        files = [row["file"] for batch in reader.batches(10) for row in batch.to_pylist()]
    assert files == [str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
