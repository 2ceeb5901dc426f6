"""The words that move labels most are words, and are in enough comments."""

from __future__ import annotations

import pytest

from stance.evaluation.heavy_words import MIN_COMMENTS, SHOWN_WORDS, heavy_words
from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit

TEXTS = ["thank you all", "they lie again"] * 20 + ["thank you unicorn", "they lie crates"] * 2
LABELS = ["good", "bad"] * 22


@pytest.fixture(scope="module")
def model() -> Model:
    return fit(TEXTS, {"mood": LABELS}, {"mood": 10.0}, Settings(min_df=1))


def test_words_are_in_enough_comments_and_are_counted(model: Model) -> None:
    found = heavy_words(model, TEXTS, ["mood"])["mood"]
    assert set(found) == {"good", "bad"}
    for label, word in (("good", "thank"), ("bad", "lie")):
        by_name = {each["feature"]: each for each in found[label]}
        assert by_name[word]["comments"] == 22
        assert not {"unicorn", "crates"} & set(by_name)
        assert all(each["comments"] >= MIN_COMMENTS and each["weight"] > 0 for each in found[label])
        ranks = [each["weight"] * each["comments"] ** 0.5 for each in found[label]]
        assert ranks == sorted(ranks, reverse=True)
        assert len(ranks) <= SHOWN_WORDS


def test_parts_of_words_and_other_heads_are_left_out(model: Model) -> None:
    shown = [each["feature"] for words in heavy_words(model, TEXTS, ["mood"])["mood"].values() for each in words]
    assert not [name for name in shown if "~" in name or "_" in name or "log-odds" in name]


def test_few_comments_have_no_heavy_words(model: Model) -> None:
    assert heavy_words(model, TEXTS[:3], ["mood"]) == {"mood": {"bad": [], "good": []}}
