"""`explain`: one comment to its labels and the reasons for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stance.workflow.loading import load_folder

if TYPE_CHECKING:
    from stance.model.explanation.explanation import Explanation


def explain(
    text: str,
    *,
    model: str | None = None,
    heads: Sequence[str] = (),
    targets: Sequence[str] = (),
    lexicon: str | None = None,
) -> Explanation:
    """Explain what a model says of one comment.

    Parameters
    ----------
    text : str
        The comment.
    model : str, optional
        Model folder; by default the bundled model.
    heads : sequence of str
        Heads to explain; by default all.
    targets : sequence of str
        Targets of the lexicon to explain too, beside those that the model has heads for.
    lexicon : str, optional
        CSV of aliases that go before those of the model.

    Returns
    -------
    Explanation
        Its status and, for each head, the label, the probability, and the log-odds against the next label as a sum of
        named parts.

    Raises
    ------
    OptionError, ModelError
        If the model has no such head or target, or cannot be opened.

    Examples
    --------
    >>> [decision] = explain("Russia stood by us when nobody else did", heads=["russia"]).decisions
    >>> decision.label
    'favor'
    """
    from stance.model.explanation import explanation

    return explanation.explain(load_folder(model, lexicon).model, text, heads, targets)
