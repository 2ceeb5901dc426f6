"""Settings check their ranges, and come back from JSON as they were."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest

from stance.settings import MAX_CS, MAX_FLOATS, MIN_INTEGERS, Settings


def test_settings_come_back_from_json() -> None:
    settings = Settings(word_ngrams=(1, 1), Cs=(0.5, 2.0), seed=7)
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_every_number_has_a_range() -> None:
    names = {field.name for field in fields(Settings)}
    assert names == {
        "word_ngrams",
        "char_ngrams",
        "Cs",
        *MIN_INTEGERS,
        *MAX_FLOATS,
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"word_ngrams": (2, 1)}, r"word_ngrams is \(2, 1\), expected two whole numbers, 1 to 20, smaller first"),
        ({"char_ngrams": (2, 21)}, r"char_ngrams is \(2, 21\)"),
        ({"char_ngrams": (2,)}, r"char_ngrams is \(2,\)"),
        ({"char_ngrams": [2, 5]}, r"char_ngrams is \[2, 5\]"),
        ({"min_df": 1.5}, "min_df is 1.5, expected a whole number, 1 or more"),
        ({"seed": -1}, "seed is -1, expected a whole number, 0 or more"),
        ({"balance": 1.1}, "balance is 1.1, expected 0 to 1$"),
        ({"tone_scale": float("nan")}, "tone_scale is nan, expected 0 to 1e"),
        ({"Cs": (1.0, 0.0)}, r"Cs are \(1.0, 0.0\), expected 1 to 100 numbers above 0"),
        ({"Cs": (1.0,) * (MAX_CS + 1)}, "Cs are"),
    ],
)
def test_a_number_out_of_range_is_a_clear_fault(change: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Settings(**change)


@pytest.mark.parametrize("values", [{}, {**Settings().to_dict(), "strength": 1.0}])
def test_a_wrong_name_is_a_clear_fault(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="settings have the wrong names: "):
        Settings.from_dict(values)
