"""Comparison, mistakes, slices, the cross table."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from stance.evaluation import measures, mistakes
from stance.evaluation.outcomes import Outcomes
from stance.features.lexicon import Lexicon
from stance.model.predictions import Predictions
from tests.helpers.outcomes import NAMES, outcomes, true_labels


def scores(one: Outcomes) -> dict[str, Any]:
    return measures.score_heads(one, {"china": {"none": 3, "favor": 1, "against": 1}}, {}, Lexicon.bundled())["china"]


def ours(one: Outcomes) -> list[str | None]:
    return [NAMES[code] for code in one.heads["china"].predicted]


def test_a_model_is_no_worse_than_itself() -> None:
    one = outcomes()
    found = measures.compare_heads(one, {"china": ours(one), "tone": []})["china"]
    assert (found["difference"], found["difference_interval"]) == (0, [0, 0])
    assert found["worse"] == found["significantly_worse"] == found["surely_worse"] == 0
    assert found["n"] == 200
    assert mistakes.find_disagreements(one, {"china": ours(one)}) == []


def test_compared_with_the_truth_a_model_is_significantly_worse() -> None:
    one = outcomes()
    found = measures.compare_heads(one, {"china": true_labels(one)})["china"]
    assert found["macro_f1"] == 1
    assert 0 < found["significantly_worse"] < found["worse"] == pytest.approx(-found["difference"])
    assert found["significantly_worse"] == found["surely_worse"] == pytest.approx(-found["difference_interval"][1])


def test_comments_that_the_other_did_not_label_are_left_out() -> None:
    one = outcomes()
    other: list[str | None] = [None, *ours(one)[1:]]
    assert measures.compare_heads(one, {"china": other})["china"]["n"] == 199


def test_a_label_that_only_the_other_knows_is_counted_as_wrong() -> None:
    one = outcomes()
    found = measures.compare_heads(one, {"china": ["mixed"] * 200})["china"]
    assert found["macro_f1"] == 0
    assert found["n"] == 200


def test_slices_are_those_of_length_names_and_columns() -> None:
    one = outcomes(400)
    found = measures.score_slices(one, Lexicon.bundled(), {"site": ["a", "b"] * 200})
    assert {(each["by"], each["value"], each["n"]) for each in found} >= {
        ("names", "china", 200), ("names", "no country", 200), ("site", "a", 200), ("site", "b", 200),
    }  # fmt: skip
    assert {each["by"] for each in found} == {"length", "names", "site"}
    assert all(set(each["heads"]) == {"china"} for each in found)


def test_stance_by_tone_counts_true_and_predicted_labels() -> None:
    texts = ["a", "b", "c", "d"]
    labels = {"stance": ["pro_us", "none", "none", ""], "tone": ["negative", "negative", "positive", "neutral"]}
    predictions = Predictions(
        {"stance": ("none", "pro_us"), "tone": ("negative", "neutral", "positive")},
        {"stance": np.array([[0.1, 0.9]] * 4), "tone": np.array([[0.8, 0.1, 0.1]] * 4)},
        np.array([0, 0, 0, 0]),
    )
    found = measures.cross_tabulate(Outcomes.of(texts, labels, None, predictions, 0))
    assert found is not None
    assert (found["row_labels"], found["column_labels"]) == (["none", "pro_us"], ["negative", "neutral", "positive"])
    assert found["true"] == [[1, 0, 1], [1, 0, 0]]
    assert found["predicted"] == [[0, 0, 0], [3, 0, 0]]
    assert measures.cross_tabulate(outcomes()) is None


@pytest.mark.parametrize("rows", [1, 2, 10, 29, 30, 61])
def test_few_comments_are_measured_all_the_same(rows: int) -> None:
    one = outcomes(rows)
    assert 0 <= scores(one)["macro_f1"] <= 1
    assert measures.compare_heads(one, {"china": ours(one)})["china"]["worse"] == 0
    measures.score_slices(one, Lexicon.bundled(), {})
    mistakes.find_mistakes(one)


def test_one_article_is_no_reason_to_resample_by_article() -> None:
    assert outcomes(50, ["a"] * 50).groups is None
    assert outcomes(50, ["a", "b"] * 25).groups is not None


def test_a_model_that_gives_one_label_is_measured() -> None:
    texts, labels = ["China"] * 60, {"china": ["favor"] * 30 + ["none"] * 30}
    predictions = Predictions({"china": NAMES}, {"china": np.array([[0.1, 0.1, 0.8]] * 60)}, np.zeros(60, np.intp))
    found = scores(Outcomes.of(texts, labels, None, predictions, 0))
    assert found["macro_f1"] == pytest.approx(1 / 3, abs=1e-6)
    assert set(found["labels"]) == {"favor", "none"}


def test_a_label_never_seen_in_training_counts_against_the_model() -> None:
    texts, labels = ["China"] * 60, {"china": ["mixed"] * 30 + ["none"] * 30}
    predictions = Predictions({"china": NAMES}, {"china": np.array([[0.1, 0.1, 0.8]] * 60)}, np.zeros(60, np.intp))
    found = scores(Outcomes.of(texts, labels, None, predictions, 0))
    assert found["labels"]["mixed"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 30}


def test_many_rows_in_many_articles_take_no_minute() -> None:
    one = outcomes(20_000, [f"article {row // 3}" for row in range(20_000)])
    start = time.thread_time()
    scores(one)
    measures.score_slices(one, Lexicon.bundled(), {})
    assert time.thread_time() - start < 60
