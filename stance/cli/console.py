"""Results on standard output, progress and messages on standard error.

Names and comments come from files of strangers, so control characters are escaped.
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
STYLES = {2: "1;92", 1: "1;32", -1: "4;31", -2: "4;91"}  # for: bold green; against: underlined red; strong: bright
COLORS = {level: (f"\x1b[{style}m", "\x1b[0m") for level, style in STYLES.items()}


def echo(text: str) -> None:
    """Print lines on standard output."""
    sys.stdout.write(f"{_printable_lines(text)}\n")


def echo_err(text: str) -> None:
    """Print lines on standard error."""
    sys.stderr.write(f"{_printable_lines(text)}\n")


def show_marked(parts: Sequence[tuple[str, int]]) -> None:
    """Print parts of a text with levels from -2 (strongly against) to 2 (strongly for), in colors or by signs."""
    marks = COLORS if has_colors() else SIGNS
    whole = "".join(f"{_shown(text)}".join(marks.get(level, ("", ""))) for text, level in parts)
    sys.stdout.write(f"  {whole}\n")


def has_colors() -> bool:
    """Return whether standard output shows colors and the user wants them (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def read_text() -> str:
    """Read standard input as one text; bytes that are not UTF-8 become lone surrogates, which no word has."""
    return sys.stdin.buffer.read().decode("utf-8", "surrogateescape").rstrip("\r\n")


def show_scores(heads: Mapping[str, Mapping[str, Any]], extra: Mapping[str, Sequence[str]] | None = None) -> None:
    """Print macro F1 of each head beside that of the majority class; `extra` holds more columns."""
    columns = {
        "head": list(heads),
        "comments": [f"{s['n']:,}" for s in heads.values()],
        "macro F1": [f"{s['macro_f1']:.3f}" if s["n"] else "none" for s in heads.values()],
        "95 % interval": [
            "{:.3f} to {:.3f}".format(*s["macro_f1_interval"]) if s["n"] else "none" for s in heads.values()
        ],
        "majority": [f"{s['baselines']['majority']['macro_f1']:.3f}" if s["n"] else "none" for s in heads.values()],
        **(extra or {}),
    }
    show_table(columns)


def show_table(columns: Mapping[str, Sequence[str]]) -> None:
    """Print columns of text, the first one left-aligned, the others right-aligned."""
    shown = [[printable(cell) for cell in [name, *cells]] for name, cells in columns.items()]
    widths = [max(map(len, cells)) for cells in shown]
    for row in zip(*shown, strict=True):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        echo("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


@contextmanager
def interruptible() -> Iterator[None]:
    """End a command that Ctrl-C stops with one line, and with what can be done next."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for line in ("stopped", *getattr(stop, "__notes__", ())):
            echo_err(f"stance: {line}")
        raise SystemExit(EXIT_INTERRUPTED) from None


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show the count of rows on a terminal; yields what is called with it."""
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
