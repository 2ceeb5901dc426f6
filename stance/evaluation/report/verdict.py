"""The scores in a few sentences of plain English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stance.evaluation.intervals import MIN_SUPPORT, share_interval
from stance.evaluation.significance import MIN_TEST_COMMENTS, few_groups, is_testable
from stance.strings import plural

WORSE, BETTER = "worse", "better"
MIN_COMMENTS_TO_QUOTE = 100  # with fewer, the interval of macro F1 is commonly wider than 0.2
# bounds that Krippendorff (2004, p. 241) sets for the agreement of coders: firm and tentative conclusions
MIN_F1_TO_PUBLISH, MIN_F1_TO_HINT = 0.8, 0.667
NOT_JUDGED = (
    "Whether the labels are good enough to publish cannot be told: the model knows these comments from training."
)
MAX_NAMED_LABELS = 5  # rare ones, in a sentence
Heads = Mapping[str, Mapping[str, Any]]


def describe_scores(heads: Heads) -> str:
    """Describe in two sentences where the model beats the majority class, and its best and worst macro F1.

    >>> majority = {"majority": {"macro_f1": 0.2, "difference_interval": [0.1, 0.3]}}
    >>> scores = {"n": 500, "macro_f1": 0.5, "macro_f1_interval": [0.4, 0.6], "baselines": majority}
    >>> for sentence in describe_scores({"tone": scores}).split(". "):
    ...     print(sentence)
    The model is significantly better than the majority class (always guessing the most frequent label) on tone
    Macro F1 (1 is perfect) on tone is 0.50 (majority class: 0.20).
    """
    scored = {head: scores for head, scores in heads.items() if scores["n"]}
    if not scored:
        return f"Nothing to score on {_series(list(heads))} (n = 0)."
    first = _describe_majority(scored)
    if min(scores["n"] for scores in scored.values()) < MIN_COMMENTS_TO_QUOTE:
        return f"{first}. Scores on fewer than {MIN_COMMENTS_TO_QUOTE} comments are too uncertain to quote; label more."
    return f"{first}. {_describe_range(scored)}"


def describe_cautions(heads: Heads) -> list[str]:
    """Say why scores are less certain than they look: heads without any, few groups, rare labels.

    >>> about = {"n": 60, "groups": 5, "labels": {"pro": {"support": 58}, "contra": {"support": 2}}}
    >>> for caution in describe_cautions({"side": about, "tone": {"n": 0, "labels": {}}}):
    ...     print(caution)
    Nothing to score on tone (n = 0): no comment has both a true and a predicted label.
    On side, only 5 articles were resampled, too few to call a difference significant: 20 are needed.
    Rare labels make macro F1 uncertain: contra of side has 2 comments (label 10 or more).
    """
    cautions = []
    if empty := [head for head, scores in heads.items() if not scores["n"]]:
        cautions.append(
            f"Nothing to score on {_series(empty)} (n = 0): no comment has both a true and a predicted label."
        )
    few: dict[str, list[str]] = {}
    for head, scores in heads.items():
        if scores["n"] and not is_testable(scores["n"], _groups(scores)):
            few.setdefault(few_groups(scores), []).append(head)
    cautions += [f"On {_series(named)}, {reason}." for reason, named in few.items()]
    if rare := _rare_labels(heads):
        shown = ", ".join(rare[:MAX_NAMED_LABELS])
        more = f" and {len(rare) - MAX_NAMED_LABELS} more" if len(rare) > MAX_NAMED_LABELS else ""
        cautions.append(f"Rare labels make macro F1 uncertain: {shown}{more} (label {MIN_SUPPORT} or more).")
    return cautions


def describe_overlap(heads: Heads, held_out: Any) -> str:
    """Suspect that a model was trained on these comments where it is clearly better than on held-out ones.

    `held_out`: scores of the same heads on the training comments, cross-validated.

    >>> found = {"tone": {"n": 300, "accuracy_interval": [0.97, 0.99]}}
    >>> describe_overlap(found, {"tone": {"accuracy_interval": [0.8, 0.84]}})[:73]
    'The model is right more often than on comments that it was not trained on'
    """
    if not isinstance(held_out, Mapping):
        return ""
    better = [
        head
        for head, scores in heads.items()
        if scores["n"] >= MIN_TEST_COMMENTS and scores["accuracy_interval"][0] > _best_accuracy(held_out.get(head))
    ]
    if 2 * len(better) <= len(heads):
        return ""
    suspicion = f"The model is right more often than on comments that it was not trained on ({_series(better)})"
    return f"{suspicion}: were these among its training comments? Then the scores are optimistic."


def describe_resampling(data: Mapping[str, Any]) -> str:
    """Say what the intervals resample, and how many comments are near copies of others.

    >>> describe_resampling({"rows": 300, "articles": 30, "groups": 30, "near_copies": 1})
    '95 % intervals resample 30 articles; 1 comment nearly repeats another (near copies are kept together).'
    """
    groups, copies = data.get("groups", data["rows"]), data.get("near_copies", 0)
    unit = "article" if data["articles"] else "comment" if groups == data["rows"] else "different comment"
    resampled = f"95 % intervals resample {plural(groups, unit)}"
    if not copies:
        return f"{resampled}."
    repeat = "nearly repeats another" if copies == 1 else "nearly repeat others"
    return f"{resampled}; {plural(copies, 'comment')} {repeat} (near copies are kept together)."


def describe_comparison(heads: Heads, name: str) -> str:
    """Describe in a sentence where the model is significantly worse or better than another, of that name.

    >>> compared = {"n": 50, "significantly_worse": 0.0, "difference_interval": [0.01, 0.09]}
    >>> describe_comparison({"tone": {"compared": compared}}, "the model old")
    'Compared with the model old, it is significantly better on tone.'
    """
    compared = {head: scores["compared"] for head, scores in heads.items() if scores.get("compared")}
    usable = {head: each for head, each in compared.items() if each.get("n", 1)}
    if not usable:
        return f"Nothing to compare with {name}: no comment has a label of both." if compared else ""
    groups: dict[str, list[str]] = {WORSE: [], BETTER: [], "": []}
    for head, each in usable.items():
        groups[result_of(each)].append(head)
    words = {WORSE: "significantly worse", BETTER: "significantly better", "": "not significantly different"}
    parts = [f"{words[result]} on {_series(named)}" for result, named in groups.items() if named]
    few = next((each for each in usable.values() if each.get("n") and _is_few(each)), None)
    reason = f" ({few_groups(few)})" if few else ""
    return f"Compared with {name}, it is {', and '.join(filter(None, [', '.join(parts[:-1]), parts[-1]]))}{reason}."


def describe_precision(scores: Mapping[str, Any]) -> dict[str, tuple[int, int, int] | None]:
    """Return for each label how many of 100 comments that are called so are so, and the interval; None if none is.

    >>> labels = {"no": {"precision": 0.9}, "yes": {"precision": 0.5}}
    >>> describe_precision({"n": 100, "labels": labels, "confusion": [[81, 0], [9, 10]]})
    {'no': (90, 82, 95), 'yes': (100, 69, 100)}
    """
    independent = min(1.0, scores.get("effective_rows", scores["n"]) / max(1, scores["n"]))
    found: dict[str, tuple[int, int, int] | None] = {}
    for place, label in enumerate(scores["labels"]):
        called, hits = sum(row[place] for row in scores["confusion"]), scores["confusion"][place][place]
        low, high = share_interval(hits / called, called * independent) if called else (0.0, 0.0)
        found[label] = (round(100 * hits / called), round(100 * low), round(100 * high)) if called else None
    return found


def describe_fitness(heads: Heads) -> str:
    """Say which heads are good enough to publish, by the lower end of the interval of macro F1.

    >>> describe_fitness({"tone": {"n": 500, "macro_f1_interval": [0.81, 0.9]}, "us": {"n": 0}})
    'Good enough to publish, with the interval: tone. Not good enough to publish: us.'
    """
    groups: dict[str, list[str]] = {
        "Good enough to publish, with the interval": [],
        "Good enough for tentative conclusions": [],
        "Not good enough to publish": [],
    }
    names = list(groups)
    for head, scores in heads.items():
        low = scores["macro_f1_interval"][0] if scores["n"] and not _is_few(scores) else 0.0
        groups[names[0 if low >= MIN_F1_TO_PUBLISH else 1 if low >= MIN_F1_TO_HINT else 2]].append(head)
    return " ".join(f"{name}: {', '.join(named)}." for name, named in groups.items() if named)


def is_significantly_better(scores: Mapping[str, Any], baseline: str = "majority") -> bool:
    """Whether the 95 % interval of the lead over a baseline lies above 0, on enough comments to tell."""
    return is_better(scores["baselines"][baseline]) and not _is_few(scores)


def result_of(compared: Mapping[str, Any]) -> str:
    """Return whether a model is significantly WORSE or BETTER than another, by metrics of a comparison; else empty."""
    return WORSE if is_worse(compared) else BETTER if is_better(compared) else ""


def is_better(compared: Mapping[str, Any]) -> bool:
    """Whether a model is significantly better than what it is compared with, by metrics of a comparison."""
    known = compared.get("significantly_better")
    return bool(compared["difference_interval"][0] > 0 if known is None else known > 0) and not _is_few(compared)


def is_worse(compared: Mapping[str, Any]) -> bool:
    """Whether a model is significantly worse than what it is compared with, by metrics of a comparison."""
    return bool(compared["significantly_worse"] > 0)


def _best_accuracy(scores: Any) -> float:
    """Return the upper end of the interval of accuracy of a manifest; 1 where it does not say."""
    interval = scores.get("accuracy_interval") if isinstance(scores, Mapping) else None
    return interval[1] if isinstance(interval, list) and len(interval) == 2 and isinstance(interval[1], float) else 1.0


def _groups(scores: Mapping[str, Any]) -> int:
    return int(scores.get("groups", scores["n"]))


def _is_few(scores: Mapping[str, Any]) -> bool:
    return "n" in scores and not is_testable(scores["n"], _groups(scores))


def _rare_labels(heads: Heads) -> list[str]:
    return [
        f"{label} of {head} has {plural(found['support'], 'comment')}"
        for head, scores in heads.items()
        for label, found in scores["labels"].items()
        if found["support"] < MIN_SUPPORT
    ]


def _describe_majority(heads: Heads) -> str:
    better = [head for head, scores in heads.items() if is_significantly_better(scores)]
    others = [head for head in heads if head not in better]
    majority = "significantly better than the majority class (always guessing the most frequent label)"
    if not better:
        return f"The model is not {majority} on any head"
    return f"The model is {majority} on {_series(better)}" + (f", but not on {_series(others)}" if others else "")


def _describe_range(heads: Heads) -> str:
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
