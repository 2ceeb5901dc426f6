"""One comment explained: words that add up, parts that add up, and what a terminal is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stance.errors import OptionError
from stance.model.explanation.explanation import explain
from stance.model.explanation.log_odds import CLIPPED, decompose_log_odds
from stance.model.model import Model
from tests.helpers.attitudes import HEADS, TEXTS


def test_the_attitude_is_taken_apart_as_far_as_it_goes(model: Model) -> None:
    assert model.attitudes is not None
    loud = replace(model.attitudes, numbers=model.attitudes.numbers * 40)
    texts = ["India lies and steals, what a shame", "thank you India, a true friend"]
    for each, limited in ((model, False), (Model(model.features, model.classifiers, loud), True)):
        proba = each.proba(texts).proba["india"]
        for row, parts in zip(proba, decompose_log_odds(each, texts, "india", "favor", "none"), strict=True):
            found = dict(parts)
            assert len(found) == len(parts)
            assert (CLIPPED in found) == limited
            assert {"(where india is named)", "names india"} <= found.keys()
            assert not any("by its words" in name for name in found)
            assert sum(found.values()) == pytest.approx(np.log(row[1] / row[2]), abs=1e-6)
    assert "T lies" in dict(decompose_log_odds(model, texts, "india", "favor", "none")[0])


def test_a_target_that_is_not_named_is_no_part(model: Model) -> None:
    [parts] = decompose_log_odds(model, ["a good day"], "india")
    assert not any("india" in name.lower() for name, _ in parts)


def test_decisions_are_those_of_the_model(model: Model) -> None:
    found = explain(model, TEXTS[0])
    assert [decision.head for decision in found.decisions] == list(HEADS)
    proba = model.proba([TEXTS[0]]).proba
    for decision in found.decisions:
        assert [decision.confidence, decision.other_confidence] == sorted(proba[decision.head][0])[:0:-1]
        assert decision.log_odds == pytest.approx(np.log(decision.confidence / decision.other_confidence), abs=1e-6)
        assert len(decision.words) == len(found.spans)
    assert [decision.head for decision in explain(model, TEXTS[0], ["mood", "us"]).decisions] == ["mood", "us"]
    with pytest.raises(OptionError, match="no head 'tone'; the model has us, india, mood"):
        explain(model, "so", ["us", "tone"])
