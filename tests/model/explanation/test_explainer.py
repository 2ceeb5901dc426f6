"""Reasons by the table: the largest parts of every row, named as in the full list, as text."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stance.model.explanation.explainer import Explainer
from stance.model.explanation.log_odds import top_two
from stance.model.explanation.part_names import INTERCEPT, ngram_names, stacked_names
from stance.model.model import Model
from stance.settings import Settings
from stance.training.stacking import fit
from stance.workflow.batch.scoring import score_tables
from stance.workflow.options import PredictOptions
from stance.workflow.prediction_table import append_predictions
from tests.conftest import Cli, write_csv
from tests.helpers.attitudes import HEADS, STRENGTHS, TEXTS, UNSEEN

EVERY = 10_000  # more parts than any of these texts has
PART = re.compile(r"(.+?) ([+-]\d+\.\d\d)(?:; |$)")


@pytest.fixture(scope="module")
def model() -> Model:
    heated = {"us": 1.3, "india": 0.7, "mood": 2.1}
    return fit(TEXTS, HEADS, STRENGTHS, Settings(min_df=2), tone_heads=["mood"]).with_temperatures(heated)


def parts_of(text: str | None) -> list[tuple[str, float]]:
    found = PART.findall(text or "")
    assert "; ".join(f"{name} {weight}" for name, weight in found) == (text or "")
    return [(name, float(weight)) for name, weight in found]


def log_odds(proba: np.ndarray) -> list[float]:
    best = np.sort(proba, axis=1)
    return [float(odds) for odds in np.log(best[:, -1] / best[:, -2])]


def plain_parts(model: Model, text: str, head: str) -> dict[str, float]:
    """All parts, from the matrix of features: nothing of it from the loops that find the largest."""
    classifier, (one, two) = model.classifiers[head], top_two(model.proba([text]).proba[head])
    _, columns, values = model.features.matrix([text])
    names = [*(ngram_names(model)[column] for column in columns), *stacked_names(model, head), INTERCEPT]
    assert classifier.stacked_weights is not None
    every = np.hstack([classifier.weights[:, columns], classifier.stacked_weights, classifier.bias[:, None]])
    features = np.concatenate([values, model.stacked_features([text])[head][0], [1.0]])
    parts = features * (every[one[0]] - every[two[0]]).astype(float) / classifier.temperature
    return dict(zip(names, parts.tolist(), strict=True))


def test_all_parts_together_are_those_of_the_matrix(model: Model) -> None:
    predictions = Explainer(model, EVERY).proba([*TEXTS, *UNSEEN])
    for row, text in enumerate([*TEXTS, *UNSEEN]):
        for head in HEADS:
            expected = {name: weight for name, weight in plain_parts(model, text, head).items() if weight}
            found = dict(parts_of(predictions.reasons[head].to_list()[row]))
            assert found.keys() == expected.keys()
            for name, weight in found.items():
                assert weight == pytest.approx(expected[name], abs=0.0051)


@pytest.mark.parametrize("most", [1, 5, 50])
def test_the_largest_are_the_first_of_all(most: int, model: Model) -> None:
    whole, some = Explainer(model, EVERY).proba(UNSEEN), Explainer(model, most).proba(UNSEEN, n_threads=2)
    for head in HEADS:
        for every, largest in zip(whole.reasons[head].to_list(), some.reasons[head].to_list(), strict=True):
            assert parts_of(largest) == parts_of(every)[:most]
            sizes = [abs(weight) for _, weight in parts_of(every)]
            assert sizes == sorted(sizes, reverse=True)


def test_it_scores_as_the_model_does(model: Model) -> None:
    ours, theirs = Explainer(model, 3).proba(UNSEEN, targets=["iran"]), model.proba(UNSEEN, targets=["iran"])
    assert list(ours.reasons) == list(ours.proba) == ["us", "india", "mood", "iran"]
    for head, proba in theirs.proba.items():
        np.testing.assert_array_equal(ours.proba[head], proba)
    np.testing.assert_array_equal(ours.status, theirs.status)
    assert Explainer(model, 3).proba([]).reasons["us"].to_list() == []


def test_more_targets_are_explained_by_the_words_around_their_names(model: Model) -> None:
    texts = [text.replace("India", "Iran") for text in TEXTS] + ["a good day"]
    predictions = Explainer(model, EVERY).proba(texts, targets=["iran"])
    for reason, odds in zip(predictions.reasons["iran"].to_list(), log_odds(predictions.proba["iran"]), strict=True):
        assert sum(weight for _, weight in parts_of(reason)) == pytest.approx(odds, abs=0.3)  # all are rounded
    lies = dict(parts_of(predictions.reasons["iran"].to_list()[1]))
    assert {"T lies", "(where iran is named)", "bad words behind T"} <= lies.keys()
    assert [name for name, _ in parts_of(predictions.reasons["iran"].to_list()[-1])] == ["(where iran is not named)"]
    few = Explainer(model, 2).proba(texts, targets=["iran"]).reasons["iran"].to_list()
    assert [parts_of(row)[:2] for row in predictions.reasons["iran"].to_list()] == [parts_of(row) for row in few]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_can_be_explained(model: Model, texts: list[str]) -> None:
    for reasons in Explainer(model, 4).proba(texts, targets=["iran"]).reasons.values():
        assert all(1 <= len(parts_of(row)) <= 4 for row in reasons.to_list())


def test_names_cannot_be_taken_for_two_parts() -> None:
    texts = ["so; +1.00 no", "so; +1.00 yes"] * 2
    model = fit(texts, {"a;b": ["x", "y"] * 2}, {"a;b": 1.0}, Settings(min_df=1))
    [reason] = Explainer(model, EVERY).proba(["so; yes"]).reasons["a;b"].to_list()
    assert reason is not None
    assert "~o\\x3b" in reason or "so\\x3b" in reason
    assert len(reason.split(";")) == len(parts_of(reason))


def test_names_that_cannot_be_shown_are_written_as_escapes() -> None:
    texts = [text.replace("steals", "\ud83d\x1b").replace("trust", "\ud83d") for text in TEXTS]
    odd = fit(texts, HEADS, STRENGTHS, Settings(min_df=1))
    predictions = Explainer(odd, EVERY).proba(["Iran lies and \ud83d\x1b"], targets=["iran"])
    [reason] = predictions.reasons["iran"].to_list()
    assert "clause: \\ud83d" in dict(parts_of(reason))
    assert "\\ud83d~" in dict(parts_of(predictions.reasons["us"].to_list()[0]))
    assert all(
        text is not None and text.isprintable()
        for reasons in predictions.reasons.values()
        for text in reasons.to_list()
    )


def test_a_very_large_weight_is_written_out(model: Model) -> None:
    loud = replace(model.classifiers["mood"], bias=np.array([-1e30, 123456.789, 0], np.float32))
    predictions = Explainer(Model(model.features, model.classifiers | {"mood": loud}, model.attitude_model), 1).proba(
        ["so"]
    )
    assert predictions.reasons["mood"].to_list() == [f"{INTERCEPT} +{123456.789 / 2.1:.2f}"]


def test_rows_without_a_label_have_no_reasons(model: Model) -> None:
    predictions = Explainer(model, 2).proba(["India lies", "", "भारत महान है", "rcb"])
    assert [reason is None for reason in predictions.columns([])["us_reasons"]] == [False, True, True, True]
    least = float(predictions.proba["us"][0].max()) + 1e-3
    assert predictions.abstain_below(least).columns([])["us_reasons"] == [None] * 4
    column = append_predictions(pa.table({"text": ["a"] * 4}), predictions, False)["us_reasons"]
    assert column.to_pylist() == predictions.columns([])["us_reasons"]


def test_reasons_stand_behind_the_other_columns_of_their_head(model: Model, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "in.csv", ("text", "us_reasons"), [("Iran lies, and so does the US", "x"), ("", "y")])
    options = PredictOptions(probabilities=True, targets=["iran"], explain=2, n_jobs=1)
    counts = score_tables(model, [str(table)], str(tmp_path / "out.csv"), options, {})
    assert counts.rows == 2
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert [name for name in first if name.startswith("us")] == [
        "us_reasons", "us", "us_confidence", "us_p_against", "us_p_favor", "us_p_none", "us_reasons_predicted"
    ]  # fmt: skip
    assert list(first)[-2:] == ["iran_reasons", "status"]
    assert len(parts_of(first["us_reasons_predicted"])) == len(parts_of(first["iran_reasons"])) == 2
    assert (second["us_reasons"], second["us_reasons_predicted"], second["iran_reasons"]) == ("y", "", "")


def test_predict_takes_one_to_fifty(model_folder: Path, tmp_path: Path, cli: Cli) -> None:
    table, out = write_csv(tmp_path / "in.csv", ("text",), [("they lie, and lie",)]), tmp_path / "out.csv"
    assert cli("predict", table, "--model", model_folder, "-o", out, "--explain", "3")[0] == 0
    with out.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert list(row) == [
        "text", "mood", "mood_confidence", "mood_reasons", "port", "port_confidence", "port_reasons", "status"
    ]  # fmt: skip
    assert len(parts_of(row["mood_reasons"])) == 3
    for number in ("0", "51", "many"):
        code, _, errors = cli("predict", table, "--model", model_folder, "-o", out, "--explain", number)
        assert (code, "--explain" in errors) == (2, True)
