"""All that is shown of one comment: labels, what speaks for them, and how much each word adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stance.model.explanation.log_odds import Part, check_head, decompose_log_odds, top_two
from stance.model.explanation.word_weights import WordWeights
from stance.model.model import Model
from stance.model.predictions import STATUSES


@dataclass(frozen=True)
class Decision:
    """What one head says of a comment, and why.

    Parameters
    ----------
    head, label, other : str
        The likeliest label, and the next.
    confidence, other_confidence : float
        Their probabilities.
    parts : list of (str, float)
        Name and weight of all parts, the largest first; they add up to the log-odds.
    words : list of float
        What each word of the comment adds to them.
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
    """A comment, and what a model says of it.

    Parameters
    ----------
    text : str
    status : str
        As in tables; if it is not `ok`, the labels mean nothing.
    spans : list of (int, int)
        Where the words of the comment begin and end.
    decisions : list of Decision
        None where the status is not `ok`.
    """

    text: str
    status: str
    spans: list[tuple[int, int]]
    decisions: list[Decision]


def explain(model: Model, text: str, heads: Sequence[str] = ()) -> Explanation:
    """Explain what a model says of one comment.

    Parameters
    ----------
    model : Model
    text : str
    heads : sequence of str
        By default all.

    Returns
    -------
    Explanation

    Raises
    ------
    OptionError
        If the model has no such head.

    Examples
    --------
    >>> from stance.settings import Settings
    >>> from stance.training.stacking import fit
    >>> model = fit(["we love it", "you all lie"], {"mood": ["good", "bad"]}, {"mood": 1.0}, Settings(min_df=1))
    >>> found = explain(model, "they love it")
    >>> found.status, found.decisions[0].label, found.decisions[0].other
    ('ok', 'good', 'bad')
    """
    heads = list(heads) or list(model.classifiers)
    for head in heads:
        check_head(model, head)
    said = model.proba([text])
    if not said.is_ok[0]:
        return Explanation(text, STATUSES[said.status[0]], [], [])
    shares = WordWeights(model, text)
    decisions = []
    for head in heads:
        [proba], labels = said.proba[head], said.labels[head]
        one, two = (int(codes[0]) for codes in top_two(said.proba[head]))
        [parts] = decompose_log_odds(model, [text], head, labels[one], labels[two])
        words = shares.of(head, one, two).tolist()
        decisions.append(Decision(head, labels[one], float(proba[one]), labels[two], float(proba[two]), parts, words))
    return Explanation(text, STATUSES[said.status[0]], shares.spans, decisions)
