"""Gates: which scores they know, and what they say when they fail."""

from __future__ import annotations

from typing import Any

import pytest

from stance.errors import OptionError
from stance.evaluation.gates import Gate

COMPARED = {"difference": -0.1, "worse": 0.1, "significantly_worse": 0.04, "surely_worse": 0.04, "macro_f1": 0.7}
HEADS: dict[str, dict[str, Any]] = {
    "stance": {"macro_f1": 0.6, "macro_f1_interval": [0.55, 0.65], "ece": 0.1, "labels": {}, "compared": COMPARED},
    "tone": {"macro_f1": 0.5},
}


@pytest.mark.parametrize(
    "condition", ["stance.macro_f1>=0.6", "stance.macro_f1_low > 0.5", "stance.macro_f1_high<0.7", "stance.ece<=.1"]
)
def test_conditions_that_hold(condition: str) -> None:
    assert Gate.parse(condition).failure(HEADS) is None


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
