"""Conditions on scores, for a job that must fail when a model is worse than it should be."""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stance.errors import OptionError
from stance.strings import listed

_COMPARISONS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
_CONDITION = re.compile(r"\s*(?P<head>.+)\.(?P<score>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<bound>[-+]?[\d.]+)\s*")
_COMPARED_SCORES = ("difference", "worse", "significantly_worse", "surely_worse")  # the last is an older name


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

    def failure(self, heads: Mapping[str, Mapping[str, Any]]) -> str | None:
        """Return what failed and by how much, None if the condition holds; OptionError if there is no such score.

        `heads` is that part of `metrics.json`.
        """
        self.check_head(list(heads))
        scores = _gate_scores(heads[self.head])
        if self.score not in scores:
            more = " (those of a comparison need --compare)" if "compared" not in heads[self.head] else ""
            raise OptionError(f"--gate: no score {self.score!r}; there are {listed(list(scores))}{more}")
        value = scores[self.score]
        if _COMPARISONS[self.sign](value, self.bound):
            return None
        off = abs(value - self.bound)
        return f"{self.head}.{self.score} is {value:.4f}, not {self.sign} {self.bound:g} (off by {off:.4f})"


def _gate_scores(metrics: Mapping[str, Any]) -> dict[str, float]:
    scores = {name: value for name, value in metrics.items() if isinstance(value, (int, float))}
    for name in [name for name in scores if f"{name}_interval" in metrics]:
        scores[f"{name}_low"], scores[f"{name}_high"] = metrics[f"{name}_interval"]
    compared = metrics.get("compared", {})
    return scores | {name: compared[name] for name in _COMPARED_SCORES if name in compared}
