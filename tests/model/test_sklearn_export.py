"""The model as a scikit-learn pipeline."""

from __future__ import annotations

from pathlib import Path

import joblib
import numpy as np
import pytest

import stance
from stance.errors import OptionError
from stance.model.model import Model
from stance.model.sklearn_export import to_pipeline
from stance.workflow.export import export
from tests.helpers.attitudes import UNSEEN

COMMENTS = ["a good word", "they lie, they lie", "", "nothing known here: zzzz"]


@pytest.mark.parametrize("head", ["us", "india", "mood"])
def test_pipeline_of_one_head_equals_the_model(head: str, model: Model) -> None:
    heated = model.with_temperatures({"us": 1.3, "india": 0.7, "mood": 2.1})
    expected = heated.proba(UNSEEN).proba[head]
    np.testing.assert_allclose(to_pipeline(heated, head).predict_proba(UNSEEN), expected, atol=1e-6)


def test_pipeline_of_all_heads_equals_the_model(model: Model) -> None:
    expected = model.proba(UNSEEN).proba
    for head, proba in zip(expected, to_pipeline(model).predict_proba(UNSEEN), strict=True):
        np.testing.assert_allclose(proba, expected[head], atol=1e-6)


def test_exported_pipeline_has_the_same_probabilities(model_folder: Path, tmp_path: Path) -> None:
    export(str(tmp_path / "all.joblib"), model=str(model_folder))
    export(str(tmp_path / "one.joblib"), model=str(model_folder), head="mood")
    ours = stance.load(model_folder).proba(COMMENTS).proba
    every = joblib.load(tmp_path / "all.joblib")
    for head, proba in zip(ours, every.predict_proba(COMMENTS), strict=True):
        np.testing.assert_allclose(proba, ours[head], atol=1e-6)
    assert every.predict(COMMENTS).shape == (len(COMMENTS), 2)
    np.testing.assert_allclose(joblib.load(tmp_path / "one.joblib").predict_proba(COMMENTS), ours["mood"], atol=1e-6)


def test_export_of_an_unknown_head(model_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no head 'tone'; the model has mood, port"):
        export(str(tmp_path / "a.joblib"), model=str(model_folder), head="tone")
    assert list(tmp_path.iterdir()) == []
