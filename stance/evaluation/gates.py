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


@dataclass(frozen=True)
class Gate:
    """One condition, such as `stance.macro_f1>=0.60`.

    Parameters
    ----------
    head, score : str
        What is compared.
    sign : str
        One of >=, <=, >, <.
    bound : float
    """

    head: str
    score: str
    sign: str
    bound: float

    @classmethod
    def parse(cls, condition: str) -> Gate:
        """Read a condition.

        Parameters
        ----------
        condition : str

        Returns
        -------
        Gate

        Raises
        ------
        OptionError
            If it is not of that form.

        Examples
        --------
        >>> Gate.parse("stance.macro_f1 >= 0.60")
        Gate(head='stance', score='macro_f1', sign='>=', bound=0.6)
        """
        found = _CONDITION.fullmatch(condition)
        try:
            return cls(found["head"], found["score"], found["sign"], float(found["bound"]))  # type: ignore[index]  # None is caught
        except (TypeError, ValueError):
            raise OptionError(f"--gate {condition!r}: expected a form like 'stance.macro_f1>=0.60'") from None

    def check_head(self, heads: Sequence[str]) -> None:
        """Refuse a condition on a head that is not measured.

        Parameters
        ----------
        heads : sequence of str

        Raises
        ------
        OptionError
        """
        if self.head not in heads:
            raise OptionError(f"--gate: no head {self.head!r}; there are {listed(heads)}")

    def failure(self, heads: Mapping[str, Mapping[str, Any]]) -> str | None:
        """Check the condition.

        Parameters
        ----------
        heads : mapping
            The part `heads` of `metrics.json`.

        Returns
        -------
        str or None
            What failed and by how much; None where the condition holds.

        Raises
        ------
        OptionError
            If there is no such head or score.

        Examples
        --------
        >>> Gate.parse("tone.accuracy>=0.6").failure({"tone": {"accuracy": 0.5}})
        'tone.accuracy is 0.5000, not >= 0.6 (off by 0.1000)'
        """
        self.check_head(list(heads))
        scores = _scores(heads[self.head])
        if self.score not in scores:
            more = " (those of a comparison need --compare)" if "compared" not in heads[self.head] else ""
            raise OptionError(f"--gate: no score {self.score!r}; there are {listed(list(scores))}{more}")
        value = scores[self.score]
        if _COMPARISONS[self.sign](value, self.bound):
            return None
        off = abs(value - self.bound)
        return f"{self.head}.{self.score} is {value:.4f}, not {self.sign} {self.bound:g} (off by {off:.4f})"


def _scores(metrics: Mapping[str, Any]) -> dict[str, float]:
    plain = {name: value for name, value in metrics.items() if isinstance(value, (int, float))}
    for name in [name for name in plain if f"{name}_interval" in metrics]:
        plain[f"{name}_low"], plain[f"{name}_high"] = metrics[f"{name}_interval"]
    against = metrics.get("compared", {})
    return plain | {name: against[name] for name in ("difference", "worse", "surely_worse") if name in against}
