"""Nothing that a stranger wrote runs in a spreadsheet, and every cell comes back as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stance.tables.files import create_table, read_table
from stance.tables.options import TableOptions
from stance.tables.spreadsheet import BOM, escape_formulas
from tests.conftest import Cli, write_csv

EVIL = ["=1", "+1", "-1", "@x", "\tx", "\rx", "'=x", "''@", '=A("x")', "-", "'", "", "x=1", "a\n=b", "'x"]  # fmt: skip
BACK = TableOptions(from_spreadsheet=True)


def table(cells: list[str], name: str = "text") -> pa.Table:
    return pa.table({name: pa.array(cells, pa.string())})


@pytest.mark.parametrize("name", ["text", "=text", "a,b", "'@", "+"])
def test_every_cell_comes_back_and_none_begins_as_a_formula(name: str, tmp_path: Path) -> None:
    path = tmp_path / "safe.csv"
    with create_table(str(path)) as writer:
        writer.write(escape_formulas(table(EVIL, name)))
    raw = path.read_bytes()
    assert raw.startswith(BOM.encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row[0] for row in csv.reader(file) if row]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    back = read_table(str(path), BACK).table
    assert back.column_names == [name]
    assert [cell or "" for cell in back[name].to_pylist()] == EVIL


@given(st.lists(st.text(alphabet="'=+-@\t\r\nab", max_size=5), min_size=1))
def test_the_way_back_is_the_same_for_all(cells: list[str]) -> None:
    safe = escape_formulas(table(cells)).column(0).to_pylist()
    assert not [cell for cell in safe if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert len(set(safe)) == len(set(cells))


def test_numbers_stay_numbers() -> None:
    assert escape_formulas(pa.table({"n": [-1, 2]})).column(0).to_pylist() == [-1, 2]


def test_predict_writes_and_reads_such_tables(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    source = write_csv(tmp_path / "in.csv", ("id", "text"), [("1", "=good work"), ("2", "-they lie"), ("3", "port")])
    safe, again = tmp_path / "safe.csv", tmp_path / "again.csv"
    arguments = ("predict", source, "--model", model_folder)
    assert cli(*arguments, "-o", safe, "--spreadsheet-safe")[0] == 0
    assert safe.read_bytes().startswith(b"\xef\xbb\xbfid,text,")
    assert b"\n1,'=good work," in safe.read_bytes()
    assert cli("predict", safe, "--model", model_folder, "-o", again, "--from-spreadsheet")[0] == 0
    assert read_table(str(again))[0]["text"].to_pylist() == ["=good work", "-they lie", "port"]


@pytest.mark.parametrize("more", [("-o", "out.parquet"), ("-o", "out.csv", "--rejects", "bad.jsonl")])
def test_other_tables_than_csv_are_refused(more: tuple[str, ...], model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    source = write_csv(tmp_path / "in.csv", ("id", "text"), [("1", "=good work")])
    placed = [tmp_path / each if "." in each else each for each in more]
    code, _, errors = cli("predict", source, "--model", model_folder, "--spreadsheet-safe", *placed)
    assert code == 2
    assert "--spreadsheet-safe is for .csv and .tsv" in errors


def test_evaluate_and_train_read_them_too(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    safe = tmp_path / "safe.csv"
    with create_table(str(safe)) as writer:
        writer.write(escape_formulas(read_table(str(labelled))[0]))
    arguments = ("evaluate", safe, "--model", model_folder, "--report", tmp_path / "r", "--from-spreadsheet")
    assert cli(*arguments)[0] == 0
