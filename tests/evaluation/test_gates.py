"""Gates: which scores they know, and what they say when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from stance.errors import OptionError
from stance.evaluation.gates import Gate

COMPARED = {
    "difference": -0.1,
    "worse": 0.1,
    "significantly_worse": 0.04,
    "surely_worse": 0.04,
    "macro_f1": 0.7,
    "n": 50,
}
HEADS: dict[str, dict[str, Any]] = {
    "stance": {"macro_f1": 0.6, "macro_f1_interval": [0.55, 0.65], "ece": 0.1, "labels": {}, "compared": COMPARED},
    "tone": {"macro_f1": 0.5},
}


@pytest.mark.parametrize(
    "condition", ["stance.macro_f1>=0.6", "stance.macro_f1_low > 0.5", "stance.macro_f1_high<0.7", "stance.ece<=.1"]
)
def test_conditions_that_hold(condition: str) -> None:
    assert Gate.parse(condition).failure(HEADS) is None


@pytest.mark.parametrize("bound", ["1e-3", "1E-3", "+.1e-2", "0.001", "-1e3", "1.e-3"])
def test_a_bound_may_have_an_exponent(bound: str) -> None:
    assert Gate.parse(f"stance.macro_f1 > {bound}").bound == float(bound)


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        ("0.600001", "is 0.600000, not >= 0.600001 (off by 0.000001)"),
        ("0.60001", "is 0.60000, not >= 0.60001 (off by 0.00001)"),
        ("0.6000000001", "is 0.6000000000, not >= 0.6000000001 (off by 0.0000000001)"),
        ("0.7", "is 0.6000, not >= 0.7 (off by 0.1000)"),
    ],
)
def test_a_message_has_as_many_digits_as_tell_the_score_from_the_bound(bound: str, shown: str) -> None:
    assert Gate.parse(f"stance.macro_f1>={bound}").failure(HEADS) == f"stance.macro_f1 {shown}"


def test_a_gate_that_passes_says_so_and_whether_there_was_enough_to_tell() -> None:
    assert Gate.parse("stance.macro_f1>=1e-3").success(HEADS) == "stance.macro_f1 is 0.6000, >= 0.001"
    compared = {**COMPARED, "significantly_worse": 0.0, "n": 100, "groups": 5}
    heads = {"stance": {**HEADS["stance"], "compared": compared}}
    passed = Gate.parse("stance.significantly_worse<=0").success(heads)
    assert passed.startswith("stance.significantly_worse is 0.0000, <= 0, but only 5 articles were resampled")


@pytest.mark.parametrize("score", ["macro_f1", "macro_f1_low", "significantly_worse", "difference"])
def test_nothing_to_score_is_no_pass(score: str) -> None:
    empty = {"n": 0, "macro_f1": 0.0, "macro_f1_interval": [0.0, 0.0], "compared": {**COMPARED, "n": 0}}
    with pytest.raises(OptionError, match=rf"--gate stance\.{score}: nothing to score \(n = 0\)"):
        Gate.parse(f"stance.{score}>=0").failure({"stance": empty})
    assert Gate.parse("stance.n>=1").failure({"stance": empty}) is not None


@pytest.mark.parametrize("name", ["significantly_worse", "surely_worse"])
def test_the_score_of_a_comparison_has_a_new_and_an_old_name(name: str) -> None:
    failure = Gate.parse(f"stance.{name}<=0").failure(HEADS)
    assert failure == f"stance.{name} is 0.0400, not <= 0 (off by 0.0400)"
    assert Gate.parse(f"stance.{name}<=0.05").failure(HEADS) is None


def test_scores_of_a_comparison_need_one() -> None:
    with pytest.raises(OptionError, match=r"no score 'significantly_worse'.*those of a comparison need --compare"):
        Gate.parse("tone.significantly_worse<=0").failure(HEADS)


def test_an_unknown_head() -> None:
    with pytest.raises(OptionError, match=r"--gate: no head 'china'; there are stance, tone"):
        Gate.parse("china.macro_f1>0").check_head(list(HEADS))


@pytest.mark.parametrize(
    "condition", ["", "stance", "stance.macro_f1", "stance.macro_f1=0.5", "stance.macro_f1>=1.2.3"]
)
def test_what_is_no_condition(condition: str) -> None:
    with pytest.raises(OptionError, match=r"expected a form like 'stance.macro_f1>=0.60'"):
        Gate.parse(condition)
