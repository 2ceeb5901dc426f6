"""Cross-validation: no article in two folds, no optimistic score, no dependence on the number of processes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from stance.features.vocabulary import learn_vocabulary
from stance.settings import Settings
from stance.tables.groups import group_rows
from stance.training.cross_validation import cross_validate
from stance.training.stacking import fit
from tests.conftest import ROWS

TEXTS = [row[2] for row in ROWS]
MOODS = [row[3] for row in ROWS]
PORTS = [row[4] for row in ROWS]
ARTICLES = [row[1] for row in ROWS]


def test_noise_scores_like_guessing() -> None:
    rng = np.random.default_rng(3)
    texts = [" ".join(rng.choice(["they", "lie", "good", "port", "news", "deal"], 6)) for _ in range(120)]
    labels = rng.choice(["x", "y"], 120).tolist()
    result = cross_validate(texts, {"mood": labels}, [str(n) for n in range(120)], Settings(), n_jobs=1)
    right = np.mean(
        [label == predicted for label, predicted in zip(labels, result.predictions.label("mood"), strict=True)]
    )
    assert right < 0.65


def test_unlabelled_rows_are_predicted_but_do_not_train() -> None:
    moods = ["" if article == "d" else mood for mood, article in zip(MOODS, ARTICLES, strict=True)]
    result = cross_validate(TEXTS, {"mood": moods}, ARTICLES, Settings(min_df=1), n_jobs=1)
    assert result.predictions.proba["mood"].shape == (12, 2)
    assert np.isfinite(result.predictions.proba["mood"]).all()


def test_label_of_one_article_only() -> None:
    moods = ["odd" if article == "a" else mood for mood, article in zip(MOODS, ARTICLES, strict=True)]
    result = cross_validate(TEXTS, {"mood": moods}, ARTICLES, Settings(min_df=1), n_jobs=1)
    assert result.predictions.labels["mood"] == ("bad", "good", "odd")
    odd = result.predictions.proba["mood"][[article == "a" for article in ARTICLES], 2]
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
    predicted = cross_validate(texts, {"mood": labels}, groups, Settings(), n_jobs=1).predictions.label("mood")
    assert np.mean([label == other for label, other in zip(labels, predicted, strict=True)]) < 0.7


@pytest.mark.parametrize("whole", [False, True])
def test_each_folds_texts_are_vectorized_once(whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = []

    def counted(texts: list[str], *options: Any) -> Any:
        passes.append(frozenset(texts))
        return learn_vocabulary(texts, *options)

    monkeypatch.setattr("stance.features.vectorizer.learn_vocabulary", counted)
    labels = {"mood": MOODS, "port": PORTS, "us": ["favor", "against"] * 6}
    result = cross_validate(TEXTS, labels, ARTICLES, Settings(min_df=1), n_jobs=1, whole=whole)
    known = [[text for text, of in zip(TEXTS, ARTICLES, strict=True) if of != article] for article in set(ARTICLES)]
    expected = [*known, TEXTS] if whole else known
    assert len(passes) == len(expected)
    assert set(passes) == set(map(frozenset, expected))
    assert (result.model is not None) == whole


def test_model_for_all_comments_is_that_of_its_choice() -> None:
    labels = {"mood": MOODS, "port": PORTS}
    result = cross_validate(TEXTS, labels, ARTICLES, Settings(min_df=1), n_jobs=1, whole=True)
    assert result.model is not None
    expected = fit(TEXTS, labels, result.choice.Cs, Settings(min_df=1), ARTICLES, None, result.choice.tone_heads)
    for head, proba in expected.proba(TEXTS).proba.items():
        np.testing.assert_array_equal(result.model.proba(TEXTS).proba[head], proba)


def test_reasons_are_given_for_the_most_confident_errors() -> None:
    result = cross_validate(TEXTS, {"port": PORTS}, ARTICLES, Settings(min_df=1), n_jobs=1, explained=1)
    predicted = result.predictions.label("port")
    wrong = {row for row, label in enumerate(PORTS) if label and predicted[row] not in (label, None)}
    explained = {row for _, row in result.reasons}
    assert explained <= wrong
    assert {ARTICLES[row] for row in explained} == {ARTICLES[row] for row in wrong}
    names, proba = result.predictions.labels["port"], result.predictions.proba["port"]
    for (_, row), parts in result.reasons.items():
        chosen, true = names.index(str(predicted[row])), names.index(PORTS[row])
        log_odds = np.log(proba[row, chosen] / proba[row, true])
        assert sum(reason.weight for reason in parts) == pytest.approx(log_odds, abs=1e-6)
