"""All that `stance explain` shows of one comment: labels, the parts of each decision, and what each word adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stance.model.explanation.log_odds import LogOdds, Part, check_head, top_two
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model
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


def explain(model: Model, text: str, heads: Sequence[str] = ()) -> Explanation:
    """Explain the labels of one comment under some heads, by default all; OptionError if the model lacks one.

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
    scored = model.score([text])
    status = STATUSES[encode_statuses(scored.n_known)[0]]
    if status != OK:
        return Explanation(text, status, [], [])
    log_odds = LogOdds(model, scored)
    word_weights = WordWeights(log_odds)
    return Explanation(text, status, word_weights.spans, [_decide(log_odds, word_weights, head) for head in heads])


def _decide(log_odds: LogOdds, word_weights: WordWeights, head: str) -> Decision:
    names, proba = log_odds.model.labels[head], log_odds.scored.proba[head]
    label, other = (int(codes[0]) for codes in top_two(proba))
    return Decision(
        head,
        names[label],
        float(proba[0, label]),
        names[other],
        float(proba[0, other]),
        log_odds.parts(0, head, label, other),
        word_weights.of(head, label, other).tolist(),
    )
