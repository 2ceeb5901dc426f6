"""Why a head decided as it did: the log-odds of one label against another, as a sum of named parts.

A linear model can be taken apart without loss: what each n-gram and each signal adds to ln(p_chosen / p_other) is its
value times the difference of two weights. Nothing here is estimated, and nothing is left over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from stance.errors import OptionError
from stance.features.tfidf import KINDS
from stance.model.attitude_model import AttitudeModel
from stance.model.explanation.occurrences import names_of, occurrences
from stance.model.labels import encode
from stance.model.model import Model
from stance.model.stacked_features import MAX_LOG_ODDS, stacked_feature_names
from stance.strings import listed, printable

INTERCEPT = "(to begin with)"  # what a head adds to a comment of which it knows nothing
CLIPPED = "(limit of what the words may say)"  # what is lost where the log-odds of an attitude exceed `LOUDEST`
Part: TypeAlias = tuple[str, float]
Codes: TypeAlias = NDArray[np.intp]


def decompose_log_odds(
    model: Model,
    texts: Sequence[str],
    head: str,
    chosen: str | Sequence[str] | None = None,
    other: str | Sequence[str] | None = None,
) -> list[list[Part]]:
    """Take the log-odds of one label against another apart.

    Parameters
    ----------
    model : Model
    texts : sequence of str
        N comments.
    head : str
    chosen : str or sequence of str, optional
        One label for all texts, or N; by default the likeliest.
    other : str or sequence of str, optional
        Likewise; by default the likeliest but for the chosen one.

    Returns
    -------
    list of list of (str, float)
        For each text name and weight of all parts that are not 0, the largest first. A weight above 0 speaks for the
        chosen label; the weights add up to ln(p_chosen / p_other), to 1e-6. What a target's head hears of its target
        is given as the features of the model of attitudes, such as `our T` (T: the target).

    Raises
    ------
    OptionError
        If the model has no such head, or the head no such label.

    Examples
    --------
    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> [parts] = decompose_log_odds(model, ["they love it"], "mood")
    >>> p_bad, p_good = model.proba(["they love it"]).proba["mood"][0]
    >>> bool(abs(sum(weight for _, weight in parts) - np.log(p_good / p_bad)) < 1e-6)
    True
    """
    check_head(model, head)
    pair = top_two(model.proba(texts).proba[head], *(_codes(model, head, asked, texts) for asked in (chosen, other)))
    ngrams, signals, bias = _ngrams(model, texts, head, *pair), _signals(model, texts, head, *pair), _bias(model, head)
    return [
        largest_first([*some, *told, (INTERCEPT, float(bias[one] - bias[two]))])
        for some, told, one, two in zip(ngrams, signals, *pair, strict=True)
    ]


def top_features(model: Model, head: str, n: int) -> dict[str, list[Part]]:
    """Name what weighs most for each label of a head.

    Parameters
    ----------
    model : Model
    head : str
    n : int
        Number of n-grams and signals for each label.

    Returns
    -------
    dict of str to list of (str, float)
        Name and weight, the largest first. A weight is that of the label less the mean over all labels, of n-grams
        times their idf, so that common and rare ones compare.

    Raises
    ------
    OptionError
        If the model has no such head.
    """
    check_head(model, head)
    classifier = model.classifiers[head]
    idf = np.concatenate([model.features.terms[kind].idf for kind in KINDS])
    heard = _signal_weights(model, head)
    weights = np.hstack([classifier.weights.astype(np.float64) * idf, heard])
    weights -= weights.mean(axis=0)
    names = [*stacked_names(model, head)]
    found = {}
    for label, row in zip(classifier.labels, weights, strict=True):
        best = np.argsort(-row, kind="stable")[:n].tolist()
        told = [ngram_name(model, at) if at < len(idf) else names[at - len(idf)] for at in best]
        found[label] = list(zip(told, row[best].tolist(), strict=True))
    return found


def check_head(model: Model, head: str) -> None:
    """Refuse a head that the model does not have.

    Parameters
    ----------
    model : Model
    head : str

    Raises
    ------
    OptionError
    """
    if head not in model.classifiers:
        raise OptionError(f"no head {head!r}; the model has {listed(list(model.classifiers))}")


def top_two(proba: NDArray[np.float64], chosen: Codes | None = None, other: Codes | None = None) -> tuple[Codes, Codes]:
    """Say which label is explained, and against which.

    Parameters
    ----------
    proba : ndarray of shape (N, K)
    chosen : ndarray of shape (N,), optional
        Numbers of labels; by default the likeliest.
    other : ndarray of shape (N,), optional
        Likewise; by default the likeliest but for the chosen one.

    Returns
    -------
    chosen, other : ndarray of shape (N,)

    Examples
    --------
    >>> [codes.tolist() for codes in top_two(np.array([[0.1, 0.6, 0.3]]))]
    [[1], [2]]
    """
    chosen = proba.argmax(axis=1) if chosen is None else chosen
    if other is None:
        rest = proba.copy()
        rest[np.arange(len(rest)), chosen] = -1
        other = rest.argmax(axis=1)
    return chosen, other


def largest_first(parts: Sequence[Part]) -> list[Part]:
    """Sort parts by size, and leave out those that are 0.

    Parameters
    ----------
    parts : sequence of (str, float)

    Returns
    -------
    list of (str, float)

    Examples
    --------
    >>> largest_first([("a", 0.1), ("b", -2.0), ("c", 0.0)])
    [('b', -2.0), ('a', 0.1)]
    """
    return sorted((part for part in parts if part[1]), key=lambda part: -abs(part[1]))


def ngram_names(model: Model) -> list[str]:
    """Name all columns of the features.

    Parameters
    ----------
    model : Model

    Returns
    -------
    list of str
        As `ngram_name` gives them.
    """
    words, pieces = (model.features.terms[kind].vocabulary for kind in KINDS)
    return [*map(printable, words), *map(char_ngram_name, pieces)]


def ngram_name(model: Model, column: int) -> str:
    """Name a column of the features.

    Parameters
    ----------
    model : Model
    column : int

    Returns
    -------
    str
        Words as they are; of pieces of words as `piece_name` gives.
    """
    words, pieces = (model.features.terms[kind].vocabulary for kind in KINDS)
    return printable(words[column]) if column < len(words) else char_ngram_name(pieces[column - len(words)])


def char_ngram_name(piece: str) -> str:
    """Write a piece of a word so that it cannot be taken for a word.

    Parameters
    ----------
    piece : str
        With a blank where the word begins or ends.

    Returns
    -------
    str
        With `~` where the word goes on; a whole word, with the signs at it, stands between `_`.

    Examples
    --------
    >>> [char_ngram_name(piece) for piece in (" li", "ie", "ies ", " us! ")]
    ['li~', '~ie~', '~ies', '_us!_']
    """
    inner, begins, ends = printable(piece.strip(" ")), piece.startswith(" "), piece.endswith(" ")
    if begins and ends:
        return f"_{inner}_"
    return f"{'' if begins else '~'}{inner}{'' if ends else '~'}"


def stacked_names(model: Model, head: str) -> list[str]:
    """Name the signals of a head.

    Parameters
    ----------
    model : Model
    head : str

    Returns
    -------
    list of str
        As many as its classifier has weights for.
    """
    classifier, attitudes = model.classifiers[head], model.attitudes
    if attitudes is None or not classifier.n_stacked:
        return []
    names = stacked_feature_names(head, attitudes.targets, attitudes.labels, classifier.uses_tone)
    return [printable(name) for name in names]


def attitude_weights(model: Model, head: str, chosen: Codes, other: Codes) -> NDArray[np.float64]:
    """Say what the log-odds of the model of attitudes count for in the head of a target.

    Parameters
    ----------
    model : Model
    head : str
        One that is a target.
    chosen, other : ndarray of shape (N,)
        Numbers of the label that is explained, and of the one that it is weighed against.

    Returns
    -------
    ndarray of shape (N, K)
        For each of its labels.
    """
    weights, k = _signal_weights(model, head), len(model.labels[head])
    scale = model.settings.target_scale / model.classifiers[head].temperature
    return np.asarray((weights[chosen] - weights[other])[:, :k] * scale)


def _codes(model: Model, head: str, asked: str | Sequence[str] | None, texts: Sequence[str]) -> Codes | None:
    if asked is None:
        return None
    labels = model.labels[head]
    names = [asked] * len(texts) if isinstance(asked, str) else asked
    if unknown := sorted(set(names) - set(labels)):
        raise OptionError(f"head {head} has no label {listed(unknown)}; it has {listed(labels)}")
    return encode(names, labels)[1]


def _ngrams(model: Model, texts: Sequence[str], head: str, chosen: Codes, other: Codes) -> Iterator[list[Part]]:
    classifier = model.classifiers[head]
    ends, columns, values = model.features.matrix(texts)
    rows, weights = np.repeat(np.arange(len(texts)), np.diff(ends)), classifier.weights.astype(np.float64)
    parts = values * (weights[chosen[rows], columns] - weights[other[rows], columns]) / classifier.temperature
    for low, high in pairwise(ends.tolist()):
        names = [ngram_name(model, column) for column in columns[low:high].tolist()]
        yield list(zip(names, parts[low:high].tolist(), strict=True))


def _signals(model: Model, texts: Sequence[str], head: str, chosen: Codes, other: Codes) -> list[list[Part]]:
    weights, names = _signal_weights(model, head) / model.classifiers[head].temperature, stacked_names(model, head)
    parts = model.stacked_features(texts)[head] * (weights[chosen] - weights[other])
    if model.attitudes is None or head not in model.attitudes.targets:
        return [list(zip(names, row, strict=True)) for row in parts.tolist()]
    k, of_labels = len(model.labels[head]), attitude_weights(model, head, chosen, other)
    expanded = _attitudes(model.attitudes, texts, head, of_labels)
    named = [list(zip(names[k:], row, strict=True)) for row in parts[:, k:].tolist()]
    return [[*some, *more] for some, more in zip(expanded, named, strict=True)]


def _attitudes(
    attitudes: AttitudeModel, texts: Sequence[str], head: str, of_labels: NDArray[np.float64]
) -> list[list[Part]]:
    number = attitudes.targets.index(head)
    found, names = occurrences(attitudes, texts, attitudes.targets, number), names_of(attitudes, head)
    width, sums = len(names), found.weigh(attitudes, of_labels)
    pairs, of_pair = np.unique(found.texts * width + found.columns, return_inverse=True)
    rows: list[list[Part]] = [[] for _ in texts]
    for pair, weight in zip(pairs.tolist(), np.bincount(of_pair, sums).tolist(), strict=True):
        rows[pair // width].append((names[pair % width], weight))
    logits = attitudes.read(texts).logits[:, number]
    cut = (of_labels * (np.clip(logits, -MAX_LOG_ODDS, MAX_LOG_ODDS) - logits)).sum(axis=1)
    for row, weight in zip(rows, cut.tolist(), strict=True):
        row.append((CLIPPED, weight))
    return rows


def _signal_weights(model: Model, head: str) -> NDArray[np.float64]:
    classifier = model.classifiers[head]
    if classifier.stacked_weights is None:
        return np.zeros((len(classifier.labels), 0))
    return classifier.stacked_weights.astype(np.float64)


def _bias(model: Model, head: str) -> NDArray[np.float64]:
    classifier = model.classifiers[head]
    return np.asarray(classifier.bias.astype(np.float64) / classifier.temperature)
