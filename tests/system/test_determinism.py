"""The same rows give the same bytes: on any number of cores, in parts of any size, from any format."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet
import pytest

from stance.tables.files import create_table, read_table
from tests.conftest import ROWS, Cli, write_csv

EXTENSIONS = [".csv", ".csv.gz", ".parquet", ".jsonl"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [(str(number), f"{ROWS[number % len(ROWS)][2]} {number}") for number in range(120)]
    return write_csv(tmp_path / "a.csv", ("id", "text"), rows)


def written(ending: str, table: Path, model_folder: Path, folder: Path, cli: Cli, *more: str) -> bytes:
    out = folder / f"out{ending}"
    assert cli("predict", table, "--model", model_folder, "-o", out, "--probabilities", *more)[0] == 0
    return out.read_bytes()


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_any_number_of_cores(ending: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    given = (ending, table, model_folder, tmp_path, cli)
    one, two, four = (written(*given, "--jobs", jobs) for jobs in ("1", "2", "4"))
    assert one == two == four


@pytest.mark.parametrize("ending", EXTENSIONS)
@pytest.mark.parametrize("rows", [1, 7, 50])
def test_parts_of_any_size(
    rows: int, ending: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stance.tables.formats.parquet.ROW_GROUP_ROWS", 20)
    whole = written(ending, table, model_folder, tmp_path, cli)
    monkeypatch.setattr("stance.workflow.batch.reader.BATCH_ROWS", rows)
    assert written(ending, table, model_folder, tmp_path, cli) == whole
    if ending != ".csv.gz":  # a member of a zipped file ends where it is saved
        monkeypatch.setattr("stance.workflow.batch.checkpoint.CHECKPOINT_ROWS", 10)
        assert written(ending, table, model_folder, tmp_path, cli) == whole


@pytest.mark.parametrize("ending", EXTENSIONS)
def test_any_format_of_the_input(ending: str, table: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    again = tmp_path / f"again{ending}"
    with create_table(str(again)) as writer:
        writer.write(read_table(str(table))[0])
    for wanted in (".csv", ".parquet"):
        said = written(wanted, again, model_folder, tmp_path, cli)
        assert said == written(wanted, table, model_folder, tmp_path, cli)


def test_row_groups_are_of_one_size(tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stance.tables.formats.parquet.ROW_GROUP_ROWS", 50)
    with create_table(str(tmp_path / "a.parquet")) as writer:
        writer.write(read_table(str(table))[0])
    about = pyarrow.parquet.ParquetFile(tmp_path / "a.parquet").metadata
    assert [about.row_group(number).num_rows for number in range(about.num_row_groups)] == [50, 50, 20]
