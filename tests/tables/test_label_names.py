"""Label columns: labels that are one but for their spelling, mistyped ones, columns that hold no labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from stance.errors import TableError
from stance.heads import BUNDLED
from stance.tables.label_names import label_faults, normalize_label, unknown_spellings
from stance.tables.labelled import read_labelled


@pytest.mark.parametrize(
    "other",
    [
        "pro us",
        "PRO-US",
        "Pro_US",
        "pro—us",
        "ｐｒｏ-ｕｓ",
        "pró-us",
        "pro\u00a0us",
        "pro-us\u200b",
        "Pro US_",
        "pro/us",
    ],
)
def test_labels_that_are_one_but_for_their_spelling(other: str) -> None:
    [fault] = label_faults("side", ["Pro-US"] * 9 + [other] * 3 + ["none"], 2, None, False)
    assert fault.startswith("side: the labels ")
    assert "'Pro-US' (9 rows)" in fault
    assert "did you mean 'Pro-US'?" in fault


@pytest.mark.parametrize(
    ("one", "other"),
    [("-1", "1"), ("-1", "+1"), ("1.5", "15"), ("c++", "c#"), ("temp -1", "temp 1"), ("की", "कि"), ("yes", "yes!")],
)
def test_labels_that_are_two(one: str, other: str) -> None:
    assert normalize_label(one) != normalize_label(other)
    assert label_faults("side", [one, other] * 5, 2, None, False) == []


@pytest.mark.parametrize(
    ("label", "meant"),
    [("Negative", "negative"), ("negtive", "negative"), ("ＰＯＳＩＴＩＶＥ", "positive"), ("neutrl", "neutral")],
)
def test_a_mistyped_fixed_label_is_told_once_with_what_is_meant(label: str, meant: str) -> None:
    [fault] = label_faults("tone", [label, "neutral"] * 100, 2, BUNDLED["tone"], False)
    assert fault.startswith(f"rows 2, 4, 6 and 97 more: tone is {label!r}; did you mean {meant!r}? allowed: ")
    [fault] = label_faults("tone", ["angry"], 2, BUNDLED["tone"], False)
    assert "did you mean" not in fault


def test_a_label_that_a_model_spells_otherwise() -> None:
    [fault] = unknown_spellings("side", ["pro us", "Pro-US", "other", ""], 2, ["Pro-US", "none"])
    assert fault == "row 2: side is 'pro us'; did you mean 'Pro-US', as the model?"


def write(path: Path, labels: list[str]) -> str:
    path.write_text("".join(["text,topic\n", *(f"comment {n},{label}\n" for n, label in enumerate(labels))]))
    return str(path)


def test_many_labels_are_accepted_where_the_column_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [f"topic {row % 60}" for row in range(200)])
    assert len(read_labelled(path, ["topic"], BUNDLED).label_counts["topic"]) == 60
    with pytest.raises(TableError, match=r"'topic' has 60 different values.*name the label columns with --heads"):
        read_labelled(path, [], BUNDLED)


def test_a_column_that_never_repeats_is_no_label_column_whatever_its_name(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", [f"day {row}" for row in range(60)])
    with pytest.raises(TableError, match=r"'topic' has 60 different values"):
        read_labelled(path, ["topic"], BUNDLED)
