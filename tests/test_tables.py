"""Every file of tests/tables is a test: it is read, or refused, as is said beside it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from stance.comments import read_table
from stance.schema import texts_of
from tests.conftest import Cli

TABLES = Path(__file__).parent / "tables"


def tables(kind: str) -> list[Path]:
    return sorted(path for path in (TABLES / kind).iterdir() if path.suffix != ".expect")


def expectation(path: Path) -> str:
    return path.with_name(f"{path.name}.expect").read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("path", tables("good"), ids=lambda path: path.name)
def test_good_table_is_read(path: Path) -> None:
    table, _ = read_table(str(path))
    assert texts_of(table, "text", path.name) == json.loads(expectation(path))


@pytest.mark.parametrize("path", tables("bad"), ids=lambda path: path.name)
def test_bad_table_is_refused_with_one_line_and_nothing_written(
    path: Path, tmp_path: Path, model_folder: Path, cli: Cli
) -> None:
    code, output, errors = cli("predict", path, "--model", model_folder, "-o", tmp_path / "out.csv")
    assert code == 2
    assert not output
    assert re.search(expectation(path), errors)
    assert all(line.startswith("stance: ") and path.name in line for line in errors.splitlines())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", tables("bad"), ids=lambda path: path.name)
def test_bad_table_is_refused_in_training_too(path: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("train", path, "--heads", "id", "--out", tmp_path / "model")
    assert code == 2
    assert re.search(expectation(path), errors)
    assert list(tmp_path.iterdir()) == []
