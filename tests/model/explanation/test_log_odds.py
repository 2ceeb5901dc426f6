"""Reasons: parts with names that add up to the log-odds, and what weighs most for a label."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stance
from stance.errors import OptionError
from stance.model.explanation.log_odds import decompose_log_odds, top_features
from stance.model.explanation.part_names import INTERCEPT
from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit
from tests.conftest import ROWS

TEXTS = [
    "we love China, a true friend, but the US lies and lies!",
    "Russia stood by us when nobody else did",
    "İstanbul: ΑΣ said that Pakistan cheats 🙂\x1b[31m",
    "",
    "भारत महान है",
    "\u200bwww.example.com/india",
    "INDIA INDIA INDIA!!! " * 30,
]


@pytest.fixture(scope="module")
def bundled() -> Model:
    return stance.load()


@pytest.fixture(scope="module")
def tiny() -> Model:
    texts, moods = [row[2] for row in ROWS], [row[3] for row in ROWS]
    return fit(texts, {"mood": moods}, {"mood": 1.0}, Settings(min_df=1), tone_heads=["mood"]).with_temperatures(
        {"mood": 1.7}
    )


def total(parts: list[tuple[str, float]]) -> float:
    return sum(weight for _, weight in parts)


def test_parts_add_up_to_the_log_odds_of_the_two_likeliest_labels(bundled: Model) -> None:
    scored = bundled.score(TEXTS)
    for head, proba in bundled.proba(TEXTS).proba.items():
        best = np.sort(proba, axis=1)
        sums = [total(parts) for parts in decompose_log_odds(bundled, scored, head)]
        np.testing.assert_allclose(sums, np.log(best[:, -1] / best[:, -2]), atol=1e-6)


def test_parts_add_up_for_any_two_labels(bundled: Model) -> None:
    scored = bundled.score(TEXTS)
    for head, labels in bundled.labels.items():
        for one, chosen in enumerate(labels):
            for two, other in enumerate(labels):
                found = decompose_log_odds(bundled, scored, head, chosen, [other] * len(TEXTS))
                expected = np.log(scored.proba[head][:, one] / scored.proba[head][:, two])
                np.testing.assert_allclose([total(parts) for parts in found], expected, atol=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=4))
def test_parts_add_up_for_any_text(tiny: Model, texts: list[str]) -> None:
    found = decompose_log_odds(tiny, tiny.score(texts), "mood", "good")
    for (bad, good), parts in zip(tiny.proba(texts).proba["mood"], found, strict=True):
        assert total(parts) == pytest.approx(np.log(good / bad), abs=1e-6)


def test_largest_parts_come_first_and_none_is_nothing(bundled: Model) -> None:
    for parts in decompose_log_odds(bundled, bundled.score(TEXTS), next(iter(bundled.labels))):
        sizes = [abs(weight) for _, weight in parts]
        assert sizes == sorted(sizes, reverse=True)
        assert min(sizes) > 0


def test_a_blank_text_is_explained_by_what_a_head_begins_with(tiny: Model) -> None:
    [parts] = decompose_log_odds(tiny, tiny.score([""]), "mood", "good")
    assert [name for name, _ in parts] == [INTERCEPT]


def test_words_pieces_and_tones_are_named(tiny: Model) -> None:
    names = {name for name, _ in decompose_log_odds(tiny, tiny.score(["good lie, hello"]), "mood")[0]}
    assert {"good", "lie", INTERCEPT, "good~", "~ie,", "tone: good"} <= names
    assert not any(" " in name.strip("~_") for name in names - {INTERCEPT} if "~" in name)


def test_top_features_are_those_of_largest_centred_weight(bundled: Model) -> None:
    columns = bundled.features.terms
    for head, classifier in bundled.classifiers.items():
        found = top_features(bundled, head, 7)
        assert list(found) == list(classifier.labels)
        idf = np.concatenate([columns["word"].idf, columns["char_wb"].idf]).astype(float)
        assert classifier.stacked_weights is not None
        every = np.hstack([classifier.weights * idf, classifier.stacked_weights])
        every -= every.mean(axis=0)
        for row, best in zip(every, found.values(), strict=True):
            np.testing.assert_allclose([weight for _, weight in best], np.sort(row)[:-8:-1])


def test_top_features_tell_labels_apart(tiny: Model) -> None:
    found = {label: [name for name, _ in best] for label, best in top_features(tiny, "mood", 10).items()}
    assert "good" in found["good"]
    assert "bad" in found["bad"]
    assert not set(found["good"]) & set(found["bad"])


def test_what_the_model_does_not_have_is_refused(tiny: Model) -> None:
    with pytest.raises(OptionError, match="no head 'port'; the model has mood"):
        decompose_log_odds(tiny, tiny.score(["so"]), "port")
    with pytest.raises(OptionError, match="no head 'port'; the model has mood"):
        top_features(tiny, "port", 1)
    with pytest.raises(OptionError, match="head mood has no label glad, sad; it has bad, good"):
        decompose_log_odds(tiny, tiny.score(["so", "no"]), "mood", ["glad", "sad"])
