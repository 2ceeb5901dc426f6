"""Labelled tables: what is read with the labels, and which rows belong together."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pytest

from stance.heads import BUNDLED
from stance.tables.files import create_table
from stance.tables.labelled import read_labelled


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz", "a.jsonl", "a.parquet"])
def test_the_checksum_is_that_of_the_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    with create_table(str(path)) as writer:
        writer.write(pa.table({"text": ["so", "no"] * 5_000, "tone": ["neutral", "negative"] * 5_000}))
    table = read_labelled(str(path), [], BUNDLED)
    assert table.whole.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.label_counts == {"tone": {"negative": 5_000, "neutral": 5_000}}


def test_the_checksum_takes_in_what_no_reader_needs(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"text,tone\nso,neutral\n") + b"\0" * 100_000)
    assert read_labelled(str(path), [], BUNDLED).whole.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_ids_articles_and_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,article,text,tone\n7,a,so,neutral\n8,b,no,negative\n9,,so,neutral\n")
    table = read_labelled(str(path), [], BUNDLED)
    assert (table.name, table.first_row, table.ids, table.articles) == ("a.csv", 2, ["7", "8", "9"], ["a", "b", ""])
    assert table.groups == ["article a", "article b", "text so"]
    assert table.article_groups == ["article a", "article b", "row 2"]
    path.write_text("article,text,tone\na,so,neutral\na,no,negative\n")
    assert read_labelled(str(path), [], BUNDLED).article_groups is None
