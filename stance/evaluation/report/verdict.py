"""The scores in a few sentences of plain English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MIN_COMMENTS_TO_QUOTE = 100  # with fewer, the interval of macro F1 is commonly wider than 0.2
MIN_TEST_COMMENTS = 30  # with fewer, a bootstrap interval is too narrow to be trusted (Chernick and LaBudde 2011)


def describe_scores(heads: Mapping[str, Mapping[str, Any]]) -> str:
    """Describe in two sentences where the model beats the majority class, and its best and worst macro F1.

    >>> majority = {"majority": {"macro_f1": 0.2}}
    >>> scores = {"n": 500, "macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6], "baselines": majority}
    >>> for sentence in describe_scores({"tone": scores}).split(". "):
    ...     print(sentence)
    The model is significantly better than the majority class (always guessing the most frequent label) on tone
    Macro F1 (1 is perfect) on tone is 0.50 (majority class: 0.20).
    """
    better = [head for head, scores in heads.items() if is_significantly_better(scores)]
    others = [head for head in heads if head not in better]
    majority = "significantly better than the majority class (always guessing the most frequent label)"
    if not better:
        first = f"The model is not {majority} on any head"
    else:
        first = f"The model is {majority} on {_series(better)}" + (f", but not on {_series(others)}" if others else "")
    if min(scores["n"] for scores in heads.values()) < MIN_COMMENTS_TO_QUOTE:
        return f"{first}. Scores on fewer than {MIN_COMMENTS_TO_QUOTE} comments are too uncertain to quote; label more."
    return f"{first}. {_describe_range(heads)}"


def describe_comparison(heads: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Describe in a sentence where the model is significantly worse or better than another, of that name.

    >>> compared = {"significantly_worse": 0.0, "difference_interval": [0.01, 0.09]}
    >>> describe_comparison({"tone": {"compared": compared}}, "the model old")
    'Compared with the model old, it is significantly better on tone.'
    """
    results = ("significantly worse", "significantly better", "not significantly different")
    groups: dict[str, list[str]] = {result: [] for result in results}
    for head, scores in heads.items():
        if compared := scores.get("compared"):
            is_worse, is_better = compared["significantly_worse"] > 0, compared["difference_interval"][0] > 0
            groups[results[0 if is_worse else 1 if is_better else 2]].append(head)
    parts = [f"{result} on {_series(named)}" for result, named in groups.items() if named]
    if not parts:
        return ""
    return f"Compared with {name}, it is {', and '.join(filter(None, [', '.join(parts[:-1]), parts[-1]]))}."


def is_significantly_better(scores: Mapping[str, Any]) -> bool:
    """Whether the 95 % interval of macro F1 lies above the majority class, on enough comments to tell."""
    above = scores["macro_f1_interval"][0] > scores["baselines"]["majority"]["macro_f1"]
    return bool(above and scores["n"] >= MIN_TEST_COMMENTS)


def _describe_range(heads: Mapping[str, Mapping[str, Any]]) -> str:
    ranked = sorted(heads, key=lambda head: -heads[head]["macro_f1"])
    best, worst = ranked[0], ranked[-1]
    if len(heads) == 1:
        return f"Macro F1 (1 is perfect) on {best} is {_describe_f1(heads[best])}."
    highest, lowest = (f"{head}, {_describe_f1(heads[head])}" for head in (best, worst))
    return f"Macro F1 (1 is perfect) is highest on {highest}, and lowest on {lowest}."


def _describe_f1(scores: Mapping[str, Any]) -> str:
    return f"{scores['macro_f1']:.2f} (majority class: {scores['baselines']['majority']['macro_f1']:.2f})"


def _series(names: Sequence[str]) -> str:
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])
