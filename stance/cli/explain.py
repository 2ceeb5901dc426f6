"""`stance explain`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from stance.cli import console
from stance.cli.options import LexiconFile, ModelFolder, names_in

if TYPE_CHECKING:
    from stance.explanation import Decision, Explanation

STRONG, WEAK = 0.5, 0.125  # shares of what the strongest word adds, from which on a word is marked
MARKS = {2: ("[++", "++]"), 1: ("[+", "+]"), -1: ("[-", "-]"), -2: ("[--", "--]")}
# green and bold speak for the label, red and underlined against it; bright ones are strong
COLOURS = {
    level: (f"\x1b[{codes}m", "\x1b[0m") for level, codes in {2: "1;92", 1: "1;32", -1: "4;31", -2: "4;91"}.items()
}
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
    from stance import workflow

    comment = console.given_text() if text == "-" else text
    if not workflow.is_compiled():
        console.remark("compiling the scorer for this machine; this takes some seconds and happens once")
    found = workflow.explain(comment, model=model, heads=names_in(heads), lexicon=lexicon)
    marks = COLOURS if console.is_colourful() else MARKS
    if found.status != "ok":
        console.say(f"{found.status}: {STATUS[found.status]}, so it gets no label")
    for decision in found.decisions:
        console.say("\n".join([*shown(found, decision, top, marks), ""]))


def shown(found: Explanation, decision: Decision, top: int, marks: Mapping[int, tuple[str, str]]) -> list[str]:
    """Put a decision and its reasons into lines.

    Parameters
    ----------
    found : Explanation
    decision : Decision
        One of its.
    top : int
        Number of parts to name.
    marks : mapping of int to (str, str)
        What stands before and behind a word, by how strongly it speaks for the label.

    Returns
    -------
    list of str
    """
    from stance.text import visible

    head, label, other = map(visible, (decision.head, decision.label, decision.other))
    largest, smaller = decision.parts[:top], [weight for _, weight in decision.parts[top:]]
    rest = [(f"and {len(smaller):,} smaller one{'s' if len(smaller) > 1 else ''}", sum(smaller))] if smaller else []
    return [
        f"{head}: {label} {decision.confidence:.2f}, next {other} {decision.other_confidence:.2f}",
        f"  {marked(found.text, found.spans, decision.words, marks)}",
        *(f"  {weight:+8.3f}  {name}" for name, weight in [*largest, *rest]),
        f"  {decision.log_odds:8.3f}  log-odds: {label} is {times(decision.log_odds)} times as likely as {other}",
    ]


def marked(
    text: str, spans: Sequence[tuple[int, int]], words: Sequence[float], marks: Mapping[int, tuple[str, str]]
) -> str:
    """Mark the words of a comment by what they add.

    Parameters
    ----------
    text : str
    spans : sequence of (int, int)
        Where words begin and end.
    words : sequence of float
        What each adds.
    marks : mapping
        As for `shown`.

    Returns
    -------
    str
        Nothing in it steers a terminal but the marks.
    """
    from stance.text import visible

    def gap(low: int, high: int | None = None) -> str:
        return "\n  ".join(map(visible, text[low:high].replace("\t", " ").replace("\r\n", "\n").split("\n")))

    most, at, parts = max(map(abs, words), default=0.0), 0, []
    for (begin, end), weight in zip(spans, words, strict=True):
        before, behind = marks.get(level(weight, most), ("", ""))
        parts.append(f"{gap(at, begin)}{before}{visible(text[begin:end])}{behind}")
        at = end
    return "".join([*parts, gap(at)])


def level(weight: float, most: float) -> int:
    """Say how strongly a word is to be marked.

    Parameters
    ----------
    weight : float
        What it adds.
    most : float
        What the strongest word adds, 0 or more.

    Returns
    -------
    int
        1 weakly for the label, 2 strongly; likewise -1, -2 against it; 0 for no mark.
    """
    size = abs(weight) / most if most else 0.0
    strength = (size >= WEAK) + (size >= STRONG)
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
    return f"{math.exp(log_odds):,.1f}" if log_odds < math.log(1e6) else f"{math.exp(log_odds):.0e}"
