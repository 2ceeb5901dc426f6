"""Conditions on scores, for a job that must fail when a model is worse than it should be."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stance.errors import OptionError
from stance.evaluation.significance import few_groups, is_testable
from stance.strings import listed

_COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_CONDITION = re.compile(
    r"\s*(?P<head>.+)\.(?P<score>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<bound>[-+]?[\d.]+(e[-+]?\d+)?)\s*", re.IGNORECASE
)
_SIGNIFICANT = ("significantly_worse", "surely_worse", "significantly_better")  # the second is an older name
_COMPARED_SCORES = ("difference", "worse", *_SIGNIFICANT)
_COUNTS = ("n", "unscored", "groups")
MIN_DECIMALS, MAX_DECIMALS = 4, 12  # of a message: as many as tell the score from the bound


@dataclass(frozen=True)
class Gate:
    """A condition on one score, such as `stance.macro_f1>=0.60`.

    Parameters
    ----------
    head : str
    score : str
        A number of the head in `metrics.json`, the end of an interval such as `macro_f1_low`, or of the comparison
        with another model `difference`, `worse`, `significantly_worse` (also called `surely_worse`).
    sign : str
        One of >=, <=, >, <.
    bound : float

    Examples
    --------
    >>> gate = Gate.parse("stance.macro_f1 >= 0.60")
    >>> gate
    Gate(head='stance', score='macro_f1', sign='>=', bound=0.6)
    >>> gate.failure({"stance": {"macro_f1": 0.5}})
    'stance.macro_f1 is 0.5000, not >= 0.6 (off by 0.1000)'
    """

    head: str
    score: str
    sign: str
    bound: float

    @classmethod
    def parse(cls, condition: str) -> Gate:
        """Read a condition; OptionError if it is not of that form."""
        match = _CONDITION.fullmatch(condition)
        try:
            return cls(match["head"], match["score"], match["sign"], float(match["bound"]))  # type: ignore[index]  # None is caught
        except (TypeError, ValueError):
            raise OptionError(f"--gate {condition!r}: expected a form like 'stance.macro_f1>=0.60'") from None

    def check_head(self, heads: Sequence[str]) -> None:
        """Raise OptionError if the head is not evaluated."""
        if self.head not in heads:
            raise OptionError(f"--gate: no head {self.head!r}; there are {listed(heads)}")

    @property
    def is_comparison(self) -> bool:
        """Whether the score is one of the comparison with another model."""
        return self.score in _COMPARED_SCORES

    def failure(self, heads: Mapping[str, Mapping[str, Any]]) -> str | None:
        """Return what failed and by how much, None if the condition holds.

        Raises OptionError if there is no such score, or nothing that it could be computed of. `heads` is that part of
        `metrics.json`.
        """
        value = self._value(heads)
        if _COMPARISONS[self.sign](value, self.bound):
            return None
        off = abs(value - self.bound)
        decimals = next((n for n in range(MIN_DECIMALS, MAX_DECIMALS) if round(off, n)), MIN_DECIMALS)
        number = f"{value:,}" if isinstance(value, int) else f"{value:.{decimals}f}"
        shown = f"{self.head}.{self.score} is {number}, not {self.sign} {self.bound:.{MAX_DECIMALS}g}"
        return f"{shown} (off by {off:.{decimals}f})"

    def success(self, heads: Mapping[str, Mapping[str, Any]]) -> str:
        """Say that the condition holds, and whether there were enough comments to tell."""
        about, score = heads[self.head], f"{self.head}.{self.score}"
        value = self._value(heads)
        number = f"{value:,}" if isinstance(value, int) else f"{value:.{MIN_DECIMALS}f}"
        shown = f"{score} is {number}, {self.sign} {self.bound:.{MAX_DECIMALS}g}"
        compared = about.get("compared", {})
        if self.score not in _SIGNIFICANT or is_testable(compared["n"], compared.get("groups", compared["n"])):
            return shown
        return f"{shown}, but {few_groups(compared)}"

    def _value(self, heads: Mapping[str, Mapping[str, Any]]) -> float:
        self.check_head(list(heads))
        about = heads[self.head]
        scores = _gate_scores(about)
        if self.score not in scores:
            more = " (those of a comparison need --compare)" if "compared" not in about else ""
            raise OptionError(f"--gate: no score {self.score!r}; there are {listed(list(scores))}{more}")
        if not (about["compared"] if self.is_comparison else about).get("n", 1) and self.score not in _COUNTS:
            raise OptionError(f"--gate {self.head}.{self.score}: nothing to score (n = 0); label comments, or drop it")
        return scores[self.score]


def _gate_scores(metrics: Mapping[str, Any]) -> dict[str, float]:
    scores = {name: value for name, value in metrics.items() if isinstance(value, (int, float))}
    for name in [name for name in scores if f"{name}_interval" in metrics]:
        scores[f"{name}_low"], scores[f"{name}_high"] = metrics[f"{name}_interval"]
    compared = metrics.get("compared", {})
    return scores | {name: compared[name] for name in _COMPARED_SCORES if name in compared}
