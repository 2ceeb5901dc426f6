"""The classifier is scikit-learn's; the model keeps rows, labels and statuses together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from stance.errors import OptionError
from stance.features.lexicon import Lexicon
from stance.features.vectorizer import Vectorizer
from stance.settings import Settings
from stance.training.stacking import fit
from tests.conftest import ROWS

TEXTS = [row[2] for row in ROWS]
TWO = [row[3] for row in ROWS]
THREE = [row[1] if row[1] != "d" else "c" for row in ROWS]
UNSEEN = ["a good word", "they lie, they lie", "", "nothing known here: zzzz"]


@pytest.mark.parametrize("labels", [TWO, THREE], ids=["two labels", "three labels"])
def test_probabilities_equal_those_of_scikit_learn(labels: list[str]) -> None:
    settings = Settings(min_df=1)
    model = fit(TEXTS, {"mood": labels}, {"mood": 3.0}, settings)
    vectorizer = Vectorizer.of(settings).fit(TEXTS)
    weights = {label: (len(labels) / (len(set(labels)) * labels.count(label))) ** 0.5 for label in set(labels)}
    regression = LogisticRegression(solver="newton-cg", C=3.0, class_weight=weights, max_iter=1000)
    regression.fit(vectorizer.transform(TEXTS), labels)
    expected = regression.predict_proba(vectorizer.transform(UNSEEN))
    np.testing.assert_allclose(model.proba(UNSEEN).proba["mood"], expected, atol=1e-3)  # weights are rounded to 16 bits
    assert model.labels["mood"] == tuple(regression.classes_)


def test_predict_gives_the_columns_of_the_command_line() -> None:
    model = fit(TEXTS, {"mood": TWO, "port": THREE}, {"mood": 1.0, "port": 1.0}, Settings(min_df=1))
    table = model.predict(UNSEEN, probabilities=True)
    assert list(table) == [
        "text", "mood", "mood_confidence", "mood_p_bad", "mood_p_good",
        "port", "port_confidence", "port_p_a", "port_p_b", "port_p_c", "status",
    ]  # fmt: skip
    assert table["status"].tolist() == ["ok", "ok", "empty", "ok"]
    assert table["mood"].isna().tolist() == [False, False, True, False]
    assert table["mood_confidence"].isna().tolist() == [False, False, True, False]
    assert table["mood_confidence"].equals(table[["mood_p_bad", "mood_p_good"]].max(axis=1))


def test_no_comments() -> None:
    model = fit(TEXTS, {"mood": TWO}, {"mood": 1.0}, Settings(min_df=1))
    assert model.predict([]).shape == (0, 4)


def test_a_pandas_column_with_gaps() -> None:
    model = fit(TEXTS, {"mood": TWO}, {"mood": 1.0}, Settings(min_df=1))
    table = model.predict(pd.Series(["a good word", None, float("nan"), "they lie"], index=[7, 8, 9, 10]))
    assert table["status"].tolist() == ["ok", "empty", "empty", "ok"]
    assert table.index.tolist() == [7, 8, 9, 10]
    with pytest.raises(TypeError, match="one string"):
        model.predict("they lie")


def test_scoring_reads_no_lexicon_that_it_does_not_need(monkeypatch: pytest.MonkeyPatch) -> None:
    model = fit(TEXTS, {"mood": TWO}, {"mood": 1.0}, Settings(min_df=1))

    def refuse() -> Lexicon:
        raise AssertionError("read")

    monkeypatch.setattr(Lexicon, "bundled", refuse)
    assert len(model.proba(TEXTS).status) == len(TEXTS)


def test_predict_takes_what_the_command_line_takes() -> None:
    texts = ["We trust Iran and thank Iran", "Iran lies, we hate Iran", "a port opens today"]
    attitudes = [f"{text} {n}" for n in range(4) for text in ("we trust China", "China lies", "ships sail from China")]
    model = fit(attitudes, {"china": ["favor", "against", "none"] * 4}, {"china": 10.0}, Settings(min_df=2))
    table = model.predict(texts, targets=["Iran"], explain=2, min_confidence=0.4)
    assert [name for name in table if str(name).startswith("iran")] == ["iran", "iran_confidence", "iran_reasons"]
    expected = model.proba(texts, targets=["iran"]).abstain_below(0.4)
    assert table["iran"].astype(object).where(table["iran"].notna(), None).tolist() == expected.label("iran")
    assert table["status"].tolist() == expected.columns([])["status"]
    assert table["china_reasons"].notna().tolist() == table["china"].notna().tolist()
    assert model.predict(texts, min_confidence=1.0)["china"].isna().all()
    for wrong in ({"min_confidence": 1.1}, {"explain": -1}, {"targets": ["mars"]}, {"targets": ["CHINA"]}):
        with pytest.raises(OptionError):
            model.predict(texts, **wrong)


def test_the_text_of_a_model_is_one_line() -> None:
    model = fit(TEXTS, {"mood": TWO, "port": THREE}, {"mood": 1.0, "port": 1.0}, Settings(min_df=1))
    assert repr(model).startswith("Model(heads: mood (2 labels), port (3 labels); ")
    assert f"{len(model.features):,} features" in repr(model)
    assert "\n" not in repr(model)
    assert len(repr(model)) < 200
