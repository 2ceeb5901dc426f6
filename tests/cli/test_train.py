"""Train."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stance.workflow import train
from tests.conftest import HEADER, ROWS, Cli, write_csv


def test_train_prints_scores_beside_the_baseline(labelled: Path, tmp_path: Path, cli: Cli) -> None:
    code, output, errors = cli("train", labelled, "--out", tmp_path / "model", "--jobs", "1")
    assert (code, errors) == (0, "")
    header, mood, port, *_ = output.splitlines()
    assert header.split() == ["head", "comments", "macro", "F1", "95", "%", "interval", "majority", "C"]
    assert mood.split()[0] == "mood"
    assert port.split()[1] == "11"
    assert json.loads((tmp_path / "model/manifest.json").read_text())["settings"]["seed"] == 0


def test_train_takes_named_heads_and_text_column(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("id", "article", "body", "mood", "port"), list(ROWS))
    code, *_ = cli("train", table, "--out", tmp_path / "m", "--heads", "mood", "--text-column", "body", "--seed", "3")
    manifest = json.loads((tmp_path / "m/manifest.json").read_text())
    assert (code, list(manifest["heads"]), manifest["settings"]["seed"]) == (0, ["mood"], 3)


def test_train_takes_the_bundled_heads_only_where_there_are_some(tmp_path: Path, cli: Cli) -> None:
    rows = [(*row[:3], "positive" if row[3] == "good" else "negative", row[3]) for row in ROWS]
    table = write_csv(tmp_path / "a.csv", ("id", "article", "text", "tone", "mood"), rows)
    assert cli("train", table, "--out", tmp_path / "m")[0] == 0
    assert list(json.loads((tmp_path / "m/manifest.json").read_text())["heads"]) == ["tone"]


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (HEADER, [(*ROWS[0][:3], "good", "yes")], "head 'mood' has 1 label (good), training needs two"),
        (
            ("text", "tone"),
            [("so", "great"), ("no", "negative")],
            "row 2: tone is 'great'; allowed: negative, neutral, positive",
        ),
        (("text", "mood"), [("so", ""), ("no", "")], "head 'mood' has 0 label ((none))"),
        (("id", "text"), [("1", "so")], "no label column beside the text"),
        (("text", "url"), [(f"comment {n}", f"u{n}") for n in range(60)], "column 'url' has 60 different values"),
        (("text", "day"), [(f"comment {n}", f"d{n}") for n in range(10)], "column 'day' has 10 different values"),
        (("text", "mood"), [("one", "a"), ("two", "b"), ("six", "a")], "too few comments (3)"),
        (("text", "mood"), [("one", "a"), ("One ", "b")], "all rows are alike"),
    ],
)
def test_tables_that_cannot_train(
    header: tuple[str, ...], rows: list[tuple[str, ...]], expected: str, tmp_path: Path, cli: Cli
) -> None:
    table = write_csv(tmp_path / "a.csv", header, rows)
    code, _, errors = cli("train", table, "--out", tmp_path / "model", "--jobs", "1")
    assert code == 2
    assert f"stance: {table}: {expected}" in errors
    assert not (tmp_path / "model").exists()


def test_all_faults_of_a_table_are_told_at_once(tmp_path: Path, cli: Cli) -> None:
    rows = [("so", "great", "favor"), ("no", "negative", "maybe"), ("why", "", "none")]
    table = write_csv(tmp_path / "a.csv", ("body", "tone", "china"), rows)
    code, _, errors = cli("train", table, "--heads", "tone,china,us", "--out", tmp_path / "model")
    assert code == 2
    for fault in ("no label column 'us'", "row 2: tone is 'great'", "row 3: china is 'maybe'", "no column 'text'"):
        assert fault in errors


def test_many_faults_are_counted_not_listed(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("text", "tone"), [("so", f"bad {n}") for n in range(50)])
    _, _, errors = cli("train", table, "--out", tmp_path / "model")
    assert errors.count("\n") == 21
    assert "and 30 more faults like these" in errors


def test_a_head_called_status_is_refused(tmp_path: Path, cli: Cli) -> None:
    table = write_csv(tmp_path / "a.csv", ("id", "article", "text", "status"), [row[:4] for row in ROWS])
    code, _, errors = cli("train", table, "--out", tmp_path / "m")
    assert code == 2
    assert "label columns would give two result columns status; rename one" in errors


def test_train_shows_the_strength_of_each_head_beside_it(
    labelled: Path, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = train.train

    def in_other_order(*given: Any, **options: Any) -> train.Trained:
        return replace(original(*given, **options), Cs={"port": 3.0, "mood": 0.25})

    monkeypatch.setattr(train, "train", in_other_order)
    _, output, _ = cli("train", labelled, "--out", tmp_path / "model", "--jobs", "1")
    lines = [line.split() for line in output.splitlines()[1:3]]
    assert [(line[0], line[-1]) for line in lines] == [("mood", "0.25"), ("port", "3")]
