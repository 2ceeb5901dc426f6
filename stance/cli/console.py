"""Results on standard output, progress and messages on standard error.

Names and comments come from files of strangers, so control characters are escaped.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from stance.cli import process
from stance.errors import OptionError
from stance.strings import printable

SECONDS_PER_LINE = 30.0  # of progress in a log: an hour of work is a screenful or two
EXIT_INTERRUPTED = 130  # what shells call a command that was stopped with Ctrl-C
SIGNS = {2: ("[++", "++]"), 1: ("[+", "+]"), -1: ("[-", "-]"), -2: ("[--", "--]")}
STYLES = {2: "1;92", 1: "1;32", -1: "4;31", -2: "4;91"}  # for: bold green; against: underlined red; strong: bright
COLORS = {level: (f"\x1b[{style}m", "\x1b[0m") for level, style in STYLES.items()}


def echo(text: str) -> None:
    """Print lines on standard output; OptionError if it cannot be written."""
    _write(f"{_printable_lines(text)}\n")


def echo_err(text: str) -> None:
    """Print lines on standard error, which may be full or closed: that is no fault of the command."""
    try:
        sys.stderr.write(f"{_printable_lines(text)}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        process.drop_stream("stderr")


def check_output() -> None:
    """Raise OptionError if standard output was closed, for commands whose result goes nowhere else."""
    if "stdout" in process.closed:
        raise OptionError("standard output is closed; open it, for the result goes nowhere else")


def flush() -> None:
    """Write what was printed; OptionError if standard output cannot be written."""
    _on_output(sys.stdout.flush)


def _write(text: str) -> None:
    _on_output(lambda: sys.stdout.write(text))


def _on_output(act: Callable[[], Any]) -> None:
    try:
        act()
    except OSError as error:
        process.drop_stream("stdout")
        fault = f"standard output cannot be written ({error.strerror})"
        raise OptionError(f"{fault}; what was printed is incomplete") from None


def show_marked(parts: Sequence[tuple[str, int]]) -> None:
    """Print parts of a text with levels from -2 (strongly against) to 2 (strongly for), in colors or by signs."""
    marks = COLORS if has_colors() else SIGNS
    whole = "".join(f"{_shown(text)}".join(marks.get(level, ("", ""))) for text, level in parts)
    _write(f"  {whole}\n")


def has_colors() -> bool:
    """Return whether standard output shows colors and the user wants them (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def read_text() -> str:
    """Read standard input as one text; bytes that are not UTF-8 become lone surrogates, which no word has."""
    if "stdin" in process.closed:
        raise OptionError("standard input is closed; give the comment itself")
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


class Progress:
    """Shows how far a command is: a bar on a terminal, else a line from time to time."""

    def __init__(self) -> None:
        self.rows = 0
        self.share: float | None = None  # of the input that was read, 0 to 1; None where its length is not known
        self._told = time.perf_counter()

    def add_rows(self, rows: int) -> None:
        """Take the number of rows so far."""
        self.rows = rows
        self.show()

    def add_share(self, share: float) -> None:
        """Take the share of the input that was read."""
        self.share = share

    def show(self) -> None:
        """Print a line, unless the last one is recent."""
        if time.perf_counter() - self._told >= SECONDS_PER_LINE:
            self._told = time.perf_counter()
            share = "" if self.share is None else f", {self.share:.0%} of the input"
            echo_err(f"{self.rows:,} rows{share}")


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Show how many rows are done, and which share of the input where that is known."""
    if not sys.stderr.isatty():
        yield Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    counts = (TextColumn("{task.fields[rows]:,.0f} rows"), TimeElapsedColumn(), TimeRemainingColumn())
    look = (TextColumn(what), BarColumn(), TaskProgressColumn(), *counts)
    with Bar(*look, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, rows=0)

        class Shown(Progress):
            def show(self) -> None:
                bar.update(task, total=None if self.share is None else 1, completed=self.share or 0, rows=self.rows)

        yield Shown()


def stage_lines() -> Callable[[str], None]:
    """Return what prints a line for each stage of a command, with the seconds since now."""
    start = time.perf_counter()
    return lambda stage: echo_err(f"{time.perf_counter() - start:6.1f} s  {stage}")


def tell_of_compiling() -> None:
    """Have a line printed if kernels must be compiled for this machine."""
    from stance.features.kernels import compiling

    often = "happens once"
    if compiling.CACHE_FOLDER is None:
        often = "happens at every run, since no folder for it belongs to you alone; name one in NUMBA_CACHE_DIR"
    message = f"compiling the scorer for this machine; this takes some seconds and {often}"
    compiling.tell_before_compiling(lambda: echo_err(message))


def _printable_lines(text: str) -> str:
    return "\n".join(map(printable, text.split("\n")))


def _shown(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n  ".join(printable("".join(" " if char.isspace() else char for char in line)) for line in lines)
