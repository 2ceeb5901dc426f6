"""What a model must beat: the majority class, a keyword rule, VADER."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from stance.evaluation.vader import compound_scores
from stance.features.lexicon import Lexicon
from stance.features.mentions import target_polarities
from stance.heads import AGAINST, FAVOR, NEGATIVE, NEUTRAL, POSITIVE

MIN_VADER_SCORE = 0.05  # of a positive comment; VADER's compound score (Hutto and Gilbert 2014)
BATCH_TEXTS = 20_000  # texts whose context features are in memory at once, about 3 kB each


def majority_class(counts: Mapping[str, int]) -> str:
    """Return the most frequent label in training; of equally frequent ones the first in alphabetical order.

    >>> majority_class({"b": 2, "a": 2, "c": 1})
    'a'
    """
    return min(counts, key=lambda label: (-counts[label], label))


def label_by_keywords(
    texts: Sequence[str], heads: Mapping[str, Sequence[str]], lexicon: Lexicon
) -> dict[str, list[str]]:
    """Label heads (name to labels) by the targets that are named and the tone of the words about them.

    A head that is a target: favor or against by that tone. A head whose labels name targets, such as pro_india: the
    label whose targets are spoken of best, if well at all. Other heads are left out.

    >>> label_by_keywords(["Russia is great", "so"], {"russia": ["against", "favor", "none"]}, Lexicon.bundled())
    {'russia': ['favor', 'none']}
    """
    rules = {head: _targets_of_labels(head, labels, lexicon) for head, labels in heads.items()}
    rules = {head: rule for head, rule in rules.items() if rule}
    needed = {target for rule in rules.values() for targets in rule.values() for target in targets}
    if not needed:
        return {}
    polarities = _read_polarities(texts, [target for target in lexicon.targets if target in needed], lexicon)
    return {
        head: _label_attitude(polarities[head], heads[head])
        if AGAINST in rule
        else _label_side(polarities, heads[head], rule)
        for head, rule in rules.items()
    }


def label_by_vader(texts: Sequence[str], heads: Mapping[str, Sequence[str]], lexicon: Lexicon) -> dict[str, list[str]]:
    """Label heads (name to labels) of positive, neutral and negative tone by VADER; others are left out.

    >>> tone = ["negative", "neutral", "positive"]
    >>> label_by_vader(["What a great day!", "A horrible day."], {"tone": tone}, Lexicon.bundled())
    {'tone': ['positive', 'negative']}
    """
    tones = [head for head, labels in heads.items() if set(labels) == {NEGATIVE, NEUTRAL, POSITIVE}]
    if not tones:
        return {}
    found = [
        POSITIVE if score >= MIN_VADER_SCORE else NEGATIVE if score <= -MIN_VADER_SCORE else NEUTRAL
        for score in compound_scores(texts, lexicon)
    ]
    return dict.fromkeys(tones, found)


def _targets_of_labels(head: str, labels: Sequence[str], lexicon: Lexicon) -> dict[str, list[str]]:
    """Targets by which each label is chosen; empty where the rule cannot label this head."""
    if head in lexicon.targets and {AGAINST, FAVOR} < set(labels) and len(labels) == 3:
        return {AGAINST: [head], FAVOR: [head]}
    targets = {label: [part for part in label.split("_") if part in lexicon.targets] for label in labels}
    sides = {label: named for label, named in targets.items() if named}
    return sides if len(sides) == len(labels) - 1 else {}


def _read_polarities(texts: Sequence[str], targets: Sequence[str], lexicon: Lexicon) -> dict[str, NDArray[np.float64]]:
    """Tone of the words about each target, (N,), -1 to 1; 0 where it is not named."""
    batches = [texts[first : first + BATCH_TEXTS] for first in range(0, max(1, len(texts)), BATCH_TEXTS)]
    columns = np.concatenate([target_polarities(batch, lexicon, targets) for batch in batches]).T
    return dict(zip(targets, columns, strict=True))


def _label_attitude(polarity: NDArray[np.float64], labels: Sequence[str]) -> list[str]:
    [neither] = set(labels) - {AGAINST, FAVOR}
    return [FAVOR if value > 0 else AGAINST if value < 0 else neither for value in polarity]


def _label_side(
    polarities: Mapping[str, NDArray[np.float64]], labels: Sequence[str], sides: Mapping[str, Sequence[str]]
) -> list[str]:
    [neither] = set(labels) - set(sides)
    best = np.stack([np.max([polarities[target] for target in targets], axis=0) for targets in sides.values()])
    names = list(sides)
    return [names[k] if value > 0 else neither for k, value in zip(best.argmax(axis=0), best.max(axis=0), strict=True)]
