"""VADER's compound score equals that of nltk, whose rules it calls."""

from __future__ import annotations

import nltk
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from stance.evaluation.baselines import label_by_vader
from stance.evaluation.vader import compound_scores
from stance.features.lexicon import Lexicon
from stance.heads import TONES
from tests.conftest import ROWS

LEXICON = Lexicon.bundled()
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
TOKENS = [
    "kind", "of", "KIND", "Of", "sort", "least", "at", "very", "but", "BUT", "never", "so", "this", "not", "isn't",
    "without", "doubt", "the", "shit", "bomb", "good", "GOOD", "bad", "great", "hell", "a", "é", ":)",
    ":D", "!!!", "?!?",
]  # fmt: skip
MARKS = [" ", "  ", "\n", "", "!", "!!", "?!?!", "'", '"', ",", "...", "#"]
texts = st.lists(st.sampled_from(TOKENS + MARKS + [f"{token} " for token in TOKENS]), max_size=25).map("".join)


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> SentimentIntensityAnalyzer:
    folder = tmp_path_factory.mktemp("vader")
    lines = [f"{word}\t{tone}" for word, tone in LEXICON.tones.items()]
    (folder / "lexicon.txt").write_text("\n".join(lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nltk.data, "path", [str(folder)])
        return SentimentIntensityAnalyzer("lexicon.txt")


def test_vader_equals_that_of_nltk(analyzer: SentimentIntensityAnalyzer) -> None:
    compound = [analyzer.polarity_scores(text)["compound"] for text in SENTENCES]
    expected = ["positive" if c >= 0.05 else "negative" if c <= -0.05 else "neutral" for c in compound]
    assert label_by_vader(SENTENCES, {"tone": TONES}, LEXICON) == {"tone": expected}
    assert set(expected) == set(TONES)


def test_compound_scores_equal_those_of_nltk(analyzer: SentimentIntensityAnalyzer) -> None:
    comments = [row[2] for row in ROWS] + [f"{token}{mark}" for token in SENTENCES for mark in VaderConstants.PUNC_LIST]
    assert compound_scores(comments, LEXICON) == [analyzer.polarity_scores(text)["compound"] for text in comments]


@given(text=texts)
def test_any_compound_score_equals_that_of_nltk(text: str, analyzer: SentimentIntensityAnalyzer) -> None:
    assert compound_scores([text], LEXICON) == [analyzer.polarity_scores(text)["compound"]]


def test_no_texts_have_no_scores() -> None:
    assert compound_scores([], LEXICON) == []
