"""Errors that the user can fix: what was found, what was expected, where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from stance.strings import printable

MAX_SHOWN_FAULTS = 20  # a screenful; the others are counted
MAX_LINE_CHARS = 2000  # a name or a number from a file can be as long as the file


class StanceError(Exception):
    """A foreseen error; its text is all that the command line prints, and can be printed anywhere."""

    def __str__(self) -> str:
        """Return the text as one line, cut to `MAX_LINE_CHARS` and without what a terminal would obey."""
        return _one_line(super().__str__())


class OptionError(StanceError):
    """An option or argument cannot be used."""


class VocabularyError(StanceError, ValueError):
    """No vocabulary can be learned from the texts."""


class ModelError(StanceError):
    """A model folder cannot be used."""


class ConservationError(StanceError):
    """Rows that were read are neither in the result nor among the rejects."""


class TableError(StanceError):
    """A table cannot be used; carries all of its faults, one sentence each.

    >>> print(TableError("a.csv", ["row 3 has 2 cells, the header has 3"]))
    a.csv: row 3 has 2 cells, the header has 3
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        super().__init__(self._text())

    def __str__(self) -> str:
        """Return a line for each fault."""
        return "\n".join(map(_one_line, Exception.__str__(self).split("\n")))

    def _text(self) -> str:
        lines = [printable(f"{self.source}: {fault}") for fault in self.faults[:MAX_SHOWN_FAULTS]]
        hidden = len(self.faults) - MAX_SHOWN_FAULTS
        if hidden > 0:
            lines.append(f"{self.source}: and {hidden:,} more faults like these")
        return "\n".join(lines)


def _one_line(text: str) -> str:
    return printable(text if len(text) <= MAX_LINE_CHARS else f"{text[:MAX_LINE_CHARS]}… (cut)")
