"""Word weights."""

from __future__ import annotations

import pytest

from stance.model.explanation.log_odds import LogOdds, decompose_log_odds
from stance.model.explanation.part_names import ngram_names
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model
from tests.helpers.attitudes import HEADS, UNSEEN

ODD = "İstanbul: ΑΣ\u2003said that\tIndia lies; the U.S. of A!\nMODI... 🙂\x1b[31m no \ud83d \u202e"


@pytest.mark.parametrize("text", [*UNSEEN, ODD.replace("\n", " "), "x" * 300, "India " * 50, "a b c d, e."])
def test_words_share_what_stands_in_them(text: str, model: Model) -> None:
    assert model.attitude_model is not None
    scored, standing = model.score([text]), {*ngram_names(model), *model.attitude_model.names}
    shares = WordWeights(LogOdds(model, scored))
    for head in HEADS:
        [parts] = decompose_log_odds(model, scored, head, model.labels[head][1], model.labels[head][0])
        expected = sum(weight for name, weight in parts if name in standing)
        assert shares.of(head, 1, 0).sum() == pytest.approx(expected, abs=1e-6)
    assert [text[low:high] for low, high in shares.spans] == text.split()


def test_a_word_gets_what_it_adds(model: Model) -> None:
    text = "yesterday they cheat, but thank you"
    shares = WordWeights(LogOdds(model, model.score([text]))).of(
        "mood", model.labels["mood"].index("glad"), model.labels["mood"].index("cross")
    )
    words = dict(zip(text.split(), shares.tolist(), strict=True))
    assert words["thank"] > 0 > words["cheat,"]
    assert min(words["thank"], -words["cheat,"]) > abs(words["yesterday"])


def test_a_name_of_two_words_and_its_neighbours_get_what_is_said_of_it(model: Model) -> None:
    text = "we trust the United States of America"
    weights = WordWeights(LogOdds(model, model.score([text]))).of("us", 1, 0).tolist()
    words = dict(zip(text.split(), weights, strict=True))
    assert words["trust"] > 0
    assert words["United"] != 0 != words["States"]
