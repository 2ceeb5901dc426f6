"""stance/evaluation/report/verdict.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MIN_COMMENTS_TO_QUOTE = 100  # comments; with fewer, the interval of macro F1 is commonly wider than 0.2
NOT_SIGNIFICANT = "neither surely better nor surely worse"
MIN_COMMENTS = 30  # comments; with fewer, a bootstrap interval is too narrow to be trusted (Chernick and LaBudde 2011)


def verdict(heads: Mapping[str, Mapping[str, Any]]) -> str:
    """Say in two sentences of plain words what the scores mean.

    Parameters
    ----------
    heads : mapping
        For each head its metrics.

    Returns
    -------
    str

    Examples
    --------
    >>> guessing = {"majority": {"macro_f1": 0.2}}
    >>> scores = {"n": 500, "macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6], "baselines": guessing}
    >>> for sentence in verdict({"tone": scores}).split(". "):
    ...     print(sentence)
    The model is surely better than guessing the commonest label on tone
    On a scale where 1 is perfect (macro F1) it reaches 0.50 on tone; guessing gets 0.20.
    """
    better = [head for head, scores in heads.items() if is_significantly_better(scores)]
    others = [head for head in heads if head not in better]
    said = f"The model is surely better than guessing the commonest label on {_series(better) or 'no head'}"
    if others and better:
        said += f", and not surely on {_series(others)}"
    if min(scores["n"] for scores in heads.values()) < MIN_COMMENTS_TO_QUOTE:
        few = f"Fewer than {MIN_COMMENTS_TO_QUOTE} comments say little"
        return f"{said}. {few}: label more before these figures are quoted."
    return f"{said}. {_range(heads)}"


def _range(heads: Mapping[str, Mapping[str, Any]]) -> str:
    ranked = sorted(heads, key=lambda head: -heads[head]["macro_f1"])
    reached = [f"{heads[head]['macro_f1']:.2f} on {head}" for head in (ranked[0], ranked[-1])]
    guessed = [f"{heads[head]['baselines']['majority']['macro_f1']:.2f}" for head in (ranked[0], ranked[-1])]
    said = "On a scale where 1 is perfect (macro F1) it reaches"
    if len(heads) == 1:
        return f"{said} {reached[0]}; guessing gets {guessed[0]}."
    return f"{said} {reached[0]}, its best, and {reached[1]}, its worst; guessing gets {_series(guessed)}."


def comparison(heads: Mapping[str, Mapping[str, Any]], name: str) -> str:
    """Say in a sentence where the model is surely better or worse than another.

    Parameters
    ----------
    heads : mapping
        For each head its metrics, with `compared` where both gave labels.
    name : str
        Of the other.

    Returns
    -------
    str

    Examples
    --------
    >>> compared = {"surely_worse": 0.0, "difference_interval": [0.01, 0.09]}
    >>> comparison({"tone": {"compared": compared}}, "the model old")
    'Beside the model old it is surely better on tone.'
    """
    groups: dict[str, list[str]] = {"surely worse": [], "surely better": [], NOT_SIGNIFICANT: []}
    for head, scores in heads.items():
        if found := scores.get("compared"):
            sure = "surely better" if found["difference_interval"][0] > 0 else NOT_SIGNIFICANT
            groups["surely worse" if found["surely_worse"] > 0 else sure].append(head)
    said = [f"{how} on {_series(named)}" for how, named in groups.items() if named]
    return f"Beside {name} it is {', and '.join(filter(None, [', '.join(said[:-1]), *said[-1:]]))}." if said else ""


def is_significantly_better(scores: Mapping[str, Any]) -> bool:
    """Tell whether the whole interval of macro F1 lies above the majority baseline, on enough comments to say so.

    Parameters
    ----------
    scores : mapping
        Metrics of a head.

    Returns
    -------
    bool
    """
    above = scores["macro_f1_interval"][0] > scores["baselines"]["majority"]["macro_f1"]
    return bool(above and scores["n"] >= MIN_COMMENTS)


def _series(names: Sequence[str]) -> str:
    return " and ".join([*filter(None, [", ".join(names[:-1])]), *names[-1:]])
