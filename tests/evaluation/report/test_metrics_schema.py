"""`metrics.json` is what its schema says."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from stance.evaluation.report.report import report_files
from stance.workflow import evaluate
from tests.conftest import HEADER, ROWS, write_csv
from tests.helpers.made_up import evaluation

SCHEMA = json.loads(files("stance.evaluation.report").joinpath("metrics.schema.json").read_text("utf-8"))


def faults(metrics: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(metrics)]


def made_up() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report_files(evaluation())["metrics.json"])
    return found


def test_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_made_up_metrics_fit() -> None:
    assert faults(made_up()) == []


def test_measured_metrics_fit(model_folder: Path, tmp_path: Path) -> None:
    rows = [(*row[:3], "odd" if place == 3 else row[4], row[4]) for place, row in enumerate(ROWS)]
    table, report = write_csv(tmp_path / "wrong.csv", HEADER, rows), tmp_path / "report"
    evaluate.evaluate(
        str(table), str(report), model=str(model_folder), compare=str(model_folder), slice_by=["article"], n_jobs=1
    )
    metrics = json.loads((report / "metrics.json").read_text("utf-8"))
    assert faults(metrics) == []
    assert metrics["errors"]
    assert metrics["compared_with"]["kind"] == "model"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("more",), 1),
        (("heads",), {}),
        (("heads", "china", "macro_f1"), 1.1),
        (("heads", "china", "macro_f1_interval"), [0.1, 0.2, 0.3]),
        (("heads", "china", "macro_f1_interval"), [0.1]),
        (("heads", "china", "baselines"), {}),
        (("heads", "china", "confusion", 0, 0), 0.5),
        (("heads", "stance", "f_avg"), 0.5),
        (("errors", 0, "row"), 0),
        (("slices", 0, "heads", "stance", "worse"), "yes"),
        (("compared_with", "kind"), "folder"),
        (("data", "sha256"), "none"),
    ],
)
def test_what_does_not_fit_is_seen(path: tuple[str | int, ...], value: Any) -> None:
    metrics = made_up()
    part: Any = metrics
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    assert len(faults(metrics)) == 1


@pytest.mark.parametrize("name", ["heads", "cross", "slices", "errors", "words"])
def test_what_lacks_is_seen(name: str) -> None:
    metrics = made_up()
    del metrics[name]
    assert faults(metrics) == [f"'{name}' is a required property"]
