"""One comment explained: words that add up, parts that add up, and what a terminal is shown."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stance.errors import OptionError
from stance.features.kernels import contexts, tfidf, vocabulary
from stance.model import attitude_model
from stance.model.explanation import word_weights
from stance.model.explanation.explanation import explain
from stance.model.explanation.log_odds import Contrast, decompose_log_odds, score_contrasts
from stance.model.explanation.part_names import CLIPPED
from stance.model.model import Model
from tests.helpers.attitudes import HEADS, TEXTS

MAX_PASSES = 4  # n-grams, attitudes, where context features occur, where tokens begin and end


def count_passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note from now on the name of each kernel that reads texts, once a call."""
    passes: list[str] = []
    running: list[str] = []  # where the loops are not compiled, one kernel calls another

    def counted(name: str, kernel: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            if not running:
                passes.append(name)
            running.append(name)
            try:
                return kernel(*arguments)
            finally:
                running.pop()

        return call

    for module in (attitude_model, contexts, tfidf, vocabulary, word_weights):
        for name, kernel in list(vars(module).items()):
            function = getattr(kernel, "py_func", kernel)
            if inspect.isfunction(function) and next(iter(inspect.signature(function).parameters), "") == "raw":
                monkeypatch.setattr(module, name, counted(name, kernel))
    return passes


def test_a_text_is_read_few_times_to_be_explained(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    explain(model, TEXTS[0])  # compiles what is needed
    passes = count_passes(monkeypatch)
    assert len(explain(model, TEXTS[0]).decisions) == len(HEADS)
    assert len(passes) <= MAX_PASSES, passes
    assert {"score", "score_attitudes", "extract_examples", "read_tokens"} == set(passes)


def test_many_rows_of_many_heads_are_read_at_once(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    contrasts = [Contrast(head, row) for head in HEADS for row in (3, 0, 7)] + [Contrast("us", 1, "favor", "none")]
    expected = {
        (head, row): decompose_log_odds(model, model.score([TEXTS[row]]), head, chosen, other)[0]
        for head, row, chosen, other in contrasts
    }
    passes = count_passes(monkeypatch)
    log_odds, placed = score_contrasts(model, TEXTS, contrasts)
    parts_of = log_odds.decompose(placed)
    found = {(each.head, each.row): parts for each, parts in zip(contrasts, parts_of, strict=True)}
    assert len(passes) < MAX_PASSES, passes
    assert found.keys() == expected.keys()
    for key, parts in found.items():
        assert [name for name, _ in parts] == [name for name, _ in expected[key]]
        np.testing.assert_allclose([weight for _, weight in parts], [weight for _, weight in expected[key]], atol=1e-9)
    nothing, none = score_contrasts(model, TEXTS, [])
    assert nothing.decompose(none) == []


def test_the_attitude_is_taken_apart_as_far_as_it_goes(model: Model) -> None:
    assert model.attitude_model is not None
    loud = replace(model.attitude_model, numbers=model.attitude_model.numbers * 40)
    texts = ["India lies and steals, what a shame", "thank you India, a true friend"]
    for each, limited in ((model, False), (Model(model.features, model.classifiers, loud), True)):
        proba = each.proba(texts).proba["india"]
        found_in = decompose_log_odds(each, each.score(texts), "india", "favor", "none")
        for row, parts in zip(proba, found_in, strict=True):
            found = dict(parts)
            assert len(found) == len(parts)
            assert (CLIPPED in found) == limited
            assert {"(where india is named)", "names india"} <= found.keys()
            assert not any("by its words" in name for name in found)
            assert sum(found.values()) == pytest.approx(np.log(row[1] / row[2]), abs=1e-6)
    assert "T lies" in dict(decompose_log_odds(model, model.score(texts), "india", "favor", "none")[0])


def test_a_target_that_is_not_named_is_no_part(model: Model) -> None:
    [parts] = decompose_log_odds(model, model.score(["a good day"]), "india")
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


@pytest.mark.parametrize("text", ["Iran lies and we hate Iran, they lie", "They help Iran", "they lie and they lie"])
def test_a_target_without_a_head_is_explained_too(text: str, model: Model) -> None:
    explanation = explain(model, text, heads=["mood"], targets=["IRAN"])
    assert [decision.head for decision in explanation.decisions] == ["mood", "iran"]
    decision = explanation.decisions[1]
    proba = model.proba([text], targets=["iran"]).proba["iran"][0]
    assert decision.confidence == proba.max() != decision.other_confidence
    assert decision.log_odds == pytest.approx(np.log(decision.confidence / decision.other_confidence), abs=1e-6)
    assert len(decision.words) == len(explanation.spans)
    if "Iran" in text:
        assert any(decision.words)
    else:
        assert [name for name, _ in decision.parts] == ["(where iran is not named)"]


def test_targets_that_cannot_be_explained(model: Model) -> None:
    for target in ("mars", "us", "US"):
        with pytest.raises(OptionError, match=r"no target mars|has a head us already"):
            explain(model, "they lie", targets=[target])
