"""Evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import HEADER, ROWS, Cli, rows_of, without_stages, write_csv


def test_evaluate_writes_a_report(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    code, output, errors = cli("evaluate", labelled, "--model", model_folder, "--report", report)
    assert code == 0
    assert "The model is not significantly better than the majority class" in output
    assert "on any head." in output
    assert "too uncertain to quote" in output
    assert "trained on this table" in errors
    assert {path.name for path in report.iterdir()} == {"metrics.json", "report.md", "report.html", "predictions.csv"}
    metrics = json.loads((report / "metrics.json").read_text())
    assert metrics["data"]["seen"] is True
    assert set(metrics["heads"]["mood"]) == {
        "n", "unscored", "macro_f1", "macro_f1_interval", "macro_recall", "macro_recall_interval", "accuracy",
        "accuracy_interval", "labels", "confusion", "ece", "reliability", "baselines", "coverage",
        "groups", "effective_rows", "ece_floor",
    }  # fmt: skip
    assert metrics["heads"]["port"]["n"] == 11
    assert len(rows_of(report / "predictions.csv")) == 12


def test_evaluate_on_held_out_articles(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    arguments = ("evaluate", labelled, "--model", model_folder, "--report", tmp_path / "report", "--cross-validate")
    code, _, errors = cli(*arguments)
    assert (code, without_stages(errors)) == (0, "")
    metrics = json.loads((tmp_path / "report/metrics.json").read_text())
    trained = json.loads((model_folder / "manifest.json").read_text())
    assert metrics["model"]["held_out"] is True
    assert metrics["heads"] == trained["cross_validation"]


@pytest.mark.parametrize(
    ("gate", "code", "line"),
    [
        ("mood.macro_f1>=0.5", 0, ""),
        ("mood.accuracy>1", 1, "stance: gate failed: mood.accuracy is 1.0000, not > 1 (off by 0.0000)"),
        ("mood.ece <= 0.0", 1, "not <= 0 (off by"),
        ("tone.macro_f1>=0.5", 2, "--gate: no head 'tone'; there are mood, port"),
        ("mood.f2>=0.5", 2, "--gate: no score 'f2'; there are n, unscored, macro_f1,"),
        ("mood better", 2, "expected a form like 'stance.macro_f1>=0.60'"),
    ],
)
def test_gate(gate: str, code: int, line: str, labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    found, _, errors = cli("evaluate", labelled, "--model", model_folder, "--report", report, "--gate", gate)
    assert found == code
    assert line in errors
    assert report.exists() == (code != 2)


def test_evaluate_where_truth_has_a_label_the_model_never_saw(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "mood"), [("they lie", "bad"), ("thank you", "odd"), (" ", "good")])
    assert cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")[0] == 0
    mood = json.loads((tmp_path / "r/metrics.json").read_text())["heads"]["mood"]
    assert (mood["n"], mood["unscored"]) == (2, 1)
    assert mood["labels"]["odd"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1}


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([("they lie", ""), ("thank you", " ")], "nothing to score (n = 0): no row has a label in mood; label some"),
        ([(" ", "good"), ("", "bad")], "none of the labelled comments a label in mood (2 comments empty)"),
        ([(" ", "good"), ("they lie", "")], "none of the labelled comments a label in mood (1 comment empty)"),
        ([("жщ", "good"), ("", "odd")], "nothing to score (n = 0)"),
    ],
)
@pytest.mark.parametrize("gate", [(), ("--gate", "mood.macro_f1>=0")])
def test_nothing_to_score_is_bad_input_and_no_failed_gate(
    rows: list[tuple[str, str]], reason: str, gate: tuple[str, ...], model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "mood"), rows)
    code, output, errors = cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r", *gate)
    assert (code, output) == (2, "")
    assert reason in errors
    assert not (tmp_path / "r").exists()


def test_a_head_without_labels_is_told_and_its_gate_is_an_error(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(
        tmp_path / "a.csv", ("text", "mood", "port"), [("they lie", "bad", ""), ("thank you", "good", "")]
    )
    arguments = ("evaluate", table, "--model", model_folder, "--compare", model_folder, "--report", tmp_path / "r")
    code, output, _ = cli(*arguments)
    assert code == 0
    assert "Nothing to score on port (n = 0)" in output
    assert output.splitlines()[2].split() == ["port", "0", "none", "none", "none"]
    for score in ("macro_f1", "significantly_worse"):
        code, _, errors = cli(*arguments, "--gate", f"port.{score}<=1")
        assert code == 2
        assert f"--gate port.{score}: nothing to score (n = 0)" in errors


@pytest.mark.parametrize("rows", [1, 3, 12])
def test_all_right_passes_no_gate_on_the_lower_end(rows: int, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", HEADER, ROWS[:rows])
    arguments = ("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")
    code, _, errors = cli(*arguments, "--gate", "mood.macro_f1_low>=0.85", "--gate", "mood.accuracy_low>=0.85")
    assert code == 1
    assert errors.count("gate failed") == 2
    assert json.loads((tmp_path / "r/metrics.json").read_text())["heads"]["mood"]["accuracy"] == 1


def test_gates_that_pass_and_the_comparison_are_one_line_each(
    labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli
) -> None:
    arguments = ("evaluate", labelled, "--model", model_folder, "--report", tmp_path / "r", "--compare", model_folder)
    gates = ("--gate", "mood.macro_f1>=1e-3", "--gate", "mood.significantly_worse<=0")
    code, output, _ = cli(*arguments, *gates)
    assert code == 0
    lines = output.splitlines()
    assert "gate passed: mood.macro_f1 is 1.0000, >= 0.001" in lines
    assert (
        sum(line.startswith("gate passed: mood.significantly_worse is 0.0000, <= 0, but only ") for line in lines) == 1
    )
    assert sum(line.startswith("Compared with the model ") for line in lines) == 1
    assert "95 % intervals resample 4 articles." in lines


def test_rows_taken_out_of_the_training_table_are_told(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    rows = [("they walk to the new market", "good"), *((row[2].upper(), row[3]) for row in ROWS[:5])]
    table = write_csv(tmp_path / "some.csv", ("text", "mood"), rows)
    code, _, errors = cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")
    assert code == 0
    assert "stance: The model was trained on 5 comments of 6 (83%), so the scores are optimistic" in errors
    metrics = json.loads((tmp_path / "r/metrics.json").read_text())
    assert (metrics["data"]["seen"], metrics["data"]["seen_rows"]) == (False, 5)
    assert "The model was trained on 5 comments" in (tmp_path / "r/report.md").read_text("utf-8")


def test_a_label_that_the_model_spells_otherwise_is_an_error(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "mood"), [("they lie", "Bad"), ("thank you", "good")])
    code, _, errors = cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")
    assert code == 2
    assert "row 2: mood is 'Bad'; did you mean 'bad', as the model?" in errors


def test_evaluate_without_a_shared_head(comments: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    code, _, errors = cli("evaluate", comments, "--model", model_folder, "--report", tmp_path / "r")
    assert code == 2
    assert "no label column that the model knows; it knows mood, port" in errors
    assert not (tmp_path / "r").exists()


def test_one_article_gives_an_interval_all_the_same(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    rows = [(row[0], "", row[2], row[3] if number else "bad") for number, row in enumerate(ROWS)]
    table = write_csv(tmp_path / "a.csv", HEADER[:4], rows)
    assert cli("evaluate", table, "--model", model_folder, "--report", tmp_path / "r")[0] == 0
    metrics = json.loads((tmp_path / "r/metrics.json").read_text())
    low, high = metrics["heads"]["mood"]["accuracy_interval"]
    assert low < high
    assert metrics["data"]["articles"] is None


def test_evaluate_does_not_overwrite_its_input(labelled: Path, model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    report = tmp_path / "report"
    assert cli("evaluate", labelled, "--model", model_folder, "--report", report)[0] == 0
    code, _, errors = cli("evaluate", report / "predictions.csv", "--model", model_folder, "--report", report)
    assert code == 2
    assert "is also an input" in errors
