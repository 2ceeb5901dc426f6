"""Baselines: the majority class, a keyword rule, VADER."""

from __future__ import annotations

import pytest

from stance.evaluation.baselines import label_by_keywords, label_by_vader, majority_class
from stance.features.lexicon import Lexicon
from stance.heads import ATTITUDES, BUNDLED, TONES
from tests.conftest import ROWS

LEXICON = Lexicon.bundled()
TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]


def test_the_majority_class() -> None:
    assert majority_class({"a": 2, "b": 3}) == "b"
    assert majority_class({"a": 0}) == "a"


def test_of_equally_frequent_labels_the_first_by_name_in_any_order() -> None:
    assert majority_class({"b": 2, "a": 2, "c": 1}) == majority_class({"c": 1, "a": 2, "b": 2}) == "a"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Russia is great", "favor"),
        ("Putin is a liar and a thief", "against"),
        ("Russia is not good", "against"),
        ("Russia is not a liar", "favor"),
        ("Russia is big", "none"),
        ("great, a good day", "none"),
        ("China is great and Russia is horrible", "against"),
        ("China is horrible and Russia is great", "favor"),
        ("", "none"),
    ],
)
def test_keywords_of_a_target(text: str, label: str) -> None:
    assert label_by_keywords([text], {"russia": ATTITUDES}, LEXICON) == {"russia": [label]}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("India is great", "pro_india"),
        ("Moscow is great", "pro_china_russia"),
        ("Beijing is great", "pro_china_russia"),
        ("India is good and China is horrible", "pro_india"),
        ("the US is horrible, and India is bad", "none"),
        ("Pakistan is great", "none"),
        ("a great day", "none"),
    ],
)
def test_keywords_of_a_head_whose_labels_speak_for_targets(text: str, label: str) -> None:
    assert label_by_keywords([text], {"stance": BUNDLED["stance"]}, LEXICON) == {"stance": [label]}


def test_keywords_read_many_texts_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    heads = {**dict.fromkeys(("china", "russia", "us"), ATTITUDES), "stance": BUNDLED["stance"], "tone": TONES}
    whole = label_by_keywords(TEXTS, heads, LEXICON)
    assert list(whole) == ["china", "russia", "us", "stance"]
    monkeypatch.setattr("stance.evaluation.baselines.BATCH_TEXTS", 5)
    assert label_by_keywords(TEXTS, heads, LEXICON) == whole


@pytest.mark.parametrize(
    ("head", "labels"),
    [
        ("tone", TONES),
        ("mars", ATTITUDES),
        ("stance", ["none"]),
        ("stance", ["pro_us", "pro_india"]),
        ("russia", ["against", "favor"]),
    ],
)
def test_keywords_say_nothing_of_other_heads(head: str, labels: list[str]) -> None:
    assert label_by_keywords(TEXTS, {head: labels}, LEXICON) == {}


@pytest.mark.parametrize(
    ("text", "label"), [("a good day", "positive"), ("not a good day", "negative"), ("not a bad day", "positive")]
)
def test_vader_knows_negation(text: str, label: str) -> None:
    assert label_by_vader([text], {"tone": TONES}, LEXICON) == {"tone": [label]}


def test_vader_goes_by_the_lexicon_that_it_is_given() -> None:
    bad, faint = Lexicon(LEXICON.aliases, {"good": -3.0}), Lexicon((), {"aa": 0.19, "bb": 0.2})
    assert label_by_vader(["a good day"], {"tone": TONES}, bad) == {"tone": ["negative"]}
    assert label_by_vader(["an aa", "a bb"], {"tone": TONES}, faint) == {"tone": ["neutral", "positive"]}


@pytest.mark.parametrize("labels", [ATTITUDES, ("negative", "positive"), (*TONES, "mixed")])
def test_vader_says_nothing_of_heads_that_are_not_tone(labels: tuple[str, ...]) -> None:
    assert label_by_vader(["a good day"], {"tone": labels}, LEXICON) == {}
