"""Simpler ways: the commonest label, a keyword rule, VADER as nltk has it, and scikit-learn's plain model."""

from __future__ import annotations

import nltk
import numpy as np
import pytest
from nltk.sentiment.vader import SentimentIntensityAnalyzer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from stance.baseline import fit_plain, keywords, majority, plain_labels, vader
from stance.labels import ATTITUDES, BUNDLED, TONES
from stance.lexicon import Lexicon
from stance.model import encode
from stance.regression import probabilities
from stance.settings import Settings
from stance.vocabulary import learn
from tests.conftest import ROWS

LEXICON = Lexicon.bundled()
TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]
PORTS = [row[4] for row in ROWS]
ARTICLES = [row[1] for row in ROWS]
UNSEEN = ["a good word", "they lie, they lie", "", "zzzz", "old news of the port", "Thank you, thank you", "bad"]
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


@pytest.mark.parametrize("min_df", [1, 2])
@pytest.mark.parametrize("labels", [MOODS, ARTICLES], ids=["two labels", "four labels"])
def test_plain_model_equals_that_of_scikit_learn(labels: list[str], min_df: int) -> None:
    settings = Settings(min_df=min_df)
    terms = learn(TEXTS, settings).terms["word"]
    plain = fit_plain(TEXTS, {"head": encode(labels)}, terms, settings)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df)
    regression = LogisticRegression().fit(vectorizer.fit_transform(TEXTS), labels)
    texts = TEXTS + UNSEEN
    features = vectorizer.transform(texts)
    assert terms.vocabulary == tuple(vectorizer.get_feature_names_out())
    assert plain_labels(texts, plain, terms, settings)["head"] == regression.predict(features).tolist()
    ours, expected = probabilities(plain["head"], features), regression.predict_proba(features)
    np.testing.assert_allclose(ours, expected, atol=1e-3)  # weights are rounded to 16 bits


def test_plain_model_learns_each_head_from_the_rows_that_have_a_label() -> None:
    settings = Settings(min_df=1)
    terms = learn(TEXTS, settings).terms["word"]
    plain = fit_plain(TEXTS, {"mood": encode(MOODS), "port": encode(PORTS)}, terms, settings)
    kept = [row for row, label in enumerate(PORTS) if label]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(TEXTS)
    features, unseen = vectorizer.transform([TEXTS[row] for row in kept]), vectorizer.transform(UNSEEN)
    regression = LogisticRegression().fit(features, [PORTS[row] for row in kept])
    assert plain["port"].labels == ("no", "yes")
    np.testing.assert_allclose(probabilities(plain["port"], unseen), regression.predict_proba(unseen), atol=1e-3)
    assert list(plain_labels(UNSEEN, plain, terms, settings)) == ["mood", "port"]
