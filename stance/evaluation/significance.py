"""When a difference is called significant: on enough groups, and at a level that many comparisons share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stance.evaluation.head_scores import PairedComparison
from stance.evaluation.intervals import ALPHA, MIN_GROUPS, p_value, t_quantile
from stance.strings import plural

MIN_TEST_COMMENTS = 30  # with fewer, a bootstrap interval is too narrow to be trusted (Chernick and LaBudde 2011)


def is_testable(n: int, groups: int) -> bool:
    """Whether n comments in so many groups are enough to call a difference significant."""
    return n >= MIN_TEST_COMMENTS and groups >= MIN_GROUPS


def few_groups(scores: Mapping[str, Any]) -> str:
    """Say why nothing is called significant, of scores with their `n` and `groups`.

    >>> few_groups({"n": 60, "groups": 5})
    'only 5 articles were resampled, too few to call a difference significant: 20 are needed'
    """
    n, groups = scores["n"], scores.get("groups", scores["n"])
    if n < MIN_TEST_COMMENTS or groups == n:
        needed = max(MIN_TEST_COMMENTS, MIN_GROUPS)
        return f"only {plural(n, 'comment')}, too few to call a difference significant: {needed} are needed"
    reason = f"only {plural(groups, 'article')} {'was' if groups == 1 else 'were'} resampled"
    return f"{reason}, too few to call a difference significant: {MIN_GROUPS} are needed"


def comparison_p_value(comparison: PairedComparison) -> float:
    """Return the two-sided p-value of a difference, by its interval and Student's t; 1 where there is too little."""
    gap = comparison.difference
    if not is_testable(comparison.n, comparison.groups):
        return 1.0
    return p_value(gap.value, gap.high - gap.value if gap.value < 0 else gap.value - gap.low, comparison.groups)


def significant_difference(comparison: PairedComparison, level: float) -> float:
    """Return the end nearer to 0 of the interval of a difference at that level, 0 where it includes 0."""
    gap = comparison.difference
    if gap.value == 0 or not is_testable(comparison.n, comparison.groups):
        return 0.0
    factor = t_quantile(comparison.groups, level) / t_quantile(comparison.groups)
    if gap.value < 0:
        return min(0.0, gap.value + factor * (gap.high - gap.value))
    return max(0.0, gap.value - factor * (gap.value - gap.low))


def holm_levels(p_values: Mapping[str, float], alpha: float = ALPHA) -> dict[str, float]:
    """Return the level at which each of m hypotheses is tested, so that all together err by chance in `alpha` of runs.

    The smallest p-value is tested at alpha / m, the next at alpha / (m - 1), and so on; once one is not significant,
    the others are tested at its level and are not either (Holm 1979).

    >>> {name: round(level, 3) for name, level in holm_levels({"a": 0.001, "b": 0.04, "c": 0.03}).items()}
    {'a': 0.017, 'c': 0.025, 'b': 0.025}
    """
    levels = {}
    rejected = 0
    for rank, name in enumerate(sorted(p_values, key=lambda name: p_values[name])):
        levels[name] = alpha / (len(p_values) - rejected)
        if rank == rejected and p_values[name] <= levels[name]:
            rejected += 1
    return levels
