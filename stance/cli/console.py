"""What is printed: tables of scores on standard output, progress and a last line on standard error.

Names and comments come from files of strangers: nothing is printed that a terminal would obey.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from stance.strings import printable

EXIT_INTERRUPTED = 130  # what shells call a command that was stopped with Ctrl-C
SIGNS = {2: ("[++", "++]"), 1: ("[+", "+]"), -1: ("[-", "-]"), -2: ("[--", "--]")}
STYLES = {
    2: "1;92",
    1: "1;32",
    -1: "4;31",
    -2: "4;91",
}  # bold and green for, underlined and red against; strong: bright
COLORS = {level: (f"\x1b[{style}m", "\x1b[0m") for level, style in STYLES.items()}


def echo(text: str) -> None:
    """Print one or more lines on standard output.

    Parameters
    ----------
    text : str
    """
    sys.stdout.write(f"{_printable_lines(text)}\n")


def echo_err(text: str) -> None:
    """Print one or more lines on standard error.

    Parameters
    ----------
    text : str
    """
    sys.stderr.write(f"{_printable_lines(text)}\n")


def show_marked(pieces: Sequence[tuple[str, int]]) -> None:
    """Print a text whose words are marked, in colours on a terminal, else by signs around them.

    Parameters
    ----------
    pieces : sequence of (str, int)
        Parts of the text, with levels from -2 (strongly against) to 2 (strongly for); 0 for no mark.
    """
    marks = COLORS if has_colors() else SIGNS
    whole = "".join(f"{_shown(text)}".join(marks.get(level, ("", ""))) for text, level in pieces)
    sys.stdout.write(f"  {whole}\n")


def has_colors() -> bool:
    """Tell whether standard output shows colours, and the user lets it (https://no-color.org).

    Returns
    -------
    bool
    """
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def read_text() -> str:
    """Read standard input as one text.

    Returns
    -------
    str
        Without the line ends behind it; bytes that are not UTF-8 as lone surrogates, which no word has.
    """
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape").rstrip("\r\n")


def show_scores(heads: Mapping[str, Mapping[str, Any]], extra: Mapping[str, Sequence[str]] | None = None) -> None:
    """Print macro F1 of each head beside what guessing the commonest label reaches.

    Parameters
    ----------
    heads : mapping
        Metrics by head.
    extra : mapping of str to sequence of str, optional
        Further columns: name and a cell for each head.
    """
    columns = {
        "head": list(heads),
        "comments": [f"{s['n']:,}" for s in heads.values()],
        "macro F1": [f"{s['macro_f1']:.3f}" for s in heads.values()],
        "95 % interval": ["{:.3f} to {:.3f}".format(*s["macro_f1_interval"]) for s in heads.values()],
        "guessing": [f"{s['baselines']['majority']['macro_f1']:.3f}" for s in heads.values()],
        **(extra or {}),
    }
    show_table(columns)


def show_table(columns: Mapping[str, Sequence[str]]) -> None:
    """Print columns of text, the first one set to the left, the others to the right.

    Parameters
    ----------
    columns : mapping of str to sequence of str
        Cells by name of the column.
    """
    shown = [[printable(cell) for cell in [name, *cells]] for name, cells in columns.items()]
    widths = [max(map(len, cells)) for cells in shown]
    for row in zip(*shown, strict=True):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        echo("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a command with one line, and with what can be done next where there is a choice."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for line in ("stopped", *getattr(stop, "__notes__", ())):
            echo_err(f"stance: {line}")
        raise SystemExit(EXIT_INTERRUPTED) from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show the count of rows on a terminal; nothing where standard error is none.

    Parameters
    ----------
    what : str

    Yields
    ------
    callable
        To be told the number of rows done.
    """
    if not sys.stderr.isatty():
        yield lambda rows: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    look = (TextColumn(what), BarColumn(), TextColumn("{task.completed:,.0f} rows"), TimeElapsedColumn())
    with Progress(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda rows: bar.update(task, completed=rows)


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _shown(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n  ".join(printable("".join(" " if char.isspace() else char for char in line)) for line in lines)
