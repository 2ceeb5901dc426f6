"""Alpha, kappa and majority of annotators."""

from __future__ import annotations

import random

import pytest

from stance.evaluation.agreement import majority_label, measure_agreement
from tests.helpers.readings import READINGS


def test_alpha_with_missing_readings_is_that_of_the_paper() -> None:
    found = measure_agreement(READINGS)
    assert found.alpha == pytest.approx(0.743, abs=5e-4)
    assert (found.items, found.readings) == (11, 40)
    assert len(found.kappas) == 6
    assert found.disagreements == ["1", "5", "7"]


def test_agreement_where_nothing_can_be_said() -> None:
    same = measure_agreement({"1": {"a": "x", "b": "x"}, "2": {"a": "x"}})
    assert (same.alpha, same.kappas, same.labels, same.items) == (None, {("a", "b"): None}, {"x": 1.0}, 1)
    assert measure_agreement({}).alpha is None
    apart = measure_agreement({"1": {"a": "x", "b": "x"}, "2": {"a": "y", "c": "x"}, "3": {"a": "y", "b": "y"}})
    assert apart.kappas["b", "c"] is None


@pytest.mark.parametrize(
    ("readings", "reason"),
    [
        ({}, "no labels"),
        ({"1": {"a": "x"}, "2": {"a": "y"}}, "only one annotator (a); agreement needs two"),
        ({"1": {"a": "x"}, "2": {"b": "y"}}, "no item that two of a, b labelled"),
        ({"1": {"a": "x", "b": "x"}}, "all readings of the shared items are 'x', so chance agreement is total"),
        ({"1": {"a": "x", "b": "y"}}, ""),
    ],
)
def test_it_is_said_why_agreement_is_undefined(readings: dict[str, dict[str, str]], reason: str) -> None:
    found = measure_agreement(readings)
    assert found.undefined == reason
    assert (found.alpha is None) == bool(reason)


def test_kappa_comes_with_the_items_that_it_rests_on() -> None:
    found = measure_agreement({"1": {"a": "x", "b": "x"}, "2": {"a": "y", "b": "y"}, "3": {"a": "y", "c": "x"}})
    assert found.shared == {("a", "b"): 2, ("a", "c"): 1, ("b", "c"): 0}


def test_chance_agreement_is_about_zero() -> None:
    rng = random.Random(0)
    readings = {str(item): {name: rng.choice("xyz") for name in "ab"} for item in range(2000)}
    assert abs(measure_agreement(readings).alpha or 1) < 0.05


@pytest.mark.parametrize(("votes", "label"), [("xxy", "x"), ("xy", None), ("xyz", None), ("xxyz", None), ("x", "x")])
def test_majority(votes: str, label: str | None) -> None:
    assert majority_label({str(number): vote for number, vote in enumerate(votes)}) == label
