"""Reasons by words add up to the log-odds, and name words, not features."""

from __future__ import annotations

import numpy as np
import pytest

from stance.features.lexicon import Alias, Lexicon
from stance.model.explanation.log_odds import Contrast, score_contrasts
from stance.model.explanation.word_reasons import ALWAYS, NOT_NAMED, OTHERWISE, explain_by_words
from stance.model.persistence import load_model
from stance.settings import Settings
from stance.training.stacking import fit

TEXTS = [
    "India is great, but China lies; everyone knows it!",
    "Why would Russia stop? The US started it.",
    "thank you",
    "half \ud83d pair, İstanbul 中国万岁 China!!! ١٢٣",
    "China China CHINA, 'china'.",
]


@pytest.mark.parametrize("text", range(len(TEXTS)))
def test_reasons_add_up_to_the_log_odds(text: int) -> None:
    model = load_model()
    contrasts = [Contrast(head, text) for head in model.labels]
    contrasts += [Contrast("stance", text, "pro_us", "pro_india")]
    for contrast in contrasts:
        [reasons] = explain_by_words(model, TEXTS, [contrast]).values()
        log_odds, placed = score_contrasts(model, TEXTS, [contrast])
        [parts] = log_odds.decompose(placed)
        assert sum(each.weight for each in reasons) == pytest.approx(sum(weight for _, weight in parts), abs=1e-6)
        assert [abs(each.weight) for each in reasons] == sorted((abs(each.weight) for each in reasons), reverse=True)


def test_reasons_are_words_and_what_other_heads_make_of_them() -> None:
    model = load_model()
    reasons = explain_by_words(model, TEXTS, [Contrast("stance", 0)])["stance", 0]
    words = {"india", "is", "great", "but", "china", "lies", "everyone", "knows", "it"}
    assert {each.name for each in reasons if each.head is None} <= words | {ALWAYS, OTHERWISE}
    others = {each.head: each for each in reasons if each.head}
    assert set(others) == {"china", "russia", "us", "india", "pakistan"}
    assert others["russia"].name == NOT_NAMED
    assert others["china"].label == "against"
    assert "lies" in others["china"].name.split(", ")
    for each in reasons:
        assert not set("~_") & set(each.name)
        assert "log-odds" not in each.name


def test_a_head_of_a_country_says_that_it_is_not_named() -> None:
    reasons = explain_by_words(load_model(), TEXTS, [Contrast("pakistan", 0)])["pakistan", 0]
    assert reasons[0].name == "(pakistan is not named)"


def test_a_repeated_word_is_one_reason() -> None:
    reasons = explain_by_words(load_model(), TEXTS, [Contrast("china", 4)])["china", 4]
    assert [each.name for each in reasons].count("china") == 1


def test_a_target_whose_name_ends_as_that_of_another_one() -> None:
    rng, sides = np.random.default_rng(0), ("against", "favor", "none")
    lexicon = Lexicon((Alias("korea", "name", "korea"), Alias("south korea", "name", "seoul")), Lexicon.bundled().tones)
    texts = [f"{word} {name} {row}" for row, word in enumerate(("praise", "blame") * 20) for name in ("korea", "seoul")]
    labels = {"korea": rng.choice(sides, len(texts)), "south korea": rng.choice(sides, len(texts))}
    labels["mood"] = np.where(np.arange(len(texts)) % 4 < 2, "good", "bad")
    model = fit(texts, {head: cells.tolist() for head, cells in labels.items()}, dict.fromkeys(labels, 1.0),
                Settings(min_df=1), lexicon=lexicon)  # fmt: skip
    log_odds, [contrast] = score_contrasts(model, texts, [Contrast("mood", 0)])
    parts = log_odds.stacked_parts(0, "mood", *log_odds.codes(contrast))
    own = sum(weight for name, weight in parts if name.split(", ")[0] in {f"{side} korea" for side in sides})
    [reason] = [each for each in explain_by_words(model, texts, [contrast])["mood", 0] if each.head == "korea"]
    assert reason.weight == pytest.approx(own + dict(parts)["names korea"])
