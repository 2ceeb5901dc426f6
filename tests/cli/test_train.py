"""Train."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stance.workflow import train
from tests.conftest import HEADER, ROWS, Cli, without_stages, write_csv


def test_train_prints_scores_beside_the_baseline(labelled: Path, tmp_path: Path, cli: Cli) -> None:
    code, output, errors = cli("train", labelled, "--out", tmp_path / "model", "--jobs", "1")
    assert (code, without_stages(errors)) == (0, "")
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
        (("text", "mood"), [("so", ""), (" ", "a"), ("", "b")], "head 'mood' has 0 label ((none))"),
        (("id", "text"), [("1", "so")], "no label column beside the text"),
        (("text", "url"), [(f"comment {n}", f"u{n}") for n in range(60)], "column 'url' has 60 different values"),
        (("text", "day"), [(f"comment {n}", f"d{n}") for n in range(10)], "column 'day' has 10 different values"),
        (("text", "mood"), [("one", "a"), ("two", "b"), ("six", "a")], "too few comments (3)"),
        (("text", "mood"), [("one", "a"), ("One ", "b")], "all rows are alike"),
        (("article", "text", "mood"), [("x", "one", "a"), ("y", "one", "b")] * 9, "all rows are alike"),
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


def test_a_short_comment_under_all_articles_is_no_reason_to_refuse(tmp_path: Path, cli: Cli) -> None:
    rows = [*ROWS, *((f"x{article}", article, text, "good", "yes") for article in "abcd" for text in ("Jai Hind", ""))]
    code, output, _ = cli("train", write_csv(tmp_path / "a.csv", HEADER, rows), "--out", tmp_path / "m", "--jobs", "1")
    assert code == 0
    assert "95 % intervals resample 4 articles." in output
    assert "too few to call a difference significant" in output


def test_near_copies_are_counted_and_kept_together(tmp_path: Path, cli: Cli) -> None:
    rows = [(text, mood) for _, _, text, mood, _ in ROWS for text in (text, f"{text} Honestly.")]
    table = write_csv(tmp_path / "a.csv", ("text", "mood"), rows)
    code, output, _ = cli("train", table, "--out", tmp_path / "m", "--jobs", "1")
    assert code == 0
    assert "95 % intervals resample 12 different comments; 12 comments nearly repeat others" in output
    data = json.loads((tmp_path / "m/manifest.json").read_text())["data"]
    assert (data["groups"], data["near_copies"]) == (12, 12)


def test_copies_of_random_labels_are_not_learned(tmp_path: Path, cli: Cli) -> None:
    words = sorted({word for row in ROWS for word in row[2].split()})
    rng = random.Random(0)
    rows = [(" ".join(rng.sample(words, 9)), rng.choice(["good", "bad"])) for _ in range(60)]
    table = write_csv(
        tmp_path / "a.csv", ("text", "mood"), [*rows, *((f"{text} Honestly.", mood) for text, mood in rows)]
    )
    assert cli("train", table, "--out", tmp_path / "m", "--jobs", "1")[0] == 0
    scores = json.loads((tmp_path / "m/manifest.json").read_text())["cross_validation"]["mood"]
    assert scores["accuracy"] < 0.7
    assert scores["groups"] == 60


def test_labels_that_are_one_but_for_their_spelling_do_not_train(tmp_path: Path, cli: Cli) -> None:
    rows = [(*row[:3], "Good" if place == 0 else row[3], row[4]) for place, row in enumerate(ROWS)]
    code, _, errors = cli("train", write_csv(tmp_path / "a.csv", HEADER, rows), "--out", tmp_path / "m")
    assert code == 2
    assert "mood: the labels 'Good' (1 row) and 'good' (5 rows) differ only in case" in errors
    assert "did you mean 'good'?" in errors


def test_sixty_labels_train_where_they_are_named(tmp_path: Path, cli: Cli) -> None:
    rows = [(f"number {row} of word{row % 60} and word{row % 60} again", f"topic {row % 60}") for row in range(240)]
    table = write_csv(tmp_path / "a.csv", ("text", "topic"), rows)
    code, _, errors = cli("train", table, "--heads", "topic", "--out", tmp_path / "m", "--jobs", "1")
    assert (code, without_stages(errors)) == (0, "")
    assert len(json.loads((tmp_path / "m/manifest.json").read_text())["heads"]["topic"]["labels"]) == 60


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
