"""Verdict."""

from __future__ import annotations

from stance.evaluation.report.verdict import comparison, verdict
from tests.helpers.made_up import head


def test_verdict_names_what_is_not_surely_better() -> None:
    said = verdict({"tone": head(), "mood": head(low=0.1)})
    assert "surely better than guessing the commonest label on tone, and not surely on mood." in said
    assert "on no head. On a scale" in verdict({"mood": head(low=0.1)})


def test_verdict_says_where_it_is_best_and_worst() -> None:
    said = verdict({"a": head(), "b": {**head(), "macro_f1": 0.4}, "c": {**head(), "macro_f1": 0.7}})
    assert said.endswith("it reaches 0.70 on c, its best, and 0.40 on b, its worst; guessing gets 0.30 and 0.30.")
    assert verdict({"a": head()}).endswith("it reaches 0.60 on a; guessing gets 0.30.")


def test_verdict_is_careful_with_few_comments() -> None:
    assert "say little" in verdict({"mood": {**head(), "n": 99}})
    assert "on no head" in verdict({"mood": {**head(), "n": 29}})


def test_comparison_puts_the_worse_first() -> None:
    worse = {"compared": {"surely_worse": 0.1, "difference_interval": [-0.3, -0.1]}}
    level = {"compared": {"surely_worse": 0.0, "difference_interval": [-0.3, 0.1]}}
    said = comparison({"a": level, "b": worse, "c": worse, "d": {}}, "the model old")
    assert (
        said == "Beside the model old it is surely worse on b and c, and neither surely better nor surely worse on a."
    )
    assert comparison({"d": {}}, "the model old") == ""
