"""The verdict names where the model is significantly better or worse, and by which scores."""

from __future__ import annotations

from stance.evaluation.report.verdict import describe_comparison, describe_scores
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
