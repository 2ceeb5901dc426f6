"""What a model must beat: the commonest label, a keyword rule, VADER, and a plain model of words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from stance.features.lexicon import Lexicon
from stance.features.mentions import target_polarities
from stance.heads import AGAINST, FAVOR, NEGATIVE, NEUTRAL, POSITIVE

NEUTRAL_BELOW = 0.05  # of VADER's compound score (Hutto and Gilbert 2014)


def majority(counts: Mapping[str, int]) -> str:
    """Name the commonest label, which a constant guess would give.

    Parameters
    ----------
    counts : mapping of str to int
        Rows of each label in the training data.

    Returns
    -------
    str
        Of equally common ones the first by name.

    Examples
    --------
    >>> majority({"b": 2, "a": 2, "c": 1})
    'a'
    """
    return min(counts, key=lambda label: (-counts[label], label))


def keywords(texts: Sequence[str], head: str, labels: Sequence[str], lexicon: Lexicon) -> list[str] | None:
    """Label by which target is named, and how the words behind its name sound.

    A head that is a target: favor or against by the tone of the target's own words. A head whose labels speak for
    targets, such as pro_india: the label whose targets are spoken of best, if well at all.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    head : str
    labels : sequence of str
    lexicon : Lexicon

    Returns
    -------
    list of str or None
        N labels; None where the rule says nothing about such a head.

    Examples
    --------
    >>> keywords(["Russia is great", "so"], "russia", ["against", "favor", "none"], Lexicon.bundled())
    ['favor', 'none']
    """
    spoken_for = {label: [t for t in label.split("_") if t in lexicon.targets] for label in labels}
    others = [label for label, targets in spoken_for.items() if not targets]
    if head in lexicon.targets and {AGAINST, FAVOR} < set(labels) and len(labels) == 3:
        [rest] = set(labels) - {AGAINST, FAVOR}
        sides = target_polarities(texts, lexicon, [head])[:, 0]
        return [FAVOR if side > 0 else AGAINST if side < 0 else rest for side in sides]
    if len(others) != 1 or len(labels) == 1:
        return None
    camps = [label for label in labels if label not in others]
    best = [target_polarities(texts, lexicon, spoken_for[camp]).max(axis=1) for camp in camps]
    chosen = np.argmax(best, axis=0)
    return [camps[k] if value > 0 else others[0] for k, value in zip(chosen, np.max(best, axis=0), strict=True)]


def vader(texts: Sequence[str], labels: Sequence[str], lexicon: Lexicon) -> list[str] | None:
    """Label the tone by VADER's rules (Hutto and Gilbert 2014), as nltk has them.

    Parameters
    ----------
    texts : sequence of str
        N comments.
    labels : sequence of str
    lexicon : Lexicon
        Whose word list it uses.

    Returns
    -------
    list of str or None
        N labels; None where the head is not about tone.

    Examples
    --------
    >>> vader(["What a great day!", "A horrible day."], ["negative", "neutral", "positive"], Lexicon.bundled())
    ['positive', 'negative']
    """
    if set(labels) != {NEGATIVE, NEUTRAL, POSITIVE}:
        return None
    analyzer = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)  # its own way wants a download
    analyzer.lexicon, analyzer.constants = lexicon.tones, VaderConstants()
    scores = [analyzer.polarity_scores(text)["compound"] for text in texts]
    return [POSITIVE if s >= NEUTRAL_BELOW else NEGATIVE if s <= -NEUTRAL_BELOW else NEUTRAL for s in scores]
