"""Names of the parts of a decision: n-grams, stacked features, and the context features of a target."""

from __future__ import annotations

from stance.features.kernels.context_numbers import CONTEXT_NUMBERS
from stance.features.tfidf import KINDS
from stance.model.attitude_model import AttitudeModel
from stance.model.model import Model
from stance.model.stacked_features import stacked_feature_names
from stance.strings import printable

INTERCEPT = "(intercept)"  # what a head adds to a comment of which it knows nothing
CLIPPED = "(clipped)"  # what is lost where the logits of an attitude exceed `MAX_LOG_ODDS`
_SIDES = {"+": "good words", "-": "bad words"}
_REGIONS = {
    "text": "in the text", "clause": "in the clause of T", "sentence": "in the sentence of T", "before": "before T",
    "behind": "behind T", "own": "of T", "others": "of others", "alone": "where only T is named",
}  # fmt: skip
_OTHER_NUMBERS = {
    "alone": "only T is named", "first": "T is named first", "last": "T is named last", "mentions": "mentions of T",
    "share": "T's share of names", "targets": "number of countries named", "we, alone": "'we' where only T is named",
    "we": "'we' beside others", "you, alone": "'you' where only T is named", "you": "'you' beside others",
}  # fmt: skip
NUMBER_NAMES = [_OTHER_NUMBERS.get(name) or f"{_SIDES[name[-1]]} {_REGIONS[name[:-1]]}" for name in CONTEXT_NUMBERS]


def ngram_names(model: Model) -> list[str]:
    """Name all V n-grams, in the order of their columns."""
    words, chars = (model.features.terms[kind].vocabulary for kind in KINDS)
    return [*map(printable, words), *map(char_ngram_name, chars)]


def ngram_name(model: Model, column: int) -> str:
    """Name the n-gram of a column: words as they are, characters as `char_ngram_name` does."""
    words, chars = (model.features.terms[kind].vocabulary for kind in KINDS)
    return printable(words[column]) if column < len(words) else char_ngram_name(chars[column - len(words)])


def char_ngram_name(ngram: str) -> str:
    """Write a character n-gram unlike a word: with `~` where the word goes on, between `_` if it is a whole one.

    >>> [char_ngram_name(ngram) for ngram in (" li", "ie", "ies ", " us! ")]
    ['li~', '~ie~', '~ies', '_us!_']
    """
    inner, begins, ends = printable(ngram.strip(" ")), ngram.startswith(" "), ngram.endswith(" ")
    if begins and ends:
        return f"_{inner}_"
    return f"{'' if begins else '~'}{inner}{'' if ends else '~'}"


def stacked_names(model: Model, head: str) -> list[str]:
    """Name the S stacked features that a head has weights for."""
    classifier, attitude_model = model.classifiers[head], model.attitude_model
    if attitude_model is None or not classifier.n_stacked:
        return []
    names = stacked_feature_names(head, attitude_model.targets, attitude_model.labels, classifier.uses_tone)
    return [printable(name) for name in names]


def context_names(attitude_model: AttitudeModel, target: str) -> list[str]:
    """Name what `Occurrences` number: V context features, the context numbers, and the bias.

    >>> from stance.features.lexicon import Lexicon
    >>> context_names(AttitudeModel.without_targets(Lexicon.bundled()), "iran")[-3:]
    ["'you' where only T is named", "'you' beside others", '(where iran is named)']
    """
    return [*map(printable, attitude_model.names), *NUMBER_NAMES, named_name(target)]


def context_name(attitude_model: AttitudeModel, target: str, column: int) -> str:
    """Name one of `context_names`, without the others."""
    names = attitude_model.names
    if column < len(names):
        return printable(names[column])
    return [*NUMBER_NAMES, named_name(target)][column - len(names)]


def named_name(target: str) -> str:
    """Name the bias of the attitude model."""
    return f"(where {target} is named)"


def unnamed_name(target: str) -> str:
    """Name what stands for all context features where a text does not name the target."""
    return f"(where {target} is not named)"
