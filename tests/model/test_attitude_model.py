"""Attitudes toward countries: the same bytes again, the same numbers when loaded or exported, and for any country."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.kernels.hashing import SLOT_MULTIPLIER
from stance.features.lexicon import Alias, Lexicon
from stance.features.mentions import named_targets
from stance.features.tfidf import CollisionError
from stance.model.attitude_model import AttitudeModel
from stance.model.model import Model
from stance.model.persistence import load_model, save_model
from stance.model.sklearn_export import to_pipeline
from stance.training.stacking import fit, targets_of
from stance.workflow.batch.scoring import score_tables
from stance.workflow.options import PredictOptions
from tests.conftest import write_csv
from tests.helpers.attitudes import HEADS, SETTINGS, STRENGTHS, TEXTS, UNSEEN, trained


def label_of(model: Model, text: str, target: str) -> str | None:
    return model.proba([text], targets=[] if target in model.labels else [target]).label(target)[0]


def with_alias(model: Model, target: str, alias: str) -> Model:
    return model.with_lexicon(Lexicon((Alias(target, "", alias), *model.lexicon.aliases), model.lexicon.tones))


def count_labels(cells: list[str], rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    kept = [cell for cell, is_in in zip(cells, rows, strict=True) if is_in]
    return np.array([kept.count(label) for label in ("against", "favor", "none")])


def saved(model: Model, folder: Path) -> Path:
    save_model(model, folder, {"data": {}}, lambda facts: "card")
    return folder


def test_heads_that_are_attitudes_are_found_by_name_and_labels(model: Model) -> None:
    assert targets_of(HEADS, Lexicon.bundled()) == ["us", "india"]
    assert model.attitude_model is not None
    assert (model.attitude_model.targets, model.attitude_model.labels) == (
        ("us", "india"),
        ("against", "favor", "none"),
    )
    assert list(model.labels) == ["us", "india", "mood"]


def test_it_learns_whom_a_word_is_about(model: Model) -> None:
    for text, us, india in [
        ("India lies, but America is a true friend", "favor", "against"),
        ("America lies, but India is a true friend", "against", "favor"),
        ("a train in India is late", "none", "none"),
    ]:
        assert (label_of(model, text, "us"), label_of(model, text, "india")) == (us, india)


def test_loaded_model_gives_the_same_probabilities_to_the_bit(model: Model, tmp_path: Path) -> None:
    again = load_model(saved(model.with_temperatures({"us": 1.3, "india": 0.7, "mood": 2.1}), tmp_path))
    ours = model.with_temperatures({"us": 1.3, "india": 0.7, "mood": 2.1}).proba(TEXTS + UNSEEN, targets=["iran"])
    theirs = again.proba(TEXTS + UNSEEN, targets=["iran"])
    assert list(theirs.proba) == ["us", "india", "mood", "iran"]
    for head, proba in ours.proba.items():
        np.testing.assert_array_equal(theirs.proba[head], proba)
    np.testing.assert_array_equal(theirs.status, ours.status)
    assert again.lexicon == model.lexicon


def test_loaded_model_saved_again_has_the_same_bytes(model: Model, tmp_path: Path) -> None:
    one = saved(model, tmp_path / "one")
    two = saved(load_model(one), tmp_path / "two")
    for file in ("model.safetensors", "manifest.json"):
        assert (one / file).read_bytes() == (two / file).read_bytes()


def test_two_fits_give_the_same_bytes(model: Model, tmp_path: Path) -> None:
    one, two = saved(model, tmp_path / "one"), saved(trained(), tmp_path / "two")
    for file in ("model.safetensors", "manifest.json"):
        assert (one / file).read_bytes() == (two / file).read_bytes()


def test_a_target_never_seen_in_training_gets_labels(model: Model) -> None:
    predictions = model.proba(UNSEEN, targets=["iran", "japan"])
    assert list(predictions.labels) == ["us", "india", "mood", "iran", "japan"]
    for proba in predictions.proba.values():
        np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert label_of(model, "Iran is a liar and a thief", "iran") == "against"
    assert label_of(model, "thank you Iran, a true friend", "iran") == "favor"
    assert label_of(model, "Iran is a friend, but Japan lies", "iran") == "favor"
    assert label_of(model, "Iran is a friend, but Japan lies", "japan") == "against"


def test_a_target_that_is_not_named_has_the_shares_of_training(model: Model) -> None:
    assert model.attitude_model is not None
    proba = model.proba(UNSEEN, targets=["iran"]).proba["iran"]
    named = named_targets(UNSEEN, model.lexicon, ["iran"])[:, 0]
    assert named.tolist() == ["iran" in text.lower() for text in UNSEEN]
    assert (proba[~named] == model.attitude_model.unnamed_proba).all()
    assert not (proba[named] == model.attitude_model.unnamed_proba).all(axis=1).any()
    us, india = named_targets(TEXTS, model.lexicon, ["us", "india"]).T
    counts = count_labels(HEADS["us"], ~us) + count_labels(HEADS["india"], ~india) + 1
    np.testing.assert_allclose(model.attitude_model.unnamed_proba, counts / counts.sum(), rtol=1e-6)


def test_confidence_in_a_target_goes_by_the_temperature_of_attitudes(model: Model) -> None:
    assert model.attitude_model is not None
    assert 0.1 <= model.attitude_model.temperature != 1
    hot = replace(model.attitude_model, temperature=model.attitude_model.temperature * 5)
    cold = model.attitude_model.proba(model.attitude_model.score(UNSEEN, ["iran"]))[[3, 4, 5], 0] ** (1 / 5)
    found = hot.proba(hot.score(UNSEEN, ["iran"]))[[3, 4, 5], 0]
    np.testing.assert_allclose(found, cold / cold.sum(axis=1, keepdims=True))
    beside = Model(model.features, model.classifiers, hot).proba(UNSEEN, targets=["iran"])
    np.testing.assert_array_equal(beside.proba["iran"][[3, 4, 5]], found)
    np.testing.assert_array_equal(beside.proba["us"], model.proba(UNSEEN).proba["us"])


def test_asking_for_more_targets_changes_no_other_head(model: Model) -> None:
    alone, beside = model.proba(UNSEEN).proba, model.proba(UNSEEN, targets=["japan", "iran"]).proba
    for head, proba in alone.items():
        np.testing.assert_array_equal(beside[head], proba)
    np.testing.assert_array_equal(beside["iran"], model.proba(UNSEEN, targets=["iran"]).proba["iran"])


def test_a_target_of_a_lexicon_of_ones_own(model: Model) -> None:
    own = with_alias(model, "mars", "Red Planet")
    assert label_of(own, "the Red Planet is a liar and a thief", "mars") == "against"
    assert label_of(own, "thank you Red Planet, a true friend", "mars") == "favor"
    with pytest.raises(OptionError, match="no target mars in the lexicon"):
        model.proba(["so"], targets=["mars"])
    with pytest.raises(OptionError, match="the model has a head us already; leave it out of --targets"):
        model.proba(["so"], targets=["us"])
    np.testing.assert_array_equal(own.proba(UNSEEN).proba["us"], model.proba(UNSEEN).proba["us"])


def test_an_alias_of_ones_own_is_read_like_the_name(model: Model) -> None:
    own = with_alias(model, "iran", "Zedland")
    texts = ["Zedland lies and steals", "Iran lies and steals"]
    for lexicon_model, is_same in ((own, True), (model, False)):
        proba = lexicon_model.proba(texts, targets=["iran"]).proba["iran"]
        assert (proba[0] == proba[1]).all() == is_same


def test_a_head_that_uses_tone_is_moved_by_words_that_it_never_saw(model: Model) -> None:
    toneless = trained(tone_heads=())
    texts = ["zz excellent zz", "zz horrible zz"]
    with_tone, without_tone = (each.proba(texts).proba["mood"] for each in (model, toneless))
    good, bad = model.labels["mood"].index("glad"), model.labels["mood"].index("cross")
    assert with_tone[0, good] - with_tone[1, good] > 2 * abs(without_tone[0, good] - without_tone[1, good])
    assert with_tone[1, bad] - with_tone[0, bad] > 2 * abs(without_tone[1, bad] - without_tone[0, bad])
    assert [each.classifiers["mood"].uses_tone for each in (model, toneless)] == [True, False]
    assert model.classifiers["mood"].n_stacked == toneless.classifiers["mood"].n_stacked + 11


def test_a_head_can_use_tone_without_any_target(tmp_path: Path) -> None:
    model = fit(TEXTS, {"mood": HEADS["mood"]}, STRENGTHS, SETTINGS, tone_heads=["mood"])
    assert model.classifiers["mood"].n_stacked == 11
    again = load_model(saved(model, tmp_path))
    np.testing.assert_array_equal(again.proba(UNSEEN).proba["mood"], model.proba(UNSEEN).proba["mood"])
    expected = model.proba(UNSEEN).proba["mood"]
    np.testing.assert_allclose(to_pipeline(model, "mood").predict_proba(UNSEEN), expected, atol=1e-6)
    with pytest.raises(OptionError, match="it has no attitude model"):
        model.proba(["so"], targets=["iran"])


def test_one_group_alone_trains_no_attitudes() -> None:
    model = fit(TEXTS, HEADS, STRENGTHS, SETTINGS, groups=["a"] * len(TEXTS))
    assert model.attitude_model is None
    assert model.stacked_features(["so"])["us"].shape == (1, 0)


def test_without_targets_only_tone_is_scored() -> None:
    scores = AttitudeModel.without_targets(Lexicon.bundled()).score(["great", "horrible", "table"])
    assert scores.logits.shape == (3, 0, 1)
    assert scores.tones[0, 6] > scores.tones[2, 6] == 0 > scores.tones[1, 6]


def test_what_is_asked_reaches_the_table(model: Model, tmp_path: Path) -> None:
    table = write_csv(tmp_path / "in.csv", ("text",), [("Iran lies and steals",), ("भारत महान है",), ("",), ("rcb",)])
    status = {}
    for least in (0.0, 1.0):
        options = PredictOptions(targets=["iran"], min_confidence=least, n_jobs=1)
        output = tmp_path / f"{least}.csv"
        counts = score_tables(model, [str(table)], str(output), options, {})
        with output.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        status[least] = [row["status"] for row in rows]
        assert [row["iran"] for row in rows] == ["against" if not least else "", "", "", ""]
        assert rows[0]["iran_confidence"] > "0.3"
        assert counts.status["low_confidence"] == bool(least)
    assert status[0.0] == ["ok", "unsupported_script", "empty", "no_known_words"]
    assert status[1.0] == ["low_confidence", "unsupported_script", "empty", "no_known_words"]


def test_a_target_twice_or_by_the_name_of_a_column_is_refused(model: Model) -> None:
    with pytest.raises(OptionError, match=r"two result columns iran, iran_confidence"):
        model.proba(["Iran"], targets=["iran", "iran"])
    renamed = model.with_lexicon(Lexicon((Alias("status", "", "Iran"),), {}))
    with pytest.raises(OptionError, match="two result columns status"):
        renamed.proba(["Iran"], targets=["status"])


def test_heads_of_targets_weigh_no_name(model: Model) -> None:
    words = model.features.terms["word"].vocabulary
    for name in ("india", "america"):
        assert model.classifiers["india"].weights[:, words.index(name)].tolist() == [0, 0, 0]
    assert np.abs(model.classifiers["india"].weights[:, words.index("lies")]).max() > 0
    assert np.abs(model.classifiers["mood"].weights[:, words.index("india")]).max() > 0


def test_hashes_that_the_table_cannot_tell_apart_are_a_clear_fault() -> None:
    inverse = pow(int(SLOT_MULTIPLIER), -1, 1 << 64)
    spread = [(3 << 60) + 1, (3 << 60) + 2, (4 << 60) + 2]  # the second takes the slot of the third, and looks like it
    hashes = np.array([each * inverse % (1 << 64) for each in spread], np.uint64)
    nothing, ones = np.zeros((1, 3), np.float32), np.ones(3, np.float32)
    made_up = replace(
        AttitudeModel.without_targets(Lexicon.bundled()),
        names=("a", "b", "c"),
        hashes=hashes,
        idf=ones,
        weights=nothing,
    )
    with pytest.raises(CollisionError, match="share a hash"):
        made_up.score(["so it goes"])
