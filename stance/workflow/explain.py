"""stance/workflow/explain.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stance.workflow.loading import _opened

if TYPE_CHECKING:
    from stance.model.explanation.explanation import Explanation


def explain(
    text: str, *, model: str | None = None, heads: Sequence[str] = (), lexicon: str | None = None
) -> Explanation:
    """Explain what a model says of one comment.

    Parameters
    ----------
    text : str
    model : str, optional
        Model folder; by default the bundled one.
    heads : sequence of str
        By default all.
    lexicon : str, optional
        Path of a CSV with more aliases of targets.

    Returns
    -------
    Explanation

    Raises
    ------
    ModelError, OptionError
    """
    from stance.model.explanation import explanation

    return explanation.explain(_opened(model, lexicon), text, heads)
