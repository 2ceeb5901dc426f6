"""Mistakes and disagreements, most confident first."""

from __future__ import annotations

from stance.evaluation import mistakes
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


def test_comments_on_which_two_models_disagree_are_shown_with_both_labels() -> None:
    one = outcomes()
    other: list[str | None] = list(true_labels(one))
    found = mistakes.add_comments(mistakes.find_disagreements(one, {"china": other}), one.texts, ["x"] * 200, 2)
    assert found
    assert all(each["theirs"] == each["true"] != each["ours"] and each["id"] == "x" for each in found)
