"""Cross-validation: no article in two folds, no flattery, no chance."""

from __future__ import annotations

import numpy as np

from stance.settings import Settings
from stance.tables.labelled import group_rows
from stance.training.cross_validation import cross_validate
from tests.conftest import ROWS

TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]
ARTICLES = [row[1] for row in ROWS]


def test_noise_scores_like_guessing() -> None:
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(["they", "lie", "good", "port", "news", "deal"], 6)) for _ in range(120)]
    labels = rng.choice(["x", "y"], 120).tolist()
    found = cross_validate(texts, {"mood": labels}, [str(n) for n in range(120)], Settings(), n_jobs=1)
    right = np.mean([label == said for label, said in zip(labels, found.predictions.label("mood"), strict=True)])
    assert right < 0.65


def test_unlabelled_rows_are_predicted_but_do_not_train() -> None:
    moods = ["" if article == "d" else mood for mood, article in zip(MOODS, ARTICLES, strict=True)]
    found = cross_validate(TEXTS, {"mood": moods}, ARTICLES, Settings(min_df=1), n_jobs=1)
    assert found.predictions.proba["mood"].shape == (12, 2)
    assert np.isfinite(found.predictions.proba["mood"]).all()


def test_label_of_one_article_only() -> None:
    moods = ["odd" if article == "a" else mood for mood, article in zip(MOODS, ARTICLES, strict=True)]
    found = cross_validate(TEXTS, {"mood": moods}, ARTICLES, Settings(min_df=1), n_jobs=1)
    assert found.predictions.labels["mood"] == ("bad", "good", "odd")
    odd = found.predictions.proba["mood"][[article == "a" for article in ARTICLES], 2]
    assert (odd < 1e-9).all()


def test_number_of_processes_does_not_matter() -> None:
    one, two = (cross_validate(TEXTS, {"mood": MOODS}, ARTICLES, Settings(min_df=1), n_jobs=jobs) for jobs in (1, 2))
    assert one.choice == two.choice
    np.testing.assert_array_equal(one.predictions.proba["mood"], two.predictions.proba["mood"])


def test_copied_texts_do_not_leak_their_labels() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(["they", "lie", "good", "port", "news", "deal", "war"], 8)) for _ in range(60)] * 2
    labels = rng.choice(["x", "y"], 60).tolist() * 2
    groups = group_rows(texts, [f"a{row}" for row in range(120)])
    said = cross_validate(texts, {"mood": labels}, groups, Settings(), n_jobs=1).predictions.label("mood")
    assert np.mean([label == guess for label, guess in zip(labels, said, strict=True)]) < 0.7
