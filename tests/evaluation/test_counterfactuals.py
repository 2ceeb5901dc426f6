"""Targets swapped: the audit counts the labels that follow."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from stance.errors import OptionError
from stance.evaluation.counterfactuals import SwapAudit, audit, score_bare_names
from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit
from tests.helpers.targets import SAID

LABELS = ["favor", "against", "favor", "against", "none"]


@pytest.fixture(scope="module")
def model() -> Model:
    spoken = {"china": "China", "india": "India", "russia": "Russia"}
    rows = [(template.format(name), target, label) for template, label in zip(SAID, LABELS, strict=True)
            for target, name in spoken.items()]  # fmt: skip
    texts = [text for text, _, _ in rows] * 4
    labels = {each: [label if target == each else "none" for _, target, label in rows] * 4 for each in spoken}
    return fit(texts, labels, dict.fromkeys(spoken, 10.0), Settings(min_df=1))


def test_audit_counts_what_follows(model: Model) -> None:
    texts = ["we love China", "India lies again", "nobody here"]
    found = audit(model, texts, confidence=0.4)
    assert set(found.pairs) == set(permutations(model.labels, 2))
    assert (found.labels, found.tried, found.opinions) == (2, 4, 4)
    assert sum(tried for tried, _ in found.pairs.values()) == found.tried
    assert found.share == found.share_of_opinions == sum(along for _, along in found.pairs.values()) / found.tried
    assert found.pairs["russia", "china"] == (0, 0)


def test_audit_agrees_with_the_labels_of_the_model(model: Model) -> None:
    codes = model.proba(["we love China", "we love India", "we love Russia"]).codes
    same = [codes[target][row] == codes["china"][0] for row, target in ((1, "india"), (2, "russia"))]
    found = audit(model, ["we love China"], confidence=0.0)
    assert [found.pairs["china", other] for other in ("india", "russia")] == [(1, int(each)) for each in same]


def test_audit_of_a_sample_is_the_same_each_time(model: Model) -> None:
    texts = [template.format(name) for template in SAID for name in ("China", "Moscow", "India")]
    assert audit(model, texts, 0.4, max_texts=6) == audit(model, texts, 0.4, max_texts=6)
    assert audit(model, texts, 0.4, max_texts=6).labels <= 6


def test_audit_of_nothing(model: Model) -> None:
    found = audit(model, ["nobody here"])
    assert isinstance(found, SwapAudit)
    assert found.tried == 0 and np.isnan([found.share, found.share_of_opinions]).all()


def test_bare_names(model: Model) -> None:
    found = score_bare_names(model)
    assert list(found) == list(found["china"]) == ["china", "india", "russia"]
    assert sum(found["russia"]["india"].values()) == pytest.approx(1)
    proba = model.proba(["Russia"]).proba["china"][0]
    assert list(found["russia"]["china"].values()) == pytest.approx(proba.tolist())


def test_a_model_without_targets() -> None:
    model = fit(["we love it", "they lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    with pytest.raises(OptionError, match=r"fewer than two heads that are targets"):
        audit(model, ["we love it"])
    with pytest.raises(OptionError, match=r"fewer than two heads that are targets"):
        score_bare_names(model)
