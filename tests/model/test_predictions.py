"""Predictions."""

from __future__ import annotations

import numpy as np
import pytest

from stance.model.model import Model
from stance.model.predictions import STATUSES

SCRIPTS = {
    "Cyrillic": "Россия и Китай друзья навсегда",
    "Devanagari": "भारत महान है और पाकिस्तान नहीं",
    "Arabic": "پاکستان زندہ باد، بھارت مردہ باد",
    "Chinese": "中国和俄罗斯是朋友",
    "Greek": "Η Ελλάδα και η Κίνα είναι φίλες",
    "Bengali": "বাংলাদেশ একটি সুন্দর দেশ",
    "Hebrew": "ישראל היא מדינה טובה",
    "Korean": "한국은 좋은 나라입니다",
    "Japanese": "日本はいい国です",
    "Thai": "ประเทศไทยสวยมาก",
    "Tamil": "தமிழ் நாடு",
}


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_text_of_another_script_is_not_labelled(text: str, model: Model) -> None:
    predictions = model.proba([text, f"{text} US", f"{text} India lies and steals, what a shame, we hate India"])
    assert [STATUSES[code] for code in predictions.status] == ["unsupported_script", "unsupported_script", "ok"]
    assert predictions.label("us")[:2] == [None, None]
    assert np.isnan(np.asarray(predictions.columns([])["us_confidence"], float)).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("rcb rwb", "no_known_words"),
        ("Rcb!", "no_known_words"),
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u200b", "empty"),
        ("India lies", "ok"),
    ],
)
def test_statuses_of_other_texts(text: str, status: str, model: Model) -> None:
    predictions = model.proba([text])
    assert STATUSES[predictions.status[0]] == status
    assert (predictions.label("us") == [None]) == (status != "ok")


def test_low_confidence_gives_no_label_but_keeps_the_confidence(model: Model) -> None:
    texts = ["India lies and steals, what a shame", "the rain", ""]
    usual = model.proba(texts)
    least = float(usual.proba["india"][0].max()) - 1e-6
    strict, never = usual.abstain_below(least), usual.abstain_below(1.0)
    assert strict.label("india")[0] == usual.label("india")[0] == "against"
    assert [STATUSES[code] for code in never.status] == ["low_confidence", "low_confidence", "empty"]
    assert never.label("us") == never.label("mood") == [None, None, None]
    np.testing.assert_array_equal(never.columns([])["us_confidence"], usual.columns([])["us_confidence"])
