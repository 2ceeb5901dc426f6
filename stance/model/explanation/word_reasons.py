"""Why a head decided as it did, by the words of the comment: sums of parts of the log-odds, none left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from stance.model.explanation.log_odds import Contrast, LogOdds, score_contrasts, top_two
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model
from stance.model.stacked_features import columns_of_target
from stance.strings import printable

ALWAYS = "(in every comment)"  # the intercept: what a head adds to a comment of which it knows nothing
OTHERWISE = "(how countries are named)"  # how often, where, beside whom: what rests on no word alone
NOT_NAMED = "(not named)"
MAX_WORDS = 3  # of another head, that a reason names
EDGES = ".,;:!?\"'()[]{}…“”‘’«»-–—*_~"  # of a word, that do not tell it from others


class Reason(NamedTuple):
    """What speaks for a label (above 0) or against it: words, or what another head made of them."""

    name: str
    weight: float
    head: str | None = None  # the other head
    label: str | None = None  # that it gives


def explain_by_words(
    model: Model, texts: Sequence[str], contrasts: Sequence[Contrast]
) -> dict[tuple[str, int], list[Reason]]:
    """Decompose the log-odds of many heads and texts into reasons, the largest first; by head and row.

    The reasons of a head and text add up to its log-odds, as its parts do.

    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> [reasons] = explain_by_words(model, ["They love it!"], [Contrast("mood", 0)]).values()
    >>> [reason.name for reason in reasons]
    ['love', 'it']
    """
    log_odds, placed = score_contrasts(model, texts, contrasts)
    words = [WordWeights(log_odds, row) for row in range(len(log_odds.scored.texts))]
    return {
        (each.head, each.row): _reasons(log_odds, words[there.row], there)
        for each, there in zip(contrasts, placed, strict=True)
    }


def _reasons(log_odds: LogOdds, words: WordWeights, contrast: Contrast) -> list[Reason]:
    chosen, other = log_odds.codes(contrast)
    head, row = contrast.head, contrast.row
    total = sum(weight for _, weight in log_odds.parts(row, head, chosen, other))
    classifier = log_odds.model.classifiers[head]
    bias = classifier.bias.astype(float) / classifier.temperature
    own = log_odds.model.attitude_model and head in log_odds.model.attitude_model.targets
    reasons = [  # of a country's own head, the bias is all but made up for where the country is named
        *([] if own else [Reason(ALWAYS, float(bias[chosen] - bias[other]))]),
        *(Reason(word, weight) for word, weight in _sum_words(log_odds, words, head, chosen, other).items()),
        *_other_heads(log_odds, words, row, head, chosen, other),
    ]
    reasons.append(Reason(_otherwise(log_odds, row, head), total - sum(reason.weight for reason in reasons)))
    return sorted((each for each in reasons if abs(each.weight) > 1e-9), key=lambda each: -abs(each.weight))


def _otherwise(log_odds: LogOdds, row: int, head: str) -> str:
    attitudes, attitude_model = log_odds.scored.attitudes, log_odds.model.attitude_model
    if attitudes is None or attitude_model is None or head not in attitude_model.targets:
        return OTHERWISE
    is_named = attitudes.named[row, attitude_model.targets.index(head)]
    return OTHERWISE if is_named else f"({printable(head)} is not named)"


def _sum_words(log_odds: LogOdds, words: WordWeights, head: str, chosen: int, other: int) -> dict[str, float]:
    sums: defaultdict[str, float] = defaultdict(float)
    text = log_odds.scored.texts[words.row]
    for (begin, end), weight in zip(words.spans, words.of(head, chosen, other).tolist(), strict=True):
        word = text[begin:end]
        sums[printable(word.strip(EDGES).lower() or word)] += weight
    return dict(sums)


def _other_heads(log_odds: LogOdds, words: WordWeights, row: int, head: str, chosen: int, other: int) -> list[Reason]:
    """Sum what each other head adds, and name the label that it gives and the words that made it."""
    attitude_model = log_odds.model.attitude_model
    attitudes = log_odds.scored.attitudes
    if attitude_model is None or attitudes is None or head in attitude_model.targets:
        return []
    parts = log_odds.stacked_parts(row, head, chosen, other)
    reasons = []
    for column, target in enumerate(attitude_model.targets):
        own = columns_of_target(column, len(attitude_model.targets), len(attitude_model.labels))
        first, second = (int(codes[0]) for codes in top_two(log_odds.scored.proba[target][row : row + 1]))
        weights = _sum_words(log_odds, words, target, first, second)
        strongest = [word for word in sorted(weights, key=lambda word: -weights[word]) if weights[word] > 0][:MAX_WORDS]
        shown = ", ".join(strongest) if attitudes.named[row, column] else NOT_NAMED
        label = log_odds.model.labels[target][first]
        reasons.append(Reason(shown, sum(parts[each][1] for each in own), target, label))
    return reasons
