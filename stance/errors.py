"""Faults that a user can mend: what was found, what was expected, where, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from stance.strings import printable

MAX_SHOWN_FAULTS = 20  # a screenful; the count of the others is given
LONGEST_LINE = 2000  # characters; a name or a number from a file can be as long as the file


class StanceError(Exception):
    """A foreseen fault; its text is all that the command line prints, and can be printed anywhere."""

    def __str__(self) -> str:
        """Give the text, each line cut and with nothing that a terminal would obey."""
        lines = super().__str__().split("\n")
        return "\n".join(
            printable(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}… (cut)") for line in lines
        )


class OptionError(StanceError):
    """An option or argument cannot mean what it says."""


class VocabularyError(StanceError, ValueError):
    """Texts from which no vocabulary can be learned."""


class ModelError(StanceError):
    """A model folder cannot be used."""


class ConservationError(StanceError):
    """Rows that were read are neither in the result nor among the rejects."""


class TableError(StanceError):
    """A table cannot be used; carries all of its faults.

    Parameters
    ----------
    source : str
        Name of the file.
    faults : sequence of str
        One sentence for each fault.

    Examples
    --------
    >>> print(TableError("a.csv", ["row 3 has 2 cells, the header has 3"]))
    a.csv: row 3 has 2 cells, the header has 3
    """

    def __init__(self, source: str, faults: Sequence[str]) -> None:
        self.source = source
        self.faults = tuple(faults)
        super().__init__(self._text())

    def _text(self) -> str:
        lines = [printable(f"{self.source}: {fault}") for fault in self.faults[:MAX_SHOWN_FAULTS]]
        hidden = len(self.faults) - MAX_SHOWN_FAULTS
        if hidden > 0:
            lines.append(f"{self.source}: and {hidden:,} more faults like these")
        return "\n".join(lines)
