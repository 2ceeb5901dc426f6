"""Simpler ways: the commonest label, a keyword rule, VADER as nltk has it, and scikit-learn's plain model."""

from __future__ import annotations

import nltk
import pytest
from nltk.sentiment.vader import SentimentIntensityAnalyzer

from stance.evaluation.baselines import keywords, majority, vader
from stance.features.lexicon import Lexicon
from stance.heads import ATTITUDES, BUNDLED, TONES
from tests.conftest import ROWS

LEXICON = Lexicon.bundled()
TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]
SENTENCES = [
    "What a great day!",
    "A horrible day.",
    "The table is made of wood.",
    "This is not good.",
    "This is not bad at all.",
    "They never help and they always lie.",
    "VERY GREAT work, but the end was terrible!!!",
    "The plot was good, but the end was HORRIBLE",
    "It isn't a disaster",
    "kind of good",
    "",
    "...",
    "great, great, awful",
]


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> SentimentIntensityAnalyzer:
    folder = tmp_path_factory.mktemp("vader")
    lines = [f"{word}\t{tone}" for word, tone in LEXICON.tones.items()]
    (folder / "lexicon.txt").write_text("\n".join(lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nltk.data, "path", [str(folder)])
        return SentimentIntensityAnalyzer("lexicon.txt")


def test_the_commonest_label() -> None:
    assert majority({"a": 2, "b": 3}) == "b"
    assert majority({"a": 0}) == "a"


def test_of_equally_common_labels_the_first_by_name_in_any_order() -> None:
    assert majority({"b": 2, "a": 2, "c": 1}) == majority({"c": 1, "a": 2, "b": 2}) == "a"


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
    assert keywords([text], "russia", ATTITUDES, LEXICON) == [label]


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
    assert keywords([text], "stance", BUNDLED["stance"], LEXICON) == [label]


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
    assert keywords(TEXTS, head, labels, LEXICON) is None


def test_vader_equals_that_of_nltk(analyzer: SentimentIntensityAnalyzer) -> None:
    compound = [analyzer.polarity_scores(text)["compound"] for text in SENTENCES]
    expected = ["positive" if c >= 0.05 else "negative" if c <= -0.05 else "neutral" for c in compound]
    assert vader(SENTENCES, TONES, LEXICON) == expected
    assert set(expected) == set(TONES)


@pytest.mark.parametrize(
    ("text", "label"), [("a good day", "positive"), ("not a good day", "negative"), ("not a bad day", "positive")]
)
def test_vader_hears_negation(text: str, label: str) -> None:
    assert vader([text], TONES, LEXICON) == [label]


def test_vader_goes_by_the_lexicon_that_it_is_given() -> None:
    assert vader(["a good day"], TONES, Lexicon(LEXICON.aliases, {"good": -3.0})) == ["negative"]
    assert vader(["an aa", "a bb"], TONES, Lexicon((), {"aa": 0.19, "bb": 0.2})) == ["neutral", "positive"]


@pytest.mark.parametrize("labels", [ATTITUDES, ("negative", "positive"), (*TONES, "mixed")])
def test_vader_says_nothing_of_heads_that_are_not_tone(labels: tuple[str, ...]) -> None:
    assert vader(["a good day"], labels, LEXICON) is None
