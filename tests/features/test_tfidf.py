"""Tfidf."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from stance.features.tfidf import CollisionError, Features, Terms
from stance.settings import Settings
from stance.training.stacking import fit
from tests.helpers.texts import TEXTS


def test_the_fused_way_equals_the_two_steps() -> None:
    rng = np.random.default_rng(0)
    labels = {
        "mood": rng.choice(["a", "b"], len(TEXTS)).tolist(),
        "kind": rng.choice(["x", "y", "z"], len(TEXTS)).tolist(),
    }
    model = fit(TEXTS, labels, {"mood": 10.0, "kind": 1.0}, Settings(min_df=1))
    indptr, indices, values = model.features.matrix(TEXTS)
    matrix = csr_matrix((values, indices, indptr), shape=(len(TEXTS), len(model.features)))
    for head, classifier in model.classifiers.items():
        logits = matrix @ classifier.weights.T.astype(float) + classifier.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        expected = odds / odds.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(model.proba(TEXTS).proba[head], expected, atol=1e-6)


def test_a_term_that_stands_twice_is_refused() -> None:
    terms = Terms(("lie", "lie"), np.ones(2, np.float32))
    features = Features(Settings(), {"word": terms, "char_wb": Terms(("li",), np.ones(1, np.float32))})
    with pytest.raises(CollisionError, match="or are the same"):
        features.matrix(["they lie"])
