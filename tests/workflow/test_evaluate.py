"""Evaluate."""

from __future__ import annotations

from pathlib import Path

import pytest

from stance.errors import TableError
from stance.workflow import evaluate
from tests.conftest import HEADER, ROWS, Cli, write_csv


def test_gates_on_the_ends_of_intervals(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ["--model", model_folder, "--gate", "mood.macro_f1_low>=2", "--gate", "mood.accuracy_high<=-1"]
    code, _, errors = cli("evaluate", labelled, "--report", tmp_path / "r", *arguments)
    assert code == 1
    assert "mood.macro_f1_low is" in errors
    assert "mood.accuracy_high is" in errors


def test_slice_by_an_unknown_column_is_refused(labelled: Path, model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no column 'site'; the columns are id, article"):
        evaluate.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), slice_by=["site"])


def test_formulas_in_the_predictions_are_escaped_if_asked(tmp_path: Path, model_folder: Path) -> None:
    rows = [(f"=1+{row[0]}", *row[1:]) for row in ROWS]
    table = write_csv(tmp_path / "labelled.csv", HEADER, rows)
    for is_safe in (False, True):
        evaluate.evaluate(str(table), str(tmp_path / "r"), model=str(model_folder), spreadsheet_safe=is_safe)
        written = (tmp_path / "r/predictions.csv").read_text("utf-8-sig")
        assert ("\n'=1+1," in written, "\n=1+1," in written) == (is_safe, not is_safe)
