"""Mistakes and disagreements, most confident first."""

from __future__ import annotations

import numpy as np

from stance.evaluation import mistakes
from stance.model.explanation.word_reasons import Reason
from stance.model.predictions import Predictions
from tests.helpers.outcomes import outcomes, true_labels


def test_the_most_confident_mistakes_come_first_and_each_comment_once() -> None:
    one = outcomes()
    found = mistakes.add_comments(mistakes.find_mistakes(one), one.texts, None, 2)
    assert len(found) == mistakes.MAX_MISTAKES
    assert [each["confidence"] for each in found] == sorted((each["confidence"] for each in found), reverse=True)
    for each in found:
        assert each["true"] != each["predicted"]
        assert true_labels(one)[each["row"] - 2] == each["true"]
        assert each["text"] == one.texts[each["row"] - 2]
    assert len({each["row"] for each in found}) == len(found)


def test_reasons_are_words_and_other_heads_with_the_probability_that_they_have() -> None:
    predictions = Predictions(
        {"china": ("against", "favor"), "stance": ("a", "b")},
        {"china": np.array([[0.2812, 0.7188]]), "stance": np.array([[0.4, 0.6]])},
        np.zeros(1, np.intp),
    )
    reasons = {("stance", 0): [Reason("great", 0.5), Reason("great, best", -0.25, "china", "favor")]}
    [found, other] = mistakes.add_reasons(
        [{"head": "stance", "row": 0}, {"head": "china", "row": 0}], reasons, predictions
    )
    assert found["reasons"] == [
        {"feature": "great", "weight": 0.5}, {"feature": "china: favor .72 ← great, best", "weight": -0.25},
    ]  # fmt: skip
    assert other["reasons"] == []


def test_comments_on_which_two_models_disagree_are_shown_with_both_labels() -> None:
    one = outcomes()
    other: list[str | None] = list(true_labels(one))
    found = mistakes.add_comments(mistakes.find_disagreements(one, {"china": other}), one.texts, ["x"] * 200, 2)
    assert found
    assert all(each["theirs"] == each["true"] != each["ours"] and each["id"] == "x" for each in found)
