"""Names of parts."""

from __future__ import annotations

import pytest

import stance
from stance.model.explanation.part_names import (
    char_ngram_name,
    context_name,
    context_names,
    ngram_name,
    ngram_names,
    stacked_names,
)
from stance.model.model import Model


@pytest.fixture(scope="module")
def bundled() -> Model:
    return stance.load()


@pytest.mark.parametrize(
    ("piece", "name"),
    [(" a ", "_a_"), ("a", "~a~"), (" \x1b", "\\x1b~"), ("; ", "~;"), ("\x00\u202e", "~\\x00\\u202e~")],
)
def test_names_of_pieces(piece: str, name: str) -> None:
    assert char_ngram_name(piece) == name


def test_names_of_all_columns_differ(bundled: Model) -> None:
    names = [ngram_name(bundled, column) for column in range(len(bundled.features))]
    assert len(set(names)) == len(names)
    head = next(iter(bundled.labels))
    assert len(stacked_names(bundled, head)) == bundled.classifiers[head].n_stacked > 0


def test_names_one_by_one_are_those_of_all(model: Model) -> None:
    assert [ngram_name(model, column) for column in range(len(model.features))] == ngram_names(model)
    assert model.attitude_model is not None
    every = context_names(model.attitude_model, "india")
    assert [context_name(model.attitude_model, "india", column) for column in range(len(every))] == every
    assert len(set(every)) == len(every) == len(model.attitude_model.centered_weights)
