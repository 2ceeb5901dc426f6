"""Comparison."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stance.errors import OptionError, TableError
from stance.workflow import evaluate
from tests.conftest import HEADER, ROWS, Cli, write_csv


@pytest.fixture
def evaluated(labelled: Path, model_folder: Path, tmp_path: Path) -> Path:
    evaluate.evaluate(str(labelled), str(tmp_path / "before"), model=str(model_folder))
    return tmp_path / "before" / "predictions.csv"


@pytest.mark.parametrize("other", ["model", "predictions"])
def test_compare_with_the_same_passes_its_gate(
    other: str, labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path, cli: Cli
) -> None:
    compared = model_folder if other == "model" else evaluated
    arguments = ["--model", model_folder, "--compare", compared, "--gate", "mood.worse<0.05"]
    code, _, errors = cli("evaluate", labelled, "--report", tmp_path / "r", *arguments)
    assert code == 0, errors
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["compared_with"]["kind"] == other
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0


def test_compare_with_better_predictions_fails_and_says_by_how_much(
    labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    wrong = [(*row[:3], {"good": "bad", "bad": "good"}[row[3]], row[4]) for row in ROWS]
    table = write_csv(tmp_path / "wrong.csv", HEADER, wrong)
    arguments = ["--model", model_folder, "--compare", table, "--gate", "mood.worse<0.05", "--gate", "mood.macro_f1>=0"]
    code, _, errors = cli("evaluate", table, "--report", tmp_path / "r", *arguments)
    assert code == 1
    assert "gate failed: mood.worse is 1.0000, not < 0.05 (off by 0.9500)" in errors
    assert errors.count("gate failed") == 1


def test_predictions_are_matched_by_id(labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path) -> None:
    header, *rows = evaluated.read_text("utf-8").splitlines()
    backwards = tmp_path / "backwards.csv"
    backwards.write_text("\n".join([header, *reversed(rows)]) + "\n", "utf-8")
    evaluate.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(backwards))
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0


def test_ids_that_stand_twice_are_matched_by_their_order(model_folder: Path, tmp_path: Path) -> None:
    table = str(write_csv(tmp_path / "twice.csv", HEADER, [("1", *row[1:]) for row in ROWS]))
    evaluate.evaluate(table, str(tmp_path / "before"), model=str(model_folder))
    before = tmp_path / "before" / "predictions.csv"
    evaluate.evaluate(table, str(tmp_path / "r"), model=str(model_folder), compare=str(before))
    metrics = json.loads((tmp_path / "r" / "metrics.json").read_text())
    assert metrics["heads"]["mood"]["compared"]["difference"] == 0
    other = write_csv(tmp_path / "other.csv", HEADER, [(str(n // 2), *row[1:]) for n, row in enumerate(ROWS)])
    with pytest.raises(TableError, match="duplicate values in column 'id', and the rows are in another order"):
        evaluate.evaluate(table, str(tmp_path / "r"), model=str(model_folder), compare=str(other))


def test_predictions_of_other_comments_are_refused(
    labelled: Path, model_folder: Path, evaluated: Path, tmp_path: Path
) -> None:
    less = tmp_path / "less.csv"
    less.write_text("".join(evaluated.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(TableError, match="no row with id 12; expected all 12 comments"):
        evaluate.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(less))
    assert not (tmp_path / "r").exists()


def test_compare_without_a_common_head_is_refused(labelled: Path, model_folder: Path, tmp_path: Path) -> None:
    other = write_csv(tmp_path / "other.csv", ("id", "text"), [row[:1] + row[2:3] for row in ROWS])
    with pytest.raises(OptionError, match="none of the heads mood, port in it"):
        evaluate.evaluate(str(labelled), str(tmp_path / "r"), model=str(model_folder), compare=str(other))


def test_a_gate_on_a_comparison_needs_one(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ["--model", model_folder, "--report", tmp_path / "r", "--gate", "mood.worse<0.05"]
    code, _, errors = cli("evaluate", labelled, *arguments)
    assert code == 2
    assert "no score 'worse'" in errors
    assert "need --compare" in errors


def test_cross_validation_is_compared_row_by_row_with_that_of_the_folder(
    labelled: Path, model_folder: Path, tmp_path: Path
) -> None:
    found = evaluate.evaluate(
        str(labelled),
        str(tmp_path / "r"),
        model=str(model_folder),
        compare=str(model_folder),
        cross_validate=True,
        n_jobs=1,
    )
    assert {head: scores["compared"]["difference"] for head, scores in found.heads.items()} == {"mood": 0, "port": 0}


def test_cross_validation_is_not_compared_with_a_model_of_another_table(
    labelled: Path, model_folder: Path, tmp_path: Path
) -> None:
    other = write_csv(tmp_path / "other.csv", HEADER, ROWS[:-1])
    for compare in (model_folder, labelled):
        with pytest.raises(OptionError, match="no held-out labels of this table"):
            evaluate.evaluate(
                str(other),
                str(tmp_path / "r"),
                model=str(model_folder),
                compare=str(compare),
                cross_validate=True,
                n_jobs=1,
            )
