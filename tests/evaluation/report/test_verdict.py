"""The verdict names where the model is significantly better or worse, and by which scores."""

from __future__ import annotations

from typing import Any

import pytest

from stance.evaluation.report.verdict import (
    describe_cautions,
    describe_comparison,
    describe_fitness,
    describe_overlap,
    describe_precision,
    describe_resampling,
    describe_scores,
    is_significantly_better,
)
from tests.helpers.made_up import head

MAJORITY = "the majority class (always guessing the most frequent label)"


def test_verdict_names_what_is_not_significantly_better() -> None:
    text = describe_scores({"tone": head(), "mood": head(low=0.1)})
    assert f"significantly better than {MAJORITY} on tone, but not on mood." in text
    text = describe_scores({"mood": head(low=0.1)})
    assert text.startswith(f"The model is not significantly better than {MAJORITY} on any head. Macro F1")


def test_verdict_says_where_it_is_best_and_worst() -> None:
    text = describe_scores({"a": head(), "b": {**head(), "macro_f1": 0.4}, "c": {**head(), "macro_f1": 0.7}})
    best, worst = "c, 0.70 (majority class: 0.30)", "b, 0.40 (majority class: 0.30)"
    assert text.endswith(f"Macro F1 (1 is perfect) is highest on {best}, and lowest on {worst}.")
    text = describe_scores({"a": head()})
    assert text.endswith("Macro F1 (1 is perfect) on a is 0.60 (majority class: 0.30).")


def test_verdict_is_careful_with_few_comments() -> None:
    assert "too uncertain to quote" in describe_scores({"mood": {**head(), "n": 99}})
    assert "not significantly better" in describe_scores({"mood": {**head(), "n": 29}})


def test_comparison_puts_the_worse_first() -> None:
    worse = {"compared": {"significantly_worse": 0.1, "difference_interval": [-0.3, -0.1]}}
    level = {"compared": {"significantly_worse": 0.0, "difference_interval": [-0.3, 0.1]}}
    text = describe_comparison({"a": level, "b": worse, "c": worse, "d": {}}, "the model old")
    assert text == (
        "Compared with the model old, it is significantly worse on b and c, and not significantly different on a."
    )
    assert describe_comparison({"d": {}}, "the model old") == ""


@pytest.mark.parametrize(("n", "groups"), [(29, 29), (1000, 19), (1000, 2), (1, 1)])
def test_nothing_is_better_on_few_comments_or_articles_and_it_is_said_why(n: int, groups: int) -> None:
    scores = {**head(), "n": n, "groups": groups}
    assert not is_significantly_better(scores)
    assert "not significantly better" in describe_scores({"mood": scores})
    assert "too few to call a difference significant" in " ".join(describe_cautions({"mood": scores}))
    compared = {**head()["compared"], "n": n, "groups": groups, "difference_interval": [0.1, 0.2]}
    text = describe_comparison({"mood": {"compared": compared}}, "the model old")
    assert text.startswith("Compared with the model old, it is not significantly different on mood (only ")


def test_rare_labels_are_named() -> None:
    scores = head(("a", "b"))
    scores["labels"]["b"]["support"] = 4
    [caution] = describe_cautions({"mood": scores})
    assert caution == "Rare labels make macro F1 uncertain: b of mood has 4 comments (label 10 or more)."
    many = head(tuple(f"label {place}" for place in range(20)))
    for label in many["labels"].values():
        label["support"] = 1
    assert "and 15 more" in describe_cautions({"mood": many})[0]
    assert describe_cautions({"mood": head()}) == []


def test_nothing_to_score_is_said() -> None:
    empty = {**head(), "n": 0, "labels": {}}
    assert describe_scores({"mood": empty}) == "Nothing to score on mood (n = 0)."
    assert "mood" not in describe_scores({"tone": head(), "mood": empty})
    assert describe_cautions({"mood": empty})[0].startswith("Nothing to score on mood (n = 0)")
    assert "Nothing to compare" in describe_comparison({"mood": {"compared": {**head()["compared"], "n": 0}}}, "it")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ({"rows": 300, "articles": 30, "groups": 30, "near_copies": 0}, "resample 30 articles."),
        ({"rows": 300, "articles": None, "groups": 300, "near_copies": 0}, "resample 300 comments."),
        (
            {"rows": 300, "articles": None, "groups": 150, "near_copies": 150},
            "150 different comments; 150 comments nearly",
        ),
    ],
)
def test_it_is_said_what_is_resampled(data: dict[str, int | None], text: str) -> None:
    assert text in describe_resampling(data)


@pytest.mark.parametrize(
    ("low", "word"), [(0.8, "with the interval: a"), (0.7, "tentative"), (0.66, "Not good enough")]
)
def test_heads_are_fit_to_publish_by_the_lower_end_of_the_interval(low: float, word: str) -> None:
    assert word in describe_fitness({"a": head(low=low)})
    assert "Not good enough" in describe_fitness({"a": {**head(low=low), "groups": 5}})


def test_of_a_hundred_called_so_is_the_precision_in_words() -> None:
    scores = {"n": 100, "labels": {"a": {}, "b": {}}, "confusion": [[45, 0], [5, 50]]}
    found = describe_precision(scores)
    assert found["b"] == (100, 93, 100)
    assert found["a"] is not None
    few = describe_precision({**scores, "effective_rows": 10.0})["a"]
    assert few is not None
    assert few[0] == found["a"][0] == 90
    assert few[1] < found["a"][1]
    assert describe_precision({**scores, "confusion": [[0, 50], [0, 50]]})["a"] is None


def test_scores_far_above_the_held_out_ones_betray_training_comments() -> None:
    found = {"mood": {**head(), "accuracy_interval": [0.97, 1.0]}}
    assert "were these among its training comments?" in describe_overlap(
        found, {"mood": {"accuracy_interval": [0.7, 0.8]}}
    )
    unknown: list[Any] = [None, {}, {"mood": 1}, {"mood": {}}, {"mood": {"accuracy_interval": [0.9, 0.98]}}]
    for held_out in unknown:
        assert describe_overlap(found, held_out) == ""
