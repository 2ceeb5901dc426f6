"""Evaluate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import HEADER, ROWS, Cli, rows_of, write_csv


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
    assert (code, errors) == (0, "")
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
