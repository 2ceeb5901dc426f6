"""`stance explain`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli import console
from stance.cli.options import LexiconFile, ModelPath, Targets, split_names

if TYPE_CHECKING:
    from stance.model.explanation.explanation import Decision, Explanation

STRONG, WEAK = 0.5, 0.125  # of the weight of the strongest word, from which on a word is marked
MIN_STRONGEST = 0.5  # log-odds; where no word has that weight, words are marked as if one had
MAX_PLAIN_ODDS = 1e6  # larger ones are shown by their power of ten
STATUS = {
    "empty": "no visible characters",
    "no_known_words": "none of its words or character n-grams was seen in training",
    "unsupported_script": "most of its letters were rare in training",
}


def command(
    text: Annotated[str, typer.Argument(help="The comment; - for standard input.")],
    model: ModelPath = None,
    heads: Annotated[
        str | None, typer.Option("--head", help="Heads to explain, with commas between.", show_default="all")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Number of parts to show of each decision.")] = 8,
    targets: Targets = None,
    lexicon: LexiconFile = None,
) -> None:
    """Explain the labels of one comment: the words and features that moved each decision, and by how much."""
    from stance.workflow import explain

    console.check_output()
    comment = console.read_text() if text == "-" else text
    console.tell_of_compiling()
    found = explain.explain(
        comment, model=model, heads=split_names(heads), lexicon=lexicon, targets=split_names(targets)
    )
    if found.status != "ok":
        console.echo(f"{found.status}: {STATUS[found.status]}, so it gets no label")
    for decision in found.decisions:
        show(found, decision, top)


def show(found: Explanation, decision: Decision, top: int) -> None:
    """Print a decision and its `top` largest parts."""
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
    """Cut a text into its words, each with its level, and what stands between them, with level 0.

    >>> marked("they lie ", [(0, 4), (5, 8)], [0.1, -2.0])
    [('', 0), ('they', 0), (' ', 0), ('lie', -2), (' ', 0)]
    """
    strongest, at, parts = max([MIN_STRONGEST, *map(abs, words)]), 0, []
    for (begin, end), weight in zip(spans, words, strict=True):
        parts += [(text[at:begin], 0), (text[begin:end], level(weight, strongest))]
        at = end
    return [*parts, (text[at:], 0)]


def level(weight: float, strongest: float) -> int:
    """Return 1 for a word that speaks for the label, 2 strongly; -1, -2 against it; 0 for no mark."""
    size = (abs(weight) >= WEAK * strongest) + (abs(weight) >= STRONG * strongest)
    return size if weight > 0 else -size


def times(log_odds: float) -> str:
    """Format odds."""
    return f"{math.exp(log_odds):,.1f}" if log_odds < math.log(MAX_PLAIN_ODDS) else f"{math.exp(log_odds):.0e}"
