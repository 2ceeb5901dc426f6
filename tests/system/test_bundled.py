"""What travels with the project: comments, sample, default model."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import stance
from stance.features.lexicon import Lexicon
from stance.features.mentions import named_targets
from stance.heads import BUNDLED
from stance.tables.duplicates import find_duplicates
from stance.workflow import agree

ROOT = Path(__file__).parents[2]
DATASETS = ROOT / "datasets"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATASETS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


COMMENTS = rows_of("comments.csv")


def test_columns_and_labels() -> None:
    assert list(COMMENTS[0]) == ["id", "article", "text", *BUNDLED]
    for row in COMMENTS:
        for head, labels in BUNDLED.items():
            assert row[head] in labels, row["id"]


def test_enough_comments_each_once() -> None:
    assert len(COMMENTS) >= 5000
    assert len({row["id"] for row in COMMENTS}) == len(COMMENTS)
    assert all(row["text"] == " ".join(row["text"].split()) for row in COMMENTS)


def test_no_near_copies() -> None:
    texts = [row["text"] for row in COMMENTS]
    assert [(COMMENTS[p.first]["id"], COMMENTS[p.second]["id"]) for p in find_duplicates(texts)] == []
    sample = [row["body"] for row in rows_of("sample.csv") if row["body"].strip()]
    assert find_duplicates(sample, texts) == []


def test_articles_are_listed_and_none_dominates() -> None:
    counts = Counter(row["article"] for row in COMMENTS)
    listed = [row["article"] for row in rows_of("articles.csv")]
    assert len(listed) == len(set(listed)) >= 60
    assert set(counts) <= set(listed)
    assert max(counts.values()) <= 0.03 * len(COMMENTS)


def test_every_label_occurs_often() -> None:
    for head, labels in BUNDLED.items():
        counts = Counter(row[head] for row in COMMENTS)
        assert min(counts[label] for label in labels) >= (350 if head == "stance" else 250), head


def test_naming_a_country_does_not_give_the_label_away() -> None:
    heads = [head for head in BUNDLED if head in Lexicon.bundled().targets]
    named = named_targets([row["text"] for row in COMMENTS], Lexicon.bundled(), heads)
    for number, head in enumerate(heads):
        counts = Counter(row[head] for row, is_named in zip(COMMENTS, named[:, number], strict=True) if is_named)
        assert min(counts[label] for label in BUNDLED[head]) >= 0.15 * counts.total(), head


def test_labels_are_the_majority_of_three_readings_or_more() -> None:
    readings: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows_of("annotations.csv"):
        readings.setdefault((row["id"], row["head"]), {})[row["pass"]] = row["label"]
    assert len(readings) == len(COMMENTS) * len(BUNDLED)
    for row in COMMENTS:
        for head in BUNDLED:
            said = readings[row["id"], head]
            assert len(said) >= 3
            votes = Counter(said.values()).most_common(2)
            assert votes[0][0] == row[head], (row["id"], head)
            assert len(votes) == 1 or votes[0][1] > votes[1][1], (row["id"], head)


def test_data_card_gives_the_agreement_that_the_command_finds() -> None:
    card = (DATASETS / "README.md").read_text("utf-8")
    for head, found in agree.agree(str(DATASETS / "annotations.csv")).heads.items():
        assert f"| {head} | {found.alpha:.3f} |" in card


def test_data_card_shows_the_learning_curve() -> None:
    curve = (DATASETS / "learning-curve.md").read_text("utf-8")
    assert f" {len(COMMENTS):,} |" in curve
    assert curve.split("\n\n", 1)[1].strip() in (DATASETS / "README.md").read_text("utf-8")


def test_sample_looks_like_an_export() -> None:
    sample = rows_of("sample.csv")
    assert len(sample) == 60
    assert list(sample[0]) == ["comment_id", "article_url", "author", "posted_at", "likes", "body"]


def test_default_model_was_trained_on_the_bundled_comments() -> None:
    manifest = json.loads((ROOT / "models/default/manifest.json").read_text())
    assert manifest["data"]["sha256"] == hashlib.sha256((DATASETS / "comments.csv").read_bytes()).hexdigest()
    assert manifest["data"]["rows"] == len(COMMENTS)
    assert {head: tuple(about["labels"]) for head, about in manifest["heads"].items()} == BUNDLED


def test_default_model_opens() -> None:
    table = stance.load().predict(["They lie, they always did", ""])
    assert table["status"].tolist() == ["ok", "empty"]
    assert list(table) == ["text", *(name for head in BUNDLED for name in (head, f"{head}_confidence")), "status"]
