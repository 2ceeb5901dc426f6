"""Held out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stance.errors import ModelError
from stance.model.held_out import SCORES, count_training_texts, encode_scores, read_held_out_labels
from stance.model.predictions import Predictions


def test_held_out_labels_come_back(tmp_path: Path) -> None:
    predictions = Predictions(
        {"m": ("a", "b")}, {"m": np.array([[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]])}, np.array([0, 0, 1])
    )
    (tmp_path / SCORES).write_bytes(encode_scores(predictions, {}, "abc"))
    assert read_held_out_labels(tmp_path, "abc") == {"m": ["a", "b", None]}
    assert read_held_out_labels(tmp_path, "abd") is None
    assert read_held_out_labels(tmp_path / "none", "abc") is None


def test_training_texts_are_known_again(tmp_path: Path) -> None:
    predictions = Predictions({"m": ("a", "b")}, {"m": np.array([[0.9, 0.1]] * 3)}, np.zeros(3, np.intp))
    texts = ["they lie to us all day", "jai hind", "half \ud83d of a pair is no letter"]
    (tmp_path / SCORES).write_bytes(encode_scores(predictions, {}, "abc", texts))
    assert (
        count_training_texts(tmp_path, ["They LIE to us, all day!", "jai hind", texts[2], "so it goes on and on"]) == 2
    )
    assert read_held_out_labels(tmp_path, "abc") == {"m": ["a", "a", "a"]}
    assert not any(text in (tmp_path / SCORES).read_text() for text in texts)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"texts": 5}', '{"texts": ["a"]}', '{"texts": null}'])
def test_a_folder_without_hashes_knows_no_texts(content: str, tmp_path: Path) -> None:
    assert count_training_texts(tmp_path, ["so"]) is None
    (tmp_path / SCORES).write_text(content)
    assert count_training_texts(tmp_path, ["so"]) is None


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"sha256": "abc", "held_out": {"m": {"labels": ["a"], "codes": "9"}}}']
)
def test_damaged_scores_are_an_error(content: str, tmp_path: Path) -> None:
    (tmp_path / SCORES).write_text(content)
    with pytest.raises(ModelError, match=r"scores\.json is damaged"):
        read_held_out_labels(tmp_path, "abc")
