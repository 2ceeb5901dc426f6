"""What is printed: tables of scores on standard output, progress and a last line on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

INTERRUPTED = 130  # what shells call a command that was stopped with Ctrl-C


def say(line: str) -> None:
    """Print a line on standard output.

    Parameters
    ----------
    line : str
    """
    sys.stdout.write(f"{line}\n")


def remark(line: str) -> None:
    """Print a line on standard error.

    Parameters
    ----------
    line : str
    """
    sys.stderr.write(f"{line}\n")


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
    widths = [max(map(len, [name, *cells])) for name, cells in columns.items()]
    for row in [list(columns), *zip(*columns.values(), strict=True)]:
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        say("  ".join([row[0].ljust(widths[0]), *cells]).rstrip())


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C end a command with one line, and with what can be done next where there is a choice."""
    try:
        yield
    except KeyboardInterrupt as stop:
        for line in ("stopped", *getattr(stop, "__notes__", ())):
            remark(f"stance: {line}")
        raise SystemExit(INTERRUPTED) from None


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
