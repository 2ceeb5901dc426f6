"""The plain TF-IDF model that reports compare with."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from stance.features.vocabulary import learn_vocabulary
from stance.model.classifier import probabilities
from stance.model.labels import encode
from stance.settings import Settings
from stance.training.tfidf_baseline import baseline_labels, fit_baseline
from tests.conftest import ROWS

TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]
PORTS = [row[4] for row in ROWS]
ARTICLES = [row[1] for row in ROWS]
UNSEEN = ["a good word", "they lie, they lie", "", "zzzz", "old news of the port", "Thank you, thank you", "bad"]


@pytest.mark.parametrize("min_df", [1, 2])
@pytest.mark.parametrize("labels", [MOODS, ARTICLES], ids=["two labels", "four labels"])
def test_the_baseline_equals_scikit_learn(labels: list[str], min_df: int) -> None:
    settings = Settings(min_df=min_df)
    terms = learn_vocabulary(TEXTS, settings).terms["word"]
    classifiers = fit_baseline(TEXTS, {"head": encode(labels)}, terms, settings)
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df)
    regression = LogisticRegression().fit(vectorizer.fit_transform(TEXTS), labels)
    texts = TEXTS + UNSEEN
    features = vectorizer.transform(texts)
    assert terms.vocabulary == tuple(vectorizer.get_feature_names_out())
    assert baseline_labels(texts, classifiers, terms, settings)["head"] == regression.predict(features).tolist()
    ours, expected = probabilities(classifiers["head"], features), regression.predict_proba(features)
    np.testing.assert_allclose(ours, expected, atol=1e-3)  # weights are rounded to 16 bits


def test_the_baseline_is_fitted_to_the_labelled_rows_of_each_head() -> None:
    settings = Settings(min_df=1)
    terms = learn_vocabulary(TEXTS, settings).terms["word"]
    classifiers = fit_baseline(TEXTS, {"mood": encode(MOODS), "port": encode(PORTS)}, terms, settings)
    kept = [row for row, label in enumerate(PORTS) if label]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2)).fit(TEXTS)
    features, unseen = vectorizer.transform([TEXTS[row] for row in kept]), vectorizer.transform(UNSEEN)
    regression = LogisticRegression().fit(features, [PORTS[row] for row in kept])
    assert classifiers["port"].labels == ("no", "yes")
    np.testing.assert_allclose(probabilities(classifiers["port"], unseen), regression.predict_proba(unseen), atol=1e-3)
    assert list(baseline_labels(UNSEEN, classifiers, terms, settings)) == ["mood", "port"]
