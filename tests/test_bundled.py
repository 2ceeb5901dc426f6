"""What travels with the project: comments, sample, default model."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from pathlib import Path

import stance
from stance.labels import BUNDLED
from stance.likeness import like_pairs

ROOT = Path(__file__).parents[1]
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
    assert len(COMMENTS) >= 700
    assert len({row["id"] for row in COMMENTS}) == len(COMMENTS)
    assert all(row["text"] == " ".join(row["text"].split()) for row in COMMENTS)


def test_no_near_copies() -> None:
    texts = [row["text"] for row in COMMENTS]
    assert [(COMMENTS[p.first]["id"], COMMENTS[p.second]["id"]) for p in like_pairs(texts)] == []
    sample = [row["body"] for row in rows_of("sample.csv") if row["body"].strip()]
    assert like_pairs(sample, texts) == []


def test_articles_are_listed_and_none_dominates() -> None:
    counts = Counter(row["article"] for row in COMMENTS)
    listed = [row["article"] for row in rows_of("articles.csv")]
    assert len(listed) == len(set(listed)) >= 60
    assert set(counts) <= set(listed)
    assert max(counts.values()) <= 0.03 * len(COMMENTS)


def test_every_label_occurs_often() -> None:
    for head, labels in BUNDLED.items():
        counts = Counter(row[head] for row in COMMENTS)
        assert min(counts[label] for label in labels) >= 0.03 * len(COMMENTS), head


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
