"""C is chosen on held-out folds, with no look at the fold that the choice is for."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from stance.features.lexicon import Lexicon
from stance.features.vectorizer import Vectorizer
from stance.model.classifier import probabilities
from stance.model.labels import encode
from stance.settings import Settings
from stance.training.model_selection import choose_C
from stance.training.regression import fit_path
from tests.conftest import ROWS
from tests.helpers.attitudes import HEADS, TEXTS

LEXICON = Lexicon.bundled()
FOLDS = np.arange(len(TEXTS)) % 4
SETTINGS = Settings(min_df=1, Cs=(0.01, 1.0, 30.0), min_gain_for_tone=1e6)


def expected_C(folds: list[int]) -> float:
    """Choose by the book: a model for each fold and C, one score for all held-out labels."""
    names, codes = encode(HEADS["mood"])
    scores = []
    for C in SETTINGS.Cs:
        predicted = np.full(len(TEXTS), -1)
        for fold in folds:
            known, new = np.flatnonzero((fold != FOLDS) & (codes >= 0)), np.flatnonzero(fold == FOLDS)
            vectorizer = Vectorizer.of(SETTINGS).fit(
                [text for text, of in zip(TEXTS, FOLDS, strict=True) if of != fold]
            )
            matrix = vectorizer.transform(TEXTS)
            [classifier] = fit_path(matrix[known], codes[known], names, [C], SETTINGS)
            predicted[new] = probabilities(classifier, matrix[new]).argmax(axis=1)
        rows = np.isin(FOLDS, folds) & (codes >= 0)
        scores.append(f1_score(codes[rows], predicted[rows], average="macro"))
    return SETTINGS.Cs[int(np.argmax(scores))]


def test_choice_is_that_of_a_plain_search() -> None:
    selection = choose_C(TEXTS, {"mood": HEADS["mood"]}, FOLDS, SETTINGS, LEXICON, n_jobs=1)
    assert selection.on_all.Cs == {"mood": expected_C([0, 1, 2, 3])}
    for fold, choices in enumerate(selection.by_fold):
        assert choices.Cs == {"mood": expected_C([other for other in range(4) if other != fold])}


def test_targets_get_the_C_of_the_settings() -> None:
    selection = choose_C(TEXTS, HEADS, FOLDS, SETTINGS, LEXICON, n_jobs=1)
    for choices in (selection.on_all, *selection.by_fold):
        assert {head: choices.Cs[head] for head in ("us", "india")} == {"us": 0.3, "india": 0.3}


@pytest.mark.parametrize(("min_gain", "tone_heads"), [(0.0, ("mood",)), (1e6, ())])
def test_a_head_uses_tone_if_it_gains_enough(min_gain: float, tone_heads: tuple[str, ...]) -> None:
    texts = ["zz excellent aa", "qq awful bb", "ww superb cc", "ee terrible dd", "rr great ee", "tt horrible ff"] * 2
    settings = Settings(min_df=1, min_gain_for_tone=min_gain, tone_scale=2.0)
    folds = np.arange(len(texts)) % 6
    selection = choose_C(texts, {"mood": ["good", "bad"] * 6}, folds, settings, LEXICON, n_jobs=1)
    assert selection.on_all.tone_heads == tone_heads


def test_features_of_a_fold_are_those_of_the_other_texts() -> None:
    texts, folds = [row[2] for row in ROWS], np.arange(len(ROWS)) % 3
    selection = choose_C(texts, {"mood": [row[3] for row in ROWS]}, folds, SETTINGS, LEXICON, n_jobs=1)
    assert len(selection.features) == 3
    for fold, features in enumerate(selection.features):
        known = [text for text, of in zip(texts, folds, strict=True) if of != fold]
        vectorizer = Vectorizer.of(SETTINGS)
        expected = vectorizer.fit_transform(known)
        assert abs(features.matrix - expected).max() == 0
        assert features.vectorizer.features_.terms["word"].vocabulary == vectorizer.features_.terms["word"].vocabulary
