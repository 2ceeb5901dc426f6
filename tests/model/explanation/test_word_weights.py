"""Word weights."""

from __future__ import annotations

import pytest

from stance.model.explanation.log_odds import decompose_log_odds, ngram_names
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model
from tests.helpers.attitudes import HEADS, UNSEEN

ODD = "İstanbul: ΑΣ\u2003said that\tIndia lies; the U.S. of A!\nMODI... 🙂\x1b[31m no \ud83d \u202e"


@pytest.mark.parametrize("text", [*UNSEEN, ODD.replace("\n", " "), "x" * 300, "India " * 50, "a b c d, e."])
def test_words_share_what_stands_in_them(text: str, model: Model) -> None:
    assert model.attitudes is not None
    shares, standing = WordWeights(model, text), {*ngram_names(model), *model.attitudes.names}
    for head in HEADS:
        [parts] = decompose_log_odds(model, [text], head, model.labels[head][1], model.labels[head][0])
        expected = sum(weight for name, weight in parts if name in standing)
        assert shares.of(head, 1, 0).sum() == pytest.approx(expected, abs=1e-6)
    assert [text[low:high] for low, high in shares.spans] == text.split()


def test_a_word_gets_what_it_adds(model: Model) -> None:
    text = "yesterday they cheat, but thank you"
    shares = WordWeights(model, text).of(
        "mood", model.labels["mood"].index("glad"), model.labels["mood"].index("cross")
    )
    words = dict(zip(text.split(), shares.tolist(), strict=True))
    assert words["thank"] > 0 > words["cheat,"]
    assert min(words["thank"], -words["cheat,"]) > abs(words["yesterday"])


def test_a_name_of_two_words_and_its_neighbours_get_what_is_said_of_it(model: Model) -> None:
    text = "we trust the United States of America"
    words = dict(zip(text.split(), WordWeights(model, text).of("us", 1, 0).tolist(), strict=True))
    assert words["trust"] > 0
    assert words["United"] != 0 != words["States"]
