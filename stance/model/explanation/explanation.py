"""All that `stance explain` shows of one comment: labels, the parts of each decision, and what each word adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stance.model.attitude_model import AttitudeModel
from stance.model.explanation.log_odds import LogOdds, Part, check_head, largest_first, top_two
from stance.model.explanation.occurrences import find_occurrences
from stance.model.explanation.part_names import context_name, unnamed_name
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model, ScoredBatch
from stance.model.predictions import OK, STATUSES, encode_statuses


@dataclass(frozen=True)
class Decision:
    """Label of one head for a comment, and why.

    Parameters
    ----------
    head : str
    label : str
        The most probable label.
    confidence : float
        Its probability.
    other : str
        The second most probable label.
    other_confidence : float
        Its probability.
    parts : list of (str, float)
        Name and weight of all parts, the largest first; they add up to the log-odds.
    words : list of float
        What each word of the comment adds to the log-odds.
    """

    head: str
    label: str
    confidence: float
    other: str
    other_confidence: float
    parts: list[Part]
    words: list[float]

    @property
    def log_odds(self) -> float:
        """ln(confidence / other_confidence), as the sum of all parts."""
        return sum(weight for _, weight in self.parts)


@dataclass(frozen=True)
class Explanation:
    """A comment, and the decisions of a model on it.

    Parameters
    ----------
    text : str
        The comment.
    status : str
        As in result tables; only `ok` has labels.
    spans : list of (int, int)
        Where the words of the comment begin and end.
    decisions : list of Decision
        One for each head; none unless the status is `ok`.
    """

    text: str
    status: str
    spans: list[tuple[int, int]]
    decisions: list[Decision]


def explain(model: Model, text: str, heads: Sequence[str] = (), targets: Sequence[str] = ()) -> Explanation:
    """Explain the labels of one comment under some heads, by default all, and for targets that have no head.

    OptionError if the model lacks a head, or a target cannot be scored.

    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> explanation = explain(model, "they love it")
    >>> explanation.status, explanation.decisions[0].label, explanation.decisions[0].other
    ('ok', 'good', 'bad')
    """
    heads = list(heads) or list(model.classifiers)
    for head in heads:
        check_head(model, head)
    targets = model.find_targets(targets)
    scored = model.score([text], targets)
    status = STATUSES[encode_statuses(scored.n_known)[0]]
    if status != OK:
        return Explanation(text, status, [], [])
    log_odds = LogOdds(model, scored)
    word_weights = WordWeights(log_odds)
    decisions = [_decide(log_odds, word_weights, head) for head in heads]
    if model.attitude_model is not None and targets:
        decisions += [_decide_target(scored, model.attitude_model, word_weights, targets, target) for target in targets]
    return Explanation(text, status, word_weights.spans, decisions)


def _decide(log_odds: LogOdds, word_weights: WordWeights, head: str) -> Decision:
    label, other = (int(codes[0]) for codes in top_two(log_odds.scored.proba[head]))
    parts, words = log_odds.parts(0, head, label, other), word_weights.of(head, label, other).tolist()
    return _decision(head, log_odds.model.labels[head], log_odds.scored.proba[head][0], parts, words)


def _decide_target(
    scored: ScoredBatch, attitude_model: AttitudeModel, word_weights: WordWeights, targets: Sequence[str], target: str
) -> Decision:
    """Explain what the attitude model says of a target, whose parts are context features and nothing else."""
    proba, words = scored.proba[target][0], [0.0] * len(word_weights.spans)
    label, other = (int(codes[0]) for codes in top_two(proba[None]))
    every = [*attitude_model.targets, *targets]
    [found] = find_occurrences(attitude_model, scored.texts, every, [every.index(target)])
    if not len(found.columns):
        parts = [(unnamed_name(target), float(np.log(proba[label] / proba[other])))]
        return _decision(target, attitude_model.labels, proba, parts, words)
    label_weights = np.zeros(len(proba))
    label_weights[[label, other]] = 1 / attitude_model.temperature, -1 / attitude_model.temperature
    columns, of_column = np.unique(found.columns, return_inverse=True)
    sums = np.bincount(of_column, found.weigh(attitude_model, label_weights), len(columns)).tolist()
    parts = [(context_name(attitude_model, target, column), size) for column, size in zip(columns, sums, strict=True)]
    words = word_weights.of_occurrences(found, label_weights).tolist()
    return _decision(target, attitude_model.labels, proba, largest_first(parts), words)


def _decision(
    head: str, names: Sequence[str], proba: NDArray[np.float64], parts: list[Part], words: list[float]
) -> Decision:
    label, other = (int(codes[0]) for codes in top_two(proba[None]))
    return Decision(head, names[label], float(proba[label]), names[other], float(proba[other]), parts, words)
