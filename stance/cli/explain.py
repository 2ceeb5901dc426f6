"""`stance explain`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli import console
from stance.cli.options import LexiconFile, ModelFolder, split_names

if TYPE_CHECKING:
    from stance.model.explanation.explanation import Decision, Explanation

STRONG, WEAK = 0.5, 0.125  # shares of what the strongest word adds, from which on a word is marked
FAINT = 0.5  # log-odds; where no word adds as much as that, words are marked as if one did
MANY = 1e6  # times, from which on they are shown by their power of ten
STATUS = {
    "empty": "nothing to be seen in it",
    "no_known_words": "none of its words, or pieces of words, was seen in training",
    "unsupported_script": "most of its letters were hardly ever seen in training",
}


def command(
    text: Annotated[str, typer.Argument(help="The comment; - for standard input.")],
    model: ModelFolder = None,
    heads: Annotated[
        str | None, typer.Option("--head", help="Heads to explain, with commas between.", show_default="all")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Number of parts to show of each decision.")] = 8,
    lexicon: LexiconFile = None,
) -> None:
    """Say why one comment gets its labels: the words and features that moved each decision, and by how much."""
    from stance.features.kernels.tfidf import is_compiled
    from stance.workflow import explain

    comment = console.read_text() if text == "-" else text
    if not is_compiled():
        console.echo_err("compiling the scorer for this machine; this takes some seconds and happens once")
    found = explain.explain(comment, model=model, heads=split_names(heads), lexicon=lexicon)
    if found.status != "ok":
        console.echo(f"{found.status}: {STATUS[found.status]}, so it gets no label")
    for decision in found.decisions:
        show(found, decision, top)


def show(found: Explanation, decision: Decision, top: int) -> None:
    """Print a decision and its reasons.

    Parameters
    ----------
    found : Explanation
    decision : Decision
        One of its.
    top : int
        Number of parts to name.
    """
    console.echo(
        f"{decision.head}: {decision.label} {decision.confidence:.2f}, "
        f"next {decision.other} {decision.other_confidence:.2f}"
    )
    console.show_marked(marked(found.text, found.spans, decision.words))
    largest, smaller = decision.parts[:top], [weight for _, weight in decision.parts[top:]]
    rest = [(f"and {len(smaller):,} smaller one{'s' if len(smaller) > 1 else ''}", sum(smaller))] if smaller else []
    for name, weight in [*largest, *rest]:
        console.echo(f"  {weight:+8.3f}  {name}")
    odds = f"{decision.label} is {times(decision.log_odds)} times as likely as {decision.other}"
    console.echo(f"  {decision.log_odds:8.3f}  log-odds: {odds}\n")


def marked(text: str, spans: Sequence[tuple[int, int]], words: Sequence[float]) -> list[tuple[str, int]]:
    """Say how the words of a comment are to be marked.

    Parameters
    ----------
    text : str
    spans : sequence of (int, int)
        Where words begin and end.
    words : sequence of float
        What each adds.

    Returns
    -------
    list of (str, int)
        All of the text: words with their levels, and what stands between them, with level 0.

    Examples
    --------
    >>> marked("they lie ", [(0, 4), (5, 8)], [0.1, -2.0])
    [('', 0), ('they', 0), (' ', 0), ('lie', -2), (' ', 0)]
    """
    most, at, parts = max([FAINT, *map(abs, words)]), 0, []
    for (begin, end), weight in zip(spans, words, strict=True):
        parts += [(text[at:begin], 0), (text[begin:end], level(weight, most))]
        at = end
    return [*parts, (text[at:], 0)]


def level(weight: float, most: float) -> int:
    """Say how strongly a word is to be marked.

    Parameters
    ----------
    weight : float
        What it adds.
    most : float
        What the strongest word adds.

    Returns
    -------
    int
        1 weakly for the label, 2 strongly; likewise -1, -2 against it; 0 for no mark.
    """
    strength = (abs(weight) >= WEAK * most) + (abs(weight) >= STRONG * most)
    return strength if weight > 0 else -strength


def times(log_odds: float) -> str:
    """Show odds.

    Parameters
    ----------
    log_odds : float

    Returns
    -------
    str
    """
    return f"{math.exp(log_odds):,.1f}" if log_odds < math.log(MANY) else f"{math.exp(log_odds):.0e}"
